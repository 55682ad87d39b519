"""The right to deliver, as a lease: whoever has it renews it once a second, by the database's clock.

A lease needs no session: it holds through a pooler, and it ends when a process is killed, its machine is gone or the
network is cut, without anybody having to notice. The one who has it stops by its own clock before the database gives it
to another one. Should it be late all the same, what it writes down is refused, because a new lease gives every sink
another generation.
"""

from threading import Event, Thread
from time import monotonic
from typing import Final
from uuid import uuid4

from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.connections import Connections

LEASE_S: Final = 5.0
RENEWED_EVERY_S: Final = 1.0
STOPS_BEFORE_S: Final = 1.0
"""So long before its end the holder stops: clocks differ in pace a little, and a round takes a moment."""
_IS_FREE: Final = "SELECT until <= clock_timestamp() FROM delivery_lease"
_TAKE: Final = (
    "UPDATE delivery_lease SET holder = ?, until = clock_timestamp() + ? * interval '1 second' "
    "WHERE until <= clock_timestamp()"
)
_RENEW: Final = (
    "UPDATE delivery_lease SET until = clock_timestamp() + ? * interval '1 second' "
    "WHERE holder = ? AND until > clock_timestamp()"
)
_GIVE_BACK: Final = "UPDATE delivery_lease SET until = clock_timestamp() WHERE holder = ?"


class DeliveryLease:
    """A `DeliveryRight` in the database of `connections`, once `take` has had it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._holder = uuid4().hex
        self._held_until = 0.0
        self._ending = Event()

    @property
    def is_held(self) -> bool:
        """See `DeliveryRight.is_held`."""
        return monotonic() < self._held_until

    def take(self) -> bool:
        """Whether the lease was free, and is ours now. Raises StoreUnavailable."""
        with self._connections.lent() as connection:
            if not connection.value(_IS_FREE):
                return False
            began = monotonic()
            with connection.quick_transaction():
                if not connection.run(_TAKE, (self._holder, LEASE_S)):
                    return False
                connection.run("UPDATE sink SET generation = generation + 1")
        self._held_until = began + LEASE_S - STOPS_BEFORE_S
        Thread(target=self._keep, name="delivery lease", daemon=True).start()
        return True

    def _keep(self) -> None:
        """Renew it until it is given back, or lost."""
        while not self._ending.wait(RENEWED_EVERY_S) and self.is_held:
            began = monotonic()
            try:
                with self._connections.lent() as connection, connection.quick_transaction():
                    if not connection.run(_RENEW, (LEASE_S, self._holder)):
                        self._held_until = 0.0
                        return
            except StoreUnavailable:  # told by whoever delivers; it may be better before the lease ends
                continue
            self._held_until = began + LEASE_S - STOPS_BEFORE_S

    def give_back(self) -> None:
        """See `DeliveryRight.give_back`."""
        self._ending.set()
        self._held_until = 0.0
        with self._connections.lent() as connection, connection.quick_transaction():
            connection.run(_GIVE_BACK, (self._holder,))
