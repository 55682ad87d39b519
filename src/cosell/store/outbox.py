"""What the store keeps of events and of their delivery.

Events wait in the outbox in the order of their commits; a sink has a cursor there. What a sink could not take is held
for it beside the outbox, together with everything else about the same subject, so that the cursor can move on.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from cosell.context import Scope


class Event(msgspec.Struct, frozen=True):
    """An event for one receiver. `body` is its envelope, encoded; events of one `subject` keep their order."""

    event_id: str
    receiver: Scope
    detail_type: str
    subject: str
    time_ms: int
    body: bytes


class Waiting(msgspec.Struct, frozen=True):
    """An event at its position in the order of commits. Positions grow, and are never reused."""

    position: int
    event: Event


class Held(msgspec.Struct, frozen=True):
    """An event that a sink has not taken yet; with 0 `attempts` it only waits behind another of its subject."""

    position: int
    subject: str
    attempts: int = 0
    first_attempt_ms: int = 0
    next_attempt_ms: int = 0
    reason: str = ""


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that is no longer offered to a sink after `attempts`."""

    position: int
    attempts: int
    died_ms: int
    reason: str


class SinkState(msgspec.Struct, frozen=True):
    """How far the delivery to a sink has got. `held` is in the order of positions."""

    cursor: int
    generation: int
    held: list[Held]


class Settlement(msgspec.Struct, frozen=True):
    """What a round of deliveries has changed for a sink."""

    cursor: int
    generation: int
    delivered: int = 0
    failed: int = 0
    released: Sequence[int] = ()
    """Positions that are held no longer."""
    held: Sequence[Held] = ()
    dead: Sequence[DeadLetter] = ()
    gone: bool = False
    """Whether the sink has asked to be sent nothing more."""


class SinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What operators see of a sink.

    `behind` counts the events past its cursor, up to 10,001, which stands for more; `oldest_ms` is the time of the
    first event that it lacks.
    """

    name: str
    cursor: int
    behind: int
    held: int
    dead_letters: int
    delivered: int
    failed: int
    gone: bool
    oldest_ms: int | None


class Buried(msgspec.Struct, frozen=True):
    """A dead letter as operators see it."""

    sink: str
    letter: DeadLetter
    event: Event


class DeliveryRight(Protocol):
    """The right to deliver, which one process has at a time."""

    @property
    def is_held(self) -> bool:
        """Whether it is still ours. Where it is lost, another process may have it by now."""

    def give_back(self) -> None:
        """Let another process have it. Raises StoreUnavailable; it ends by itself then."""


class Outbox(Protocol):
    """Events and sinks of every account. Safe to use from many threads; raises StoreUnavailable."""

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """Call `wake`, in some thread, after each commit of this process that announces events.

        Where the database tells, after those of other processes, too. What is returned ends that.
        """

    def newest(self) -> int:
        """The latest position used; 0 before the first."""

    def before_ms(self, time_ms: int) -> int:
        """The position before the first event of `time_ms` or later, so that reading after it begins there."""

    def after(self, position: int, limit: int) -> list[Waiting]:
        """Up to `limit` events after a position, in order."""

    def at(self, positions: Sequence[int]) -> dict[int, Event]:
        """The events at these positions; those that were cleared are missing."""

    def about(self, subject: str, receiver: Scope, limit: int) -> list[Waiting]:
        """The last events that a receiver got about a subject, the newest first."""

    def open_sink(self, name: str) -> SinkState:
        """A sink to deliver to from now on: a new one starts with what comes after this moment."""

    def state(self, name: str) -> SinkState:
        """How far an opened sink has come."""

    def generation(self, name: str) -> int | None:
        """The number that changes with whatever anybody but the deliverer does to a sink; None: it is gone."""

    def settle(self, name: str, settlement: Settlement) -> bool:
        """Store a round of deliveries. False, with nothing written, if the generation is another one."""

    def replay(self, names: Sequence[str], position: int) -> None:
        """Set the cursor of sinks to after a position. What was held beyond it comes again with the rest."""

    def revive(self, names: Sequence[str]) -> int:
        """Hold the dead letters of sinks again, due at once. Returns how many there were."""

    def dead_letters(self, limit: int) -> list[Buried]:
        """Dead letters of all sinks, the newest first."""

    def statuses(self) -> list[SinkStatus]:
        """Every sink that was ever opened, by name."""

    def prune(self, names: Sequence[str], before_ms: int) -> int:
        """Drop events older than `before_ms` that none of these sinks lacks, a bounded number of them.

        Dead letters that died before then are dropped too. Returns how many events were.
        """

    def become_deliverer(self) -> DeliveryRight | None:
        """Take the right to deliver; None while another process has it.

        It falls back when that one ends, however it ends, or is cut off from the database.
        """
