"""PostgreSQL's side of the SQL that both databases speak."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from select import POLLIN, poll
from typing import Any, Final, NamedTuple
from weakref import finalize

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

from cosell.store.postgres.bounded_wait import BoundedConnection
from cosell.store.sql.connection import Values


class Batch(NamedTuple):
    """A statement that takes columns, as arrays, and so puts many rows at once.

    Whatever else waits between two rows of batches does not touch what they put.
    """

    statement: str


MOST_WAITING: Final = 1_000
"""Statements that wait in memory for each other."""
LARGE_S: Final = 3600.0
"""What a statement about a whole database may take."""
WALKS: Final = ("enable_sort", "enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin")
"""What PostgreSQL might do instead of walking along an index: connections are told not to, for the sake of pages."""
LARGE: Final = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    *(f"SET LOCAL {walk} = on" for walk in WALKS),
)
_PLACE: Final = re.compile(r"\?(\d*)")


@lru_cache(maxsize=8192)
def in_dollars(statement: str) -> bytes:
    """A statement with PostgreSQL's `$1` where there are question marks, with or without a number."""
    numbers = count(1)
    return _PLACE.sub(lambda place: f"${place[1] or next(numbers)}", statement).encode()


class PostgresConnection:
    """A `SqlConnection` over one of psycopg's, which commits each statement unless `begin` came before it.

    Integers go as `bigint`, so that one statement is prepared once, whatever their size. Behind a pooler a session is
    nobody's own: there `each_time` are the settings that each transaction makes for itself.
    """

    def __init__(self, connection: BoundedConnection, each_time: Sequence[str] = ()) -> None:
        for dumper in (Int8Dumper, Int8BinaryDumper):  # with the second alone, arrays are of too small integers
            connection.adapters.register_dumper(int, dumper)
        self.connection: Final = connection
        self._let_go = finalize(self, connection.close)  # as a file is that nobody refers to any more
        self.is_pooled: Final = bool(each_time)
        self._each_time = each_time
        self._cursor = psycopg.RawCursor(connection)
        self._cursor.format = psycopg.pq.Format.BINARY
        self._scripts = psycopg.RawCursor(connection)
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

    def run_script(self, script: str) -> None:
        """Run statements that have no values, in one go."""
        self.flush()
        self._scripts.execute(script.encode())

    def flush(self) -> None:
        """Let the server carry out what waits, all in one go."""
        if self._waiting:
            with self.connection.pipeline():
                self._send()

    def _send(self) -> None:
        waiting, self._waiting, self._batches = self._waiting, [], {}
        for statement, values in waiting:
            if isinstance(statement, Batch):
                columns = [list(column) for column in zip(*values, strict=True)]
                self._cursor.execute(in_dollars(statement.statement), columns)
            else:
                self._cursor.execute(in_dollars(statement), values)

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """See `SqlConnection.one_moment`. Whoever writes has the scope to itself already."""
        if self.in_transaction:
            yield
            return
        self.begin_reading()
        try:
            yield
        finally:
            self.roll_back()

    def begin(self, *, one_moment: bool = False) -> None:
        """Begin a transaction whose statements each see what others have committed until then, or all one moment."""
        self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ" if one_moment else "BEGIN")

    def begin_reading(self) -> None:
        """Begin a transaction that sees one moment, and changes nothing."""
        self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def begin_by(self, script: str, settings: str) -> None:
        """Begin a transaction by a script, and set something in it."""
        self.in_transaction = True
        self.run_script("; ".join((script, *self._each_time, settings)))

    def _begin(self, begin: str) -> None:
        self.in_transaction = True
        self._waiting = [(statement, ()) for statement in (begin, *self._each_time)]

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

    @contextmanager
    def large_statements(self) -> Iterator[None]:
        """Let the statements of the block take long, and find their ways without regard to pages; in a transaction."""
        self._waiting += ((statement, ()) for statement in LARGE)
        self._batches = {}
        before, self.connection.patience_s = self.connection.patience_s, LARGE_S
        try:
            yield
        finally:
            self.connection.patience_s = before

    @contextmanager
    def quick_transaction(self) -> Iterator[None]:
        """A transaction that a power cut of the server may undo: it does not wait for the disk."""
        self.begin()
        try:
            self.rows("SELECT set_config('synchronous_commit', 'off', true)")
            yield
            self.commit()
        finally:
            self.roll_back()

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
    def is_alive(self) -> bool:
        """Whether the server has said nothing while nobody asked: it says something when it ends a connection."""
        if not self.is_usable:
            return False
        said = poll()
        said.register(self.connection.fileno(), POLLIN)
        if not said.poll(0):
            return True
        try:
            self.connection.pgconn.consume_input()
        except psycopg.Error:
            return False
        return self.connection.pgconn.status == ConnStatus.OK and not said.poll(0)

    @property
    def is_sound(self) -> bool:
        """Whether the transaction at hand can still be committed."""
        return self.connection.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.IDLE)
