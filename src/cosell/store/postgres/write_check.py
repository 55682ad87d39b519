"""Whether a database can be written, found out by writing, and taking it back.

A server whose disk is full still changes a row here and there. So once a change has met the full disk, there has to be
room for many of them before the database counts as one that can be written again.
"""

from typing import Final

from psycopg import errors

from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.connections import Connections
from cosell.store.postgres.migrate import schema_versions
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.tables import tables, wanted
from cosell.store.writer_lock import WriterLock, not_too_long

BUSY_FROM_S: Final = 0.25
"""From then on a writer at work is worth a word."""
MANY_CHANGES_BYTES: Final = 8 * 1024 * 1024
"""More than creations write that become durable together."""
_WRITE: Final = "UPDATE installation SET one = 1"
_WRITE_MUCH: Final = (
    "CREATE TEMPORARY TABLE as_much_as_many_changes (content text)",
    "ALTER TABLE as_much_as_many_changes ALTER content SET STORAGE EXTERNAL",
    f"INSERT INTO as_much_as_many_changes VALUES (repeat('x', {MANY_CHANGES_BYTES}))",
)


class WriteCheck:
    """Checks the database of `connections`, in which `connection` has found all tables."""

    def __init__(self, connections: Connections, connection: PostgresConnection, lock: WriterLock) -> None:
        self._connections = connections
        self._lock = lock
        self._wanted_tables = wanted(tables(connection))
        self._wants_room = False

    def __call__(self) -> float:
        """See `Store.check`."""
        with self._connections.lent() as connection:
            self._check_schema(connection)
            connection.begin()
            try:
                connection.run(_WRITE)
                if self._wants_room:
                    for statement in _WRITE_MUCH:
                        connection.run(statement)
                    self._wants_room = False
            finally:
                connection.roll_back()
        busy_s = not_too_long(self._lock.held_s())
        return busy_s if busy_s >= BUSY_FROM_S else 0.0

    def heed(self, error: BaseException) -> None:
        """Hear how a change has failed."""
        self._wants_room |= isinstance(error, errors.DiskFull)

    def _check_schema(self, connection: PostgresConnection) -> None:
        lost = self._wanted_tables - tables(connection)
        if lost:
            raise StoreUnavailable(f"its tables are not all there: {min(lost)} is lost")
        version, newest = schema_versions(connection)
        if version > newest:
            raise StoreUnavailable("a newer cosell has migrated it")
