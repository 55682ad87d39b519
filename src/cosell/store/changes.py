"""What the store keeps of changes: what every opportunity was before each of them, in the order of commits.

A count over a whole scope proceeds in steps of bounded size, each reading a single moment: first what has changed among
the opportunities already counted, then the next ones. So a count is exact at the moment of its last step, although it
blocked no writer meanwhile. It can be stored with the data, so that another process, or a later one, only has to count
what has happened since.

The oldest changes may be removed. A count that had not got as far then starts again.
"""

from typing import Protocol

import msgspec


class Change(msgspec.Struct, frozen=True):
    """One change of an existing opportunity. `before` is the encoded record until then."""

    position: int
    changed_ms: int
    before: bytes


class Reached(msgspec.Struct, frozen=True):
    """How far a count has got: changes up to `position`, and opportunities up to the key `counted_to`; None: all.

    `origin` is the last change that replaced the whole scope (a large load, a reset); 0 if there was none.
    """

    origin: int
    position: int
    counted_to: str | None


class Moved(msgspec.Struct, frozen=True):
    """An opportunity that has changed between two positions: encoded, a record before, and a record or summary then."""

    before: bytes | None
    then: bytes


class Step(msgspec.Struct, frozen=True):
    """The next step of a count. `begins`: whatever was counted is void. `is_last`: then it is up to date."""

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
    """Sees the changes of one scope. Positions grow with every commit, and are never reused."""

    def history(self, identifier: str, limit: int) -> list[Change]:
        """The last changes of an opportunity since it was created, the newest first."""

    def courses(self, limit: int) -> list[Course]:
        """What the last changes of the scope, at most so many, were to each opportunity that is there."""

    def trimmed_ms(self) -> int:
        """The time up to which changes may have been removed, of any opportunity; 0 if none were."""

    def step(self, reached: Reached | None, *, whole: bool = False) -> Step:
        """The next step of a count that has got this far; None for a new one. If `whole`, it has records."""

    def kept_count(self) -> tuple[Reached, bytes] | None:
        """The count that was stored last."""


class CountKeeper(Protocol):
    """Keeps counts."""

    def keep_count(self, reached: Reached, count: bytes) -> bool:
        """Store a count for others. False if one is stored that has got as far, or the scope was replaced meanwhile."""
