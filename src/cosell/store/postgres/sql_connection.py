"""PostgreSQL's side of the SQL that both databases speak."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, Final

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper

from cosell.store.sql.connection import Values

_PLACE: Final = re.compile(r"\?(\d*)")


@lru_cache(maxsize=8192)
def in_dollars(statement: str) -> bytes:
    """A statement with PostgreSQL's `$1` where there are question marks, with or without a number."""
    numbers = count(1)
    return _PLACE.sub(lambda place: f"${place[1] or next(numbers)}", statement).encode()


class PostgresConnection:
    """A `SqlConnection` over one of psycopg's, which commits each statement unless `begin` came before it.

    Integers go as `bigint`, so that one statement is prepared once, whatever their size.
    """

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        connection.adapters.register_dumper(int, Int8BinaryDumper)
        self.connection: Final = connection
        self._cursor = psycopg.RawCursor(connection)
        self._cursor.format = psycopg.pq.Format.BINARY
        self.writes = 0
        """Statements so far that may have changed something."""

    def rows(self, statement: str, values: Values = ()) -> list[Any]:
        """See `SqlConnection.rows`."""
        return self._cursor.execute(in_dollars(statement), values).fetchall()

    def row(self, statement: str, values: Values = ()) -> Any:
        """See `SqlConnection.row`."""
        return self._cursor.execute(in_dollars(statement), values).fetchone()

    def value(self, statement: str, values: Values = ()) -> Any:
        """See `SqlConnection.value`."""
        row = self.row(statement, values)
        return None if row is None else row[0]

    def run(self, statement: str, values: Values = ()) -> int:
        """See `SqlConnection.run`."""
        self.writes += 1
        return self._cursor.execute(in_dollars(statement), values).rowcount

    def run_many(self, statement: str, rows: Iterable[Values]) -> None:
        """See `SqlConnection.run_many`. They go to the server without waiting for each other."""
        self.writes += 1
        self._cursor.executemany(in_dollars(statement), rows)

    def run_script(self, script: str) -> None:
        """Run statements that have no values, in one go."""
        result = self.connection.pgconn.exec_(script.encode())
        if result.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(result)

    @property
    def in_transaction(self) -> bool:
        """Whether `begin` came, and neither `commit` nor `roll_back`."""
        return self.connection.info.transaction_status != TransactionStatus.IDLE

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """See `SqlConnection.one_moment`. Whoever writes has the scope to itself already."""
        if self.in_transaction:
            yield
            return
        self._cursor.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            if not self.connection.closed:
                self._cursor.execute(b"ROLLBACK")

    def begin(self) -> None:
        """Begin a transaction whose statements each see what others have committed until then."""
        self._cursor.execute(b"BEGIN")

    def commit(self) -> None:
        """Make durable what was changed since `begin`."""
        self._cursor.execute(b"COMMIT")

    def roll_back(self) -> None:
        """Undo it. What was broken already is undone by the server."""
        if not self.connection.closed and self.in_transaction:
            self._cursor.execute(b"ROLLBACK")

    def close(self) -> None:
        """Let go of the server. Idempotent."""
        self.connection.close()

    @property
    def is_usable(self) -> bool:
        """Whether somebody else may have it: it is whole, and in no transaction."""
        return not self.connection.closed and not self.in_transaction

    @property
    def is_sound(self) -> bool:
        """Whether the transaction at hand can still be committed."""
        return self.connection.info.transaction_status == TransactionStatus.INTRANS
