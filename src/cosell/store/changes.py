"""What the store keeps of changes: what every opportunity was before each of them, in the order of commits.

Whoever counts something over a whole scope goes through it in steps, each of one moment and of bounded size: first what
has changed among the opportunities that are counted already, then the next ones that are not. So a count is exact at
the moment of its last step, although nobody was kept from writing meanwhile. It can be kept with the data, so that
another process, or a later one, only has to count what has happened since.

The oldest changes may be removed. A count that had not come as far begins anew.
"""

from typing import Protocol

import msgspec


class Change(msgspec.Struct, frozen=True):
    """One change of an opportunity that was there. `before` is the encoded record until then."""

    position: int
    changed_ms: int
    before: bytes


class Reached(msgspec.Struct, frozen=True):
    """How far a count has come: changes up to `position`, and opportunities up to the key `counted_to`; None: all.

    `origin` is the change that made the scope another one last (a large load, a reset); 0 where none did.
    """

    origin: int
    position: int
    counted_to: str | None


class Moved(msgspec.Struct, frozen=True):
    """An opportunity that has changed between two positions: encoded, a record before, and a record or summary then."""

    before: bytes | None
    then: bytes


class Step(msgspec.Struct, frozen=True):
    """What comes next in a count. `begins`: whatever was counted is void. `is_last`: then it is up to date."""

    reached: Reached
    begins: bool
    is_last: bool
    moved: list[Moved]
    found: list[bytes]
    """Encoded summaries, or records, that were not counted yet."""


class Course(msgspec.Struct, frozen=True):
    """Changes of an opportunity in their order, each its moment and the encoded record before it; None: its creation.

    `now` is the encoded summary as it is.
    """

    changes: list[tuple[int, bytes | None]]
    now: bytes


class ChangeReader(Protocol):
    """Sees the changes of one scope. Positions grow with every commit, and are never given twice."""

    def history(self, identifier: str, limit: int) -> list[Change]:
        """The last changes of an opportunity since it was created, the newest first."""

    def courses(self, limit: int) -> list[Course]:
        """What the last changes of the scope, at most so many, were to each opportunity that is there."""

    def trimmed_ms(self) -> int:
        """Until when changes may have been removed, of whichever opportunity; 0 where none were."""

    def step(self, reached: Reached | None, *, whole: bool = False) -> Step:
        """The next step of a count that has come so far; None for one that begins. If `whole`, it tells records."""

    def kept_count(self) -> tuple[Reached, bytes] | None:
        """The count that somebody has kept last."""


class CountKeeper(Protocol):
    """Keeps counts."""

    def keep_count(self, reached: Reached, count: bytes) -> bool:
        """Keep a count for others. False where one is kept that has come as far, or the scope is another one by now."""
