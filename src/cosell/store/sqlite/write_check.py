"""Whether a database can be written, found out by writing more than a creation does, and rolling it back.

Pages that do not fit a connection's cache go into the write-ahead log before any commit, and a rollback leaves them
there for the next writer to overwrite. So the disk is used as by every change, nothing is changed, no reader has to
read again, and the space that was found stays allocated (docs/decisions/0024-able-to-write.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

import apsw

from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite.connection import migrate, unavailable_instead_of_sqlite_errors
from cosell.store.writer_lock import WriterLock, not_too_long

PATIENCE_MS: Final = 250
"""How long to wait for a writer, in this process and again in others."""
SPILLING_PAGES: Final = 1
"""Pages that a connection may keep in memory."""
CHANGE_BYTES: Final = 256 * 1024
"""More than a creation writes into the log."""
MANY_CHANGES_BYTES: Final = 8 * 1024 * 1024
"""More than a group commit of creations writes. Required after a change has failed, until it succeeds."""


class WriteCheck:
    """Checks through a connection of its own, which `connect` opens at first; for one thread at a time."""

    def __init__(self, connect: Callable[[], apsw.Connection], lock: WriterLock) -> None:
        self._connect = connect
        self._lock = lock
        self._wanted_schema: frozenset[str] = frozenset()
        self._connection: apsw.Connection | None = None
        self._wanted_bytes = CHANGE_BYTES
        self._met_since: float | None = None

    def __call__(self) -> float:
        """See `Store.check`."""
        connection = self._opened()
        with unavailable_instead_of_sqlite_errors(connection):
            return self._check(connection)

    def _check(self, connection: apsw.Connection) -> float:
        check_schema(connection, self._wanted_schema)
        began = monotonic()
        with taken(self._lock) as busy_s:
            if busy_s:
                return busy_s
            try:
                write_and_take_back(connection, self._wanted_bytes)
                self._wanted_bytes = CHANGE_BYTES
            except apsw.BusyError:  # a writer of another process: nobody tells since when it writes
                self._met_since = self._met_since or began
                return not_too_long(monotonic() - self._met_since)
        self._met_since = None
        return 0.0

    def want_room_for_many(self) -> None:
        """A change could not be written. To be called by the holder of the lock."""
        self._wanted_bytes = MANY_CHANGES_BYTES

    def close(self) -> None:
        """Close the database."""
        if self._connection is not None:
            self._connection.close()

    def _opened(self) -> apsw.Connection:
        if self._connection is None:
            self._connection = self._connect()
            self._connection.set_busy_timeout(PATIENCE_MS)
            self._wanted_schema = whole_schema()
        return self._connection


def write_and_take_back(connection: apsw.Connection, size_bytes: int) -> None:
    """Write so many bytes to the disk, and roll back. Raises an apsw.Error where a change would."""
    connection.execute(f"PRAGMA cache_size = {SPILLING_PAGES}").fetchall()
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE as_much_as_a_change (content)")
        connection.execute("INSERT INTO as_much_as_a_change VALUES (zeroblob(?))", (size_bytes,))
    finally:
        if connection.in_transaction:  # SQLite rolls back by itself after some errors
            connection.execute("ROLLBACK")


@contextmanager
def taken(lock: WriterLock) -> Iterator[float]:
    """The writers' lock, if it is soon available: 0. Otherwise how many seconds the writer has been active."""
    if not lock.acquire(PATIENCE_MS / 1000):
        yield not_too_long(lock.held_s() or PATIENCE_MS / 1000)
        return
    try:
        yield 0.0
    finally:
        lock.release()


def check_schema(connection: apsw.Connection, wanted: frozenset[str]) -> None:
    """Raises StoreUnavailable if one of the tables, indexes and triggers is lost."""
    lost = wanted - _schema(connection)
    if lost:
        raise StoreUnavailable(f"its tables are not all there: {min(lost)} is lost")


def whole_schema() -> frozenset[str]:
    """The names of all tables, indexes and triggers of a new database."""
    connection = apsw.Connection(":memory:")
    try:
        migrate(connection, b"")
        return _schema(connection)
    finally:
        connection.close()


def _schema(connection: apsw.Connection) -> frozenset[str]:
    return frozenset(str(row[0]) for row in connection.execute("SELECT name FROM sqlite_schema"))
