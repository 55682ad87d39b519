"""What the store keeps of new things that cannot be found yet: opportunities, and associations."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from cosell.context import Scope
from cosell.rules.opportunity.association import EntityType


class Appearance(msgspec.Struct, frozen=True):
    """An opportunity that appears at `due_ms`, its encoded record, or an entity that becomes related to it then.

    `due_ms` is in milliseconds since 1970 UTC, None if the appearance failed.
    """

    opportunity: str
    due_ms: int | None
    entity_type: EntityType | Literal[""] = ""
    entity: str = ""
    record: bytes | None = None


class DueAppearance(msgspec.Struct, frozen=True):
    """Something that appears at a moment, and in which scope."""

    due_ms: int
    scope: Scope
    appearance: Appearance


class AppearanceKeeper(Protocol):
    """Keeps what of one scope has not appeared yet."""

    def appearing(self, opportunity: str, entity_type: EntityType) -> Sequence[str]:
        """The entities of a type that will be related to an opportunity, and are not yet."""

    def put_appearance(self, appearance: Appearance) -> None:
        """Schedule an appearance."""

    def remove_appearance(self, appearance: Appearance) -> bool:
        """Keep it no longer. False if it was no longer kept: somebody else was faster."""
