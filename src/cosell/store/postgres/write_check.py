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
from cosell.store.writer_lock import WriterLock, not_too_long

BUSY_FROM_S: Final = 0.25
"""From then on a writer at work is worth a word."""
MANY_CHANGES_BYTES: Final = 8 * 1024 * 1024
"""More than creations write that become durable together."""
_TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) "
    "AND relkind IN ('r', 'p', 'S') AND relname NOT LIKE 'saved\\_state\\_%'"
)
_WRITE: Final = "UPDATE installation SET one = 1"


class WriteCheck:
    """Checks the database of `connections`, whose tables are as they were found by `connection`."""

    def __init__(self, connections: Connections, connection: PostgresConnection, lock: WriterLock) -> None:
        self._connections = connections
        self._lock = lock
        self._wanted_tables = _tables(connection)
        self._wants_room = False

    def __call__(self) -> float:
        """See `Store.check`."""
        with self._connections.lent() as connection:
            self._check_schema(connection)
            connection.begin()
            try:
                connection.run(_WRITE)
                if self._wants_room:
                    connection.connection.execute(
                        b"CREATE TEMPORARY TABLE as_much_as_many_changes (content text STORAGE EXTERNAL)"
                    )
                    connection.rows(
                        "INSERT INTO as_much_as_many_changes VALUES (repeat('x', ?::integer)) RETURNING true",
                        (MANY_CHANGES_BYTES,),
                    )
                    self._wants_room = False
            finally:
                connection.roll_back()
        busy_s = not_too_long(self._lock.held_s())
        return busy_s if busy_s >= BUSY_FROM_S else 0.0

    def heed(self, error: BaseException) -> None:
        """Hear how a change has failed."""
        self._wants_room |= isinstance(error, errors.DiskFull)

    def _check_schema(self, connection: PostgresConnection) -> None:
        lost = self._wanted_tables - _tables(connection)
        if lost:
            raise StoreUnavailable(f"its tables are not all there: {min(lost)} is lost")
        version, newest = schema_versions(connection)
        if version > newest:
            raise StoreUnavailable("a newer cosell has migrated it")


def _tables(connection: PostgresConnection) -> frozenset[str]:
    return frozenset(name for (name,) in connection.rows(_TABLES))
