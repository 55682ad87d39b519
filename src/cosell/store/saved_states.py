"""Saved states: a whole database under a name, to return to.

After a return to an earlier state, readers have seen later ones. So what differs from the current state becomes
visible with new stamps, in the order of the old ones, and a reader by watermark misses nothing (docs/decisions/0004).
Numbers continue where they were, and so do the clock, and the events with their delivery.
"""

from typing import Protocol

import msgspec


class SavedState(msgspec.Struct, frozen=True):
    """A state by its name, how many opportunities it has, and how many bytes it takes."""

    name: str
    opportunities: int
    bytes: int


class Return(msgspec.Struct, frozen=True):
    """What a return did to opportunities: how many came or changed, each with a new stamp, and how many went."""

    changed: int
    removed: int


class SavedStates(Protocol):
    """The saved states of a database."""

    def names(self) -> list[str]:
        """Their names, in alphabetical order."""

    def keep(self, name: str) -> SavedState:
        """Keep what is committed now under a name, replacing what had it before.

        Raises UserError if the name is none, StoreUnavailable if the copy cannot be read or written.
        """

    def return_to(self, name: str, now_ms: int) -> Return:
        """Restore a state, completely or not at all, at the moment `now_ms`.

        Raises UserError if there is no such state, it is not as it was kept, or not one of this database, and
        StoreUnavailable where the copy cannot be read or the database not be written. Either way nothing is changed.
        """

    def forget(self, name: str) -> None:
        """Remove a state. Raises UserError if there is none."""
