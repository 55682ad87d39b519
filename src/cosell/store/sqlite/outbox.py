"""The outbox of a SQLite database. See `store/outbox.py` for the meaning of each method.

Only the progress of deliveries is written here. If a power cut undoes it, events are delivered twice, which
at-least-once delivery allows; so it has a connection of its own that does not wait for the disk. A mere crash of the
process cannot lose it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Protocol

from cosell.store.interface import StoreUnavailable
from cosell.store.outbox import DeliveryRight
from cosell.store.sql.outbox import SqlOutbox
from cosell.store.sqlite.connection import unavailable_instead_of_sqlite_errors
from cosell.store.sqlite.counters import EVENT_POSITION
from cosell.store.sqlite.readers import Readers
from cosell.store.sqlite.sql_connection import SqliteConnection

LOCK_SUFFIX: Final = "-delivery"
"""Behind the database's name: an empty file that the delivering process locks. SQLite's own locks must not meet it."""


class Connections(Protocol):
    """What the outbox needs of the store that it belongs to."""

    @property
    def readers(self) -> Readers:
        """Connections for reading."""

    def write_quickly(self) -> AbstractContextManager[SqliteConnection]:
        """A transaction that is safe from a crash of the process, but not from a power cut."""


class SqliteOutbox(SqlOutbox):
    """An `Outbox` in the database of `connections`. `path` is the file's, or None for a database in memory."""

    _newest = f"SELECT coalesce((SELECT value FROM counter WHERE counter_id = {EVENT_POSITION}), 0)"

    def __init__(self, connections: Connections, path: str | None) -> None:
        super().__init__()
        self._connections = connections
        self._path = path

    @contextmanager
    def _reading(self) -> Iterator[SqliteConnection]:
        connection = self._connections.readers.borrow()
        try:
            with unavailable_instead_of_sqlite_errors():
                yield connection
        finally:
            self._connections.readers.give_back(connection)

    def _writing(self) -> AbstractContextManager[SqliteConnection]:
        return self._connections.write_quickly()

    def become_deliverer(self) -> DeliveryRight | None:
        """See `Outbox.become_deliverer`."""
        if self._path is None:
            return _Lock(None)
        try:
            lock = os.open(self._path + LOCK_SUFFIX, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"the lock of deliveries: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return _Lock(lock)


class _Lock:
    """A `DeliveryRight` that the kernel keeps as long as the process lives, and the file is open."""

    is_held = True

    def __init__(self, file: int | None) -> None:
        self._file = file

    def give_back(self) -> None:
        """See `DeliveryRight.give_back`."""
        if self._file is not None:
            os.close(self._file)
