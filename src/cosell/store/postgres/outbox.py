"""The outbox of a PostgreSQL database. See `store/outbox.py` for the meaning of each method."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from cosell.store.postgres.connecting import Connections
from cosell.store.postgres.mishaps import unavailable_instead_of_postgres_errors
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.sql.outbox import SqlOutbox

_BECOME: Final = "SELECT pg_try_advisory_lock(hashtextextended('cosell delivery in ' || current_schema(), 0))"


class PostgresOutbox(SqlOutbox):
    """An `Outbox` in the database of `connections`."""

    _newest = "SELECT position FROM event_position"

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._connections = connections

    @contextmanager
    def _reading(self) -> Iterator[PostgresConnection]:
        connection = self._connections.borrow()
        try:
            with unavailable_instead_of_postgres_errors():
                yield connection
        finally:
            self._connections.give_back(connection)

    @contextmanager
    def _writing(self) -> Iterator[PostgresConnection]:
        """What a power cut undoes of it is delivered twice, which at-least-once allows: nobody waits for the disk."""
        with self._reading() as connection:
            connection.begin()
            try:
                connection.rows("SET LOCAL synchronous_commit = off")
                yield connection
                connection.commit()
            finally:
                connection.roll_back()

    def become_deliverer(self) -> Callable[[], None] | None:
        """See `Outbox.become_deliverer`. A lock of the session, which ends with it."""
        with unavailable_instead_of_postgres_errors():
            connection = self._connections.open()
            if connection.value(_BECOME):
                return connection.close
            connection.close()
            return None

    def close(self) -> None:
        """Let go of the server."""
