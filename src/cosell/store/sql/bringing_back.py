"""Bringing a kept state back, as both databases do it. See `store/saved_states.py` for why stamps are new."""

import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol

import msgspec

from cosell.errors import UserError
from cosell.store.opportunity import StoredOpportunity, stored
from cosell.wire.decode import decode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse

GOES_ON: Final = frozenset(
    {
        *("installation", "scope", "course"),  # numbers, stamps and time
        *("outbox", "sink", "held_event", "dead_letter"),  # what was told, was told
        *("zone", "opportunity_change"),  # kept by whatever changes an opportunity, a return too
        "kept_count",  # follows the changes
    }
)
"""Tables that no return brings back, in either database."""
BY_RECORD: Final = frozenset({"opportunity", "opportunity_record"})
"""Tables that are compared record by record, since only what differs may be touched."""
SEARCH: Final = "search_"
"""How the names of tables begin that follow the opportunities by themselves."""
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


class Difference(msgspec.Struct, frozen=True):
    """An opportunity that is another one in the kept state. `kept_stamp` is None where it is not there at all."""

    id_key: str
    is_here: bool
    kept_stamp: int | None


class Changes(Protocol):
    """What this needs of a writing transaction."""

    def delete(self, key: str) -> None:
        """Remove the opportunity with this `id_key`."""

    def note_another_scope(self) -> None:
        """Let whoever follows the changes begin anew."""

    def stamp(self, now_ms: int) -> int:
        """The moment of a change."""

    def insert(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """Add opportunities."""

    def replace(self, opportunity: StoredOpportunity) -> None:
        """Change one."""


def bring_back(
    transaction: Changes, differences: Iterable[Difference], kept_record: Callable[[str], bytes], now_ms: int
) -> tuple[int, int]:
    """Make a scope's opportunities those of a kept state: how many came or changed, and how many went."""
    changed: list[tuple[int, str, bool]] = []
    gone: list[str] = []
    for difference in differences:
        if difference.kept_stamp is None:
            gone.append(difference.id_key)
        else:
            changed.append((difference.kept_stamp, difference.id_key, difference.is_here))
    for key in gone:
        transaction.delete(key)
    if gone:
        transaction.note_another_scope()
    for _, key, is_here in sorted(changed):
        record = decode(GetOpportunityResponse, kept_record(key))
        stamp = Timestamp.from_ms(transaction.stamp(now_ms))
        opportunity = stored(msgspec.structs.replace(record, last_modified_date=stamp))
        if is_here:
            transaction.replace(opportunity)
        else:
            transaction.insert([opportunity])
    return len(changed), len(gone)


def check_name(name: str) -> None:
    """Raises UserError for what cannot be the name of a state."""
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} is not a name", "take letters, digits, hyphens, dots and underlines, 64 at most")


def unknown_state(name: str, known: list[str]) -> UserError:
    """What to tell of a name that no state has."""
    return UserError(f"there is no snapshot {name!r}", f"known: {', '.join(known) or 'there is none yet'}")
