"""Mirrors in a schema of a PostgreSQL database: the first one of the connection's search path.

The lock is an advisory lock of the session, so the server lets go of it when the connection ends. It needs a
connection to the server itself, not one that a pooler hands out for each transaction.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg import errors

from cosell.errors import UserError
from cosell.sync.target import MirrorBusy
from cosell.sync.targets.database import Dialect, Parameters, told, upsert
from cosell.sync.targets.tables import Table

CONNECT_TIMEOUT_S: Final = 10
LOST_AFTER_S: Final = 60
"""After which time the server gives up on a process whose machine is gone, and releases the lock."""

DIALECT: Final = Dialect(
    name="postgres",
    types={
        "identifier": 'text COLLATE "C"',
        "text": "text",
        "moment": "timestamptz",
        "day": "date",
        "amount": "numeric(33, 2)",
        "integer": "bigint",
        "json": "json",
    },
    ms=lambda column: f"CAST(extract(epoch FROM {column}) * 1000 AS bigint)",
    among=lambda column: f"{column} = ANY(CAST(? AS text[]))",
    has_table=(
        "SELECT count(*) > 0, coalesce(bool_or(relname = ?), false) FROM pg_class"
        " WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    ),
    columns=(
        "SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND attnum > 0 AND NOT attisdropped"
    ),
)

_KEY: Final = "hashtextextended('cosell mirror in ' || current_schema(), 0)"
_SETTINGS: Final = (
    "SET client_min_messages = warning",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO'",
    f"SET tcp_keepalives_idle = {LOST_AFTER_S // 2}",
    f"SET tcp_keepalives_interval = {LOST_AFTER_S // 6}",
    "SET tcp_keepalives_count = 3",
    # A page that was acknowledged is not lost, even if the server is set to take that risk.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
_UNAVAILABLE: Final = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)


class PostgresDatabase:
    """A `Database` at a `postgresql://` URL."""

    dialect = DIALECT

    def __init__(self, url: str) -> None:
        """Raises UserError if the database cannot be reached, or has no schema for the mirror."""
        self._connection = _connected(url)
        self._statements: dict[str, bytes] = {}
        for setting in _SETTINGS:
            self._connection.execute(setting.encode())
        if self.rows("SELECT current_schema()") == [(None,)]:
            self.close()
            raise UserError("none of the schemas of the search path exists", "make it with: CREATE SCHEMA")

    def settle(self) -> None:
        """See `Database`. PostgreSQL has its settings for each connection."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Database`."""
        with told(_UNAVAILABLE, _line), self._connection.transaction():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See `Database`."""
        with self.transaction():
            self.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield

    def batches(self, statement: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """See `Database`."""
        with told(_UNAVAILABLE, _line), self._connection.cursor("batches") as cursor:
            cursor.execute(statement.encode())
            while batch := cursor.fetchmany(size):
                yield batch

    def rows(self, statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """See `Database`."""
        with told(_UNAVAILABLE, _line):
            return self._execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Parameters = ()) -> int:
        """See `Database`."""
        with told(_UNAVAILABLE, _line):
            return self._execute(statement, parameters).rowcount

    def script(self, statements: str) -> None:
        """See `Database`."""
        try:
            with told(_UNAVAILABLE, _line):
                self._connection.execute(statements.encode())
        except errors.InsufficientPrivilege as error:
            raise UserError(f"cannot make the tables: {_line(error)}", "ask for the rights of the schema") from None

    def put(self, table: Table, rows: Sequence[Parameters]) -> None:
        """See `Database`. They go in a pipeline, which costs a third of one list for each column."""
        with told(_UNAVAILABLE, _line), self._connection.cursor() as cursor:
            cursor.executemany(self._written(upsert(table)), rows)

    def listed(self, texts: Sequence[str]) -> list[str]:
        """See `Database`."""
        return list(texts)

    @contextmanager
    def lock(self, holder: str) -> Iterator[None]:
        """See `Database`."""
        ((locked,),) = self.rows(f"SELECT pg_try_advisory_lock({_KEY})")
        if not locked:
            raise MirrorBusy(self._holder())
        try:
            if self._has_state():
                self.run("UPDATE sync_state SET holder = ?", (holder,))
            yield
        finally:
            with suppress(psycopg.Error):  # where the connection is lost, so is the lock
                self._connection.execute(f"SELECT pg_advisory_unlock({_KEY})".encode())

    def _holder(self) -> str:
        holder = self.rows("SELECT holder FROM sync_state") if self._has_state() else []
        return str(holder[0][0]) if holder and holder[0][0] else "another process"

    def _has_state(self) -> bool:
        ((_, found),) = self.rows(DIALECT.has_table, ("sync_state",))
        return bool(found)

    def close(self) -> None:
        """See `Database`."""
        self._connection.close()

    def _execute(self, statement: str, parameters: Parameters) -> "psycopg.Cursor[tuple[Any, ...]]":
        return self._connection.execute(self._written(statement), parameters)

    def _written(self, statement: str) -> bytes:
        """A statement as psycopg has it."""
        written = self._statements.get(statement)
        if written is None:
            written = self._statements[statement] = statement.replace("%", "%%").replace("?", "%s").encode()
        return written


def _connected(url: str) -> "psycopg.Connection[tuple[Any, ...]]":
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, application_name="cosell sync")
    except psycopg.ProgrammingError as error:
        raise UserError(f"this is not a URL of a PostgreSQL database: {_line(error)}", "check --mirror") from None
    except psycopg.OperationalError as error:
        raise UserError(f"cannot open the database: {_line(error)}", "check its URL, and that it runs") from None


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
