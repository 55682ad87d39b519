"""What the store answers about invitations in bulk, and the opportunities that AWS's invitations refer to."""

from typing import Protocol

import msgspec

from cosell.context import Scope
from cosell.rules.engagement.invitation import InvitationSelector
from cosell.rules.list.page_token import Position
from cosell.store.engagement import StoredInvitation


class DueInvitation(msgspec.Struct, frozen=True):
    """An invitation that expires at a moment, in milliseconds since 1970 UTC, with the scope of one who is told."""

    due_ms: int
    scope: Scope
    invitation_id: str


class InvitationPage(msgspec.Struct, frozen=True):
    """Invitations in the requested order. `last` is the position of the final one if more follow, else None."""

    invitations: list[StoredInvitation]
    last: Position | None


class InvitationReader(Protocol):
    """Sees the invitations that the scope's account has sent or received."""

    def invitation_page(
        self, selector: InvitationSelector, now_ms: int, after: Position | None, limit: int
    ) -> InvitationPage:
        """Up to `limit` invitations after `after`, with the statuses that they have at `now_ms`."""

    def referral(self, invitation_id: str) -> bytes | None:
        """The encoded record of the opportunity that AWS refers to the account; None if nothing is hidden so."""


class InvitationWriter(InvitationReader, Protocol):
    """Changes them."""

    def put_referral(self, invitation_id: str, record: bytes) -> None:
        """Hide the encoded record of an opportunity behind an invitation."""

    def remove_referral(self, invitation_id: str) -> None:
        """Hide nothing behind an invitation any more."""
