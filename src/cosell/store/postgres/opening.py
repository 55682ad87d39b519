"""The first connection of a program: to a database that can be used for what is wanted, with the newest schema.

Whoever only looks at a database, or changes what is in it, makes none; an older schema is brought up to date for both,
as it is in a file.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import psycopg
from psycopg import errors

from cosell.errors import UserError
from cosell.passwords import shown
from cosell.store.access import Access
from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.address import parts_of
from cosell.store.postgres.connecting import opened
from cosell.store.postgres.migrate import check_origin, migrate, migration_names, schema_versions
from cosell.store.postgres.mishaps import reason_of
from cosell.store.postgres.refused_connections import refused
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.schema_state import SchemaState
from cosell.suggestion import suggested

_IS_READ_ONLY: Final = "SELECT current_setting('transaction_read_only') = 'on'"
_RESTORE: Final = "restore a backup"
_PRIMARY: Final = "name its primary, or all hosts and target_session_attrs=read-write, with --db"


def opened_for(url: str, access: Access, new_token_key: bytes) -> tuple[PostgresConnection, bytes]:
    """A connection to a database with the newest schema, and the key of its tokens. Only `CREATE` makes one.

    Raises UserError where there is no connection, or none to a database that can be used.
    """
    name = shown(url)
    connection = connected(url)
    with closed_if_refused(connection, url):
        check_origin(connection, name)
        version, newest = schema_versions(connection)
        is_read_only = connection.value(_IS_READ_ONLY)
        if is_read_only and access is not Access.READ:
            raise UserError(f"{name} is a read-only standby", _PRIMARY)
        if not version and access is not Access.CREATE:
            make_one = f"make one with: {suggested('seed', db=url)}"
            raise UserError(f"there is no database of cosell's in {name}", make_one)
        if is_read_only and version < newest:
            raise UserError(
                f"{name} is of an older cosell, and cannot be brought up to date where nothing may be written", _PRIMARY
            )
        migrate(connection, new_token_key)
        token_key = connection.value("SELECT token_key FROM installation")
        if token_key is None:
            raise UserError(f"{name} is damaged: it has lost its installation", _RESTORE)
    return connection, token_key


def opened_to_copy(url: str) -> PostgresConnection:
    """A connection to a database that a copy is made in, with the newest schema. Raises UserError as `opened_for`."""
    connection = connected(url)
    with closed_if_refused(connection, url):
        check_origin(connection, shown(url), is_copied=True)
        if connection.value(_IS_READ_ONLY):
            raise UserError(f"{shown(url)} is a read-only standby", _PRIMARY)
        migrate(connection, b"")
    return connection


def check_database(url: str) -> None:
    """Raises UserError for a database that cannot be reached, or that belongs to another program or a newer cosell."""
    with closing(connected(url)) as connection, closed_if_refused(connection, url):
        check_origin(connection, shown(url))


def schema_state(url: str) -> SchemaState:
    """See `store.open.schema_state`."""
    with closing(connected(url)) as connection, closed_if_refused(connection, url):
        check_origin(connection, shown(url))
        version, _ = schema_versions(connection)
    return SchemaState(version, migration_names()[version:])


def connected(url: str) -> PostgresConnection:
    """A connection to whatever is there. Raises UserError where there is none to be had."""
    parts_of(url)
    try:
        return opened(url)
    except psycopg.Error as error:
        raise refused(url, error) from None


def mishap(url: str, error: StoreUnavailable) -> UserError:
    """What has happened to a database that was in use, and what to do about it."""
    cause = error.__cause__
    step = next((step for kind, step in _NEXT_STEPS.items() if isinstance(cause, kind)), None)
    return UserError(f"{shown(url)} cannot be used: {error}", step or _see(url))


_NEXT_STEPS: Final[dict[type[psycopg.Error], str]] = {
    errors.ReadOnlySqlTransaction: _PRIMARY,
    errors.InsufficientPrivilege: "let the owner of the tables grant it",
    errors.DiskFull: "free some space there",
    errors.LockNotAvailable: "wait for it, or end it",
    errors.TooManyConnections: "let fewer programs connect, or raise max_connections of the server",
}


def _see(url: str) -> str:
    return f"see what is wrong with: {suggested('doctor', db=url)}"


@contextmanager
def closed_if_refused(connection: PostgresConnection, url: str) -> Iterator[None]:
    """Closes the connection where the block raises. Raises UserError where that is one of PostgreSQL's errors."""
    name, role = shown(url), connection.connection.info.user
    try:
        yield
    except errors.InsufficientPrivilege as error:
        connection.close()
        fact, step = _lacking(str(error.diag.message_primary), role)
        raise UserError(f"{name} cannot be used: {fact}", step) from None
    except psycopg.Error as error:
        connection.close()
        reason = reason_of(error) or str(error).strip().partition("\n")[0]
        raise UserError(f"{name} cannot be used: {reason}", _see(url)) from None
    except BaseException:
        connection.close()
        raise


def _lacking(said: str, role: str) -> tuple[str, str]:
    """What a role may not do, and who could let it."""
    if "for schema" in said:
        return f"{said}, so {role} can make no tables", f"let the owner say: GRANT CREATE ON SCHEMA … TO {role}"
    return f"{said}, so {role} cannot use the tables", f"connect as their owner, or let them be granted to {role}"
