"""PostgreSQL's side of the SQL that both databases speak."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple
from weakref import finalize

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

from cosell.store.sql.connection import Values


class Batch(NamedTuple):
    """A statement that takes columns, as arrays, and so puts many rows at once.

    Whatever else waits between two rows of batches does not touch what they put.
    """

    statement: str


MOST_WAITING: Final = 1_000
"""Statements that wait in memory for each other."""
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
        for dumper in (Int8Dumper, Int8BinaryDumper):  # with the second alone, arrays are of too small integers
            connection.adapters.register_dumper(int, dumper)
        self.connection: Final = connection
        self._let_go = finalize(self, connection.close)  # as a file is that nobody refers to any more
        self._cursor = psycopg.RawCursor(connection)
        self._cursor.format = psycopg.pq.Format.BINARY
        self._waiting: list[tuple[str | Batch, Sequence[Any]]] = []
        self._batches: dict[Batch, list[Sequence[Any]]] = {}
        """The rows of those that wait at the end, and to which others may be added."""
        self.in_transaction = False
        """Whether `begin` came, and neither `commit` nor `roll_back`."""
        self.writes = 0
        """Statements so far that may have changed something."""

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """See `SqlConnection.rows`."""
        if not self._waiting:
            return self._cursor.execute(in_dollars(statement), values).fetchall()
        with self.connection.pipeline():
            self._send()
            return self._cursor.execute(in_dollars(statement), values).fetchall()

    def row(self, statement: str, values: Values = ()) -> Any:
        """See `SqlConnection.row`."""
        if not self._waiting:
            return self._cursor.execute(in_dollars(statement), values).fetchone()
        with self.connection.pipeline():
            self._send()
            return self._cursor.execute(in_dollars(statement), values).fetchone()

    def value(self, statement: str, values: Values = ()) -> Any:
        """See `SqlConnection.value`."""
        row = self.row(statement, values)
        return None if row is None else row[0]

    def run(self, statement: str, values: Values = ()) -> int:
        """See `SqlConnection.run`."""
        self.writes += 1
        self.flush()
        return self._cursor.execute(in_dollars(statement), values).rowcount

    def put(self, statement: str, values: Sequence[Any] = ()) -> None:
        """See `SqlConnection.put`. Inside a transaction it waits for company on the way to the server."""
        if not self.in_transaction:
            self.run(statement, values)
            return
        self.writes += 1
        self._batches = {}
        self._waiting.append((statement, values))
        if len(self._waiting) >= MOST_WAITING:
            self.flush()

    def put_row(self, batch: Batch, values: Sequence[Any]) -> None:
        """Put a row, together with others that wait. Inside a transaction."""
        self.writes += 1
        rows = self._batches.get(batch)
        if rows is None:
            rows = self._batches[batch] = []
            self._waiting.append((batch, rows))
        rows.append(values)
        if len(rows) >= MOST_WAITING:
            self.flush()

    def run_many(self, statement: str, rows: Iterable[Values]) -> None:
        """See `SqlConnection.run_many`. They go to the server without waiting for each other."""
        self.writes += 1
        self.flush()
        self._cursor.executemany(in_dollars(statement), rows)

    def copy_in(self, table: str, types: Sequence[str], rows: Iterable[Values]) -> None:
        """Add rows to a table, in the order of its columns, by COPY. Raises errors.UniqueViolation."""
        self.writes += 1
        self.flush()
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy,
        ):
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def flush(self) -> None:
        """Let the server carry out what waits, all in one go."""
        if self._waiting:
            with self.connection.pipeline():
                self._send()

    def _send(self) -> None:
        waiting, self._waiting, self._batches = self._waiting, [], {}
        for statement, values in waiting:
            if isinstance(statement, Batch):
                self._cursor.execute(
                    in_dollars(statement.statement), [list(column) for column in zip(*values, strict=True)]
                )
            else:
                self._cursor.execute(in_dollars(statement), values)

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
        self.in_transaction = True
        self._waiting = [("BEGIN", ())]

    def commit(self) -> None:
        """Make durable what was changed since `begin`."""
        self._waiting.append(("COMMIT", ()))
        self.flush()
        self.in_transaction = False

    def roll_back(self) -> None:
        """Undo it. What was broken already is undone by the server."""
        self._waiting, self._batches = [], {}
        self.in_transaction = False
        if not self.connection.closed and self.connection.info.transaction_status != TransactionStatus.IDLE:
            self._cursor.execute(b"ROLLBACK")

    def close(self) -> None:
        """Let go of the server. Idempotent."""
        self._let_go()

    @property
    def is_usable(self) -> bool:
        """Whether somebody else may have it: it is whole, and in no transaction."""
        return (
            not self.connection.closed
            and not self.in_transaction
            and self.connection.info.transaction_status == TransactionStatus.IDLE
        )

    @property
    def is_sound(self) -> bool:
        """Whether the transaction at hand can still be committed."""
        return self.connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.IDLE)
