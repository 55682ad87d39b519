"""What a server says of itself, as far as it bears on whether it keeps what it has acknowledged."""

from typing import Any, Final

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo

from cosell.store.postgres.address import parts_of
from cosell.store.postgres.connecting import CONNECT_TIMEOUT_S
from cosell.store.postgres.indexes import CREATE_INDEXES
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.tables import OURS, tables

_NAMES_OF_INDEXES: Final = [statement.split()[2] for statement in CREATE_INDEXES]
_SETTINGS: Final = (
    *("server_version", "server_version_num", "fsync", "full_page_writes", "synchronous_commit", "autovacuum"),
    *("synchronous_standby_names", "archive_mode", "cluster_name", "data_checksums"),
)


class Replica(msgspec.Struct, frozen=True):
    """A server that follows this one. `sync_state` is None where the role may not see it."""

    name: str
    sync_state: str | None


class Host(msgspec.Struct, frozen=True):
    """One of several hosts of an address: whether it answers, and whether it takes writes."""

    name: str
    answers: bool
    is_primary: bool


class Facts(msgspec.Struct, frozen=True):
    """What a look at a server, and at the database, has found."""

    name: str
    """The address, without a password."""
    settings: dict[str, str]
    role: str
    may_make_tables: bool
    may_write: bool
    is_standby: bool
    is_read_only: bool
    is_pooled: bool
    replicas: list[Replica]
    hosts: list[Host]
    target_session_attrs: str
    has_patroni: bool
    lost_tables: list[str]
    lost_indexes: list[str]
    lacks_statistics: bool
    longest_idle_s: int
    """How long somebody has been idle in a transaction, at most."""

    def is_on(self, setting: str) -> bool:
        """Whether a setting is switched on."""
        return self.settings[setting] == "on"

    @property
    def major(self) -> int:
        """PostgreSQL's version as people say it: 18."""
        return int(self.settings["server_version_num"]) // 10_000


def facts_of(connection: PostgresConnection, url: str, name: str) -> Facts:
    """Ask a server, whose database has a schema of cosell's. Raises psycopg.Error."""
    settings: dict[str, str] = dict(
        connection.rows(
            "SELECT name, setting FROM pg_settings WHERE name = ANY (string_to_array(?, ' '))", (" ".join(_SETTINGS),)
        )
    )
    there = tables(connection)
    lost_tables = sorted(OURS - there)
    statement = "SELECT coalesce((SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(?)), true)"
    return Facts(
        name=name,
        settings=settings,
        role=connection.value("SELECT current_user::text"),
        may_make_tables=connection.value("SELECT has_schema_privilege(current_schema(), 'CREATE')"),
        may_write=all(
            connection.value("SELECT has_table_privilege(?, 'SELECT, INSERT, UPDATE, DELETE')", (table,))
            for table in OURS & there
        ),
        is_standby=connection.value("SELECT pg_is_in_recovery()"),
        is_read_only=connection.value("SELECT current_setting('transaction_read_only') = 'on'"),
        is_pooled=connection.is_pooled,
        replicas=[
            Replica(*row)
            for row in connection.rows("SELECT coalesce(application_name, '?'), sync_state FROM pg_stat_replication")
        ],
        hosts=_hosts(url),
        target_session_attrs=str(parts_of(url).get("target_session_attrs", "any")),
        has_patroni=connection.value(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name LIKE 'Patroni%'"
        ),
        lost_tables=lost_tables,
        lost_indexes=[index for index in _NAMES_OF_INDEXES if connection.value(statement, (index,))],
        lacks_statistics=not lost_tables
        and connection.value(
            "SELECT reltuples < 0 AND EXISTS (SELECT 1 FROM opportunity) FROM pg_class "
            "WHERE oid = to_regclass('opportunity')"
        ),
        longest_idle_s=connection.value(
            "SELECT coalesce(max(extract(epoch FROM now() - xact_start))::integer, 0) FROM pg_stat_activity "
            "WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
        ),
    )


def _hosts(url: str) -> list[Host]:
    """Each of several hosts, asked by itself."""
    parts = parts_of(url)
    names = str(parts.get("host") or parts.get("hostaddr") or "").split(",")
    if len(names) < 2:
        return []
    ports = str(parts.get("port") or "").split(",")
    hosts = []
    for place, name in enumerate(names):
        port = ports[place] if len(ports) == len(names) else ports[0]
        one: dict[str, Any] = parts | {"host": name, "port": port, "target_session_attrs": "any"}
        one.pop("hostaddr", None)
        shown = f"{name}:{port}" if port else name
        try:
            with psycopg.connect(make_conninfo(**{"connect_timeout": CONNECT_TIMEOUT_S} | one)) as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        except psycopg.Error:
            hosts.append(Host(shown, answers=False, is_primary=False))
        else:
            hosts.append(Host(shown, answers=True, is_primary=row == (False,)))
    return hosts
