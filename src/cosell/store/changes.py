"""What the store keeps of changes: what every opportunity was before each of them, in the order of commits."""

from collections.abc import Iterable
from typing import Protocol

import msgspec


class Change(msgspec.Struct, frozen=True):
    """One change of an opportunity. `before` is the encoded record until then; None where there was none."""

    position: int
    changed_ms: int
    before: bytes | None


class Moved(msgspec.Struct, frozen=True):
    """An opportunity that has changed between two positions: encoded, a record before and a summary now."""

    before: bytes | None
    now: bytes


class Since(msgspec.Struct, frozen=True):
    """What has moved up to a position; each opportunity once."""

    position: int
    moved: list[Moved]


class ChangeReader(Protocol):
    """Sees the changes of one scope. Positions grow with every commit, and are never given twice."""

    def history(self, identifier: str, limit: int) -> list[Change]:
        """The last changes of an opportunity, the newest first."""

    def whole(self) -> Iterable[int | bytes]:
        """A position, and the encoded summary of every opportunity at that moment; the position comes first."""

    def since(self, position: int) -> Since | None:
        """What has moved behind a position.

        None where that is too much to be told, or the scope has become another one (a large load, a reset): then it has
        to be read as a whole.
        """
