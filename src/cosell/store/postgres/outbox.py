"""The outbox of a PostgreSQL database. See `store/outbox.py` for the meaning of each method."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from cosell.store.outbox import DeliveryRight
from cosell.store.postgres.connections import Connections
from cosell.store.postgres.delivery_lease import DeliveryLease
from cosell.store.postgres.news import News
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.sql.outbox import SqlOutbox


class PostgresOutbox(SqlOutbox):
    """An `Outbox` in the database of `connections`. Whoever listens hears of other processes' events, too."""

    _newest = "SELECT position FROM event_position"

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._connections = connections
        self._news = News(connections, self.wake_listeners)

    def _reading(self) -> AbstractContextManager[PostgresConnection]:
        return self._connections.lent()

    @contextmanager
    def _writing(self) -> Iterator[PostgresConnection]:
        """What a power cut undoes of it is delivered twice, which at-least-once allows: nobody waits for the disk."""
        with self._connections.lent() as connection, connection.quick_transaction():
            yield connection

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """See `Outbox.listen`."""
        self._news.hear()
        return super().listen(wake)

    def become_deliverer(self) -> DeliveryRight | None:
        """See `Outbox.become_deliverer`."""
        lease = DeliveryLease(self._connections)
        return lease if lease.take() else None

    def close(self) -> None:
        """Hear nothing any more."""
        self._news.close()
