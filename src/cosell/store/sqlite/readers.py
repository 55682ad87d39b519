"""Connections for readers: a pool of them for a file, the writer's only one for an in-memory database."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from cosell.errors import UserError
from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite.place import Place
from cosell.store.sqlite.sql_connection import SqliteConnection
from cosell.store.writer_lock import WriterLock


class Readers(Protocol):
    """Lends connections. `close` closes the idle ones, and then each that is returned."""

    def borrow(self) -> SqliteConnection:
        """A connection for one reader. Raises StoreUnavailable where there is none to be had."""

    def give_back(self, connection: SqliteConnection) -> None:
        """Take back what `borrow` gave."""

    def close(self) -> None:
        """Lend nothing any more. Idempotent."""


class PooledReaders:
    """A connection of its own for each reader of the file in `place`, which `connect` opens. Kept for reuse.

    Of the idle ones, the one opened first is lent: each caches pages in memory, and so no more of them do than there
    are concurrent readers.
    """

    def __init__(self, place: Place, connect: Callable[[], SqliteConnection]) -> None:
        self._place = place
        self._connect = connect
        self._idle: list[tuple[int, SqliteConnection]] = []
        self._numbers: dict[SqliteConnection, int] = {}
        self._next_number = count()
        self._closed = False

    def borrow(self) -> SqliteConnection:
        """See `Readers.borrow`."""
        try:
            return heappop(self._idle)[1]  # whole before another thread's turn comes, and so is heappush
        except IndexError:
            connection = self.open()
        self._numbers[connection] = next(self._next_number)
        return connection

    def open(self) -> SqliteConnection:
        """A new connection, which is its owner's. Raises StoreUnavailable where the file cannot be opened any more."""
        self._place.check()
        try:
            connection = self._connect()
        except UserError as error:
            raise StoreUnavailable("its files cannot be opened") from error
        try:
            self._place.check()  # what was opened is what lies there now
        except StoreUnavailable:
            connection.close()
            raise
        return connection

    def give_back(self, connection: SqliteConnection) -> None:
        """See `Readers.give_back`."""
        if self._closed or connection.txn_state():
            del self._numbers[connection]
            connection.close()  # of one that still reads the log could never be cut
        else:
            heappush(self._idle, (self._numbers[connection], connection))

    def close(self) -> None:
        """See `Readers.close`."""
        self._closed = True
        while self._idle:
            self._idle.pop()[1].close()


class ReadersOfMemory:
    """The writer's connection, which readers and the writer take in turn."""

    def __init__(self, connection: SqliteConnection, lock: WriterLock) -> None:
        self._connection = connection
        self._lock = lock

    def borrow(self) -> SqliteConnection:
        """See `Readers.borrow`."""
        self._lock.acquire()
        return self._connection

    def give_back(self, _: SqliteConnection) -> None:
        """See `Readers.give_back`."""
        self._lock.release()

    def close(self) -> None:
        """See `Readers.close`. The connection is the writer's."""
