"""Engagement invitations: their states, what is wrong with an answer to one, and which ones a List operation asks for.

Source: service model 2022-07-26, ListEngagementInvitations and RejectEngagementInvitation; recorded answers. The
default order and the comparison of reasons are our choice (docs/fidelity.md).
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from cosell.errors import Violation
from cosell.rules.event import InvitationStatus, ParticipantType
from cosell.rules.identifiers import bare_id
from cosell.rules.list.selector import distinct
from cosell.wire.types import (
    EngagementInvitationSummary,
    EngagementMemberSummary,
    GetEngagementInvitationResponse,
    ListEngagementInvitationsRequest,
)

PENDING: Final = "PENDING"
REJECTED: Final = "REJECTED"
EXPIRED: Final = "EXPIRED"
IN_ARN: Final = "engagement-invitation"
"""What an invitation is called in ARNs."""

REJECTION_REASONS: Final = (
    "Customer problem unclear",
    "Next steps unclear",
    "Unable to support",
    "Duplicate of partner referral",
    "Renewal opportunity",
    "Other",
)
"""Why an opportunity may be turned down [model's text; AWS's field list]. Case is ignored. Leads take any."""


class InvitationSelector(msgspec.Struct, frozen=True, array_like=True, tag="ListInvitations"):
    """Filters and order of one question about invitations. An empty tuple filters nothing."""

    participant_type: str
    descending: bool
    statuses: tuple[str, ...]
    payload_types: tuple[str, ...]
    engagement_ids: tuple[str, ...]
    senders: tuple[str, ...]


def invitation_selector(request: ListEngagementInvitationsRequest) -> InvitationSelector:
    """The question that a request asks, whatever the order and repetition of its values."""
    engagements = (bare_id(name, request.catalog, "engagement") for name in request.engagement_identifier or ())
    return InvitationSelector(
        participant_type=request.participant_type,
        descending=request.sort.sort_order == "DESCENDING" if request.sort else True,
        statuses=distinct(request.status or ()),
        payload_types=distinct(request.payload_type or ()),
        engagement_ids=distinct(engagements),
        senders=distinct(request.sender_aws_account_id or ()),
    )


def state_at(status: InvitationStatus, expires_ms: int | None, now_ms: int) -> InvitationStatus:
    """The status that an invitation has by now: an expired one needs nobody to end it."""
    return EXPIRED if status == PENDING and expires_ms is not None and expires_ms <= now_ms else status


def violations_of_rejection(payload_type: str, reason: str | None) -> list[Violation]:
    """What is wrong with the reason of a rejection. It is optional [model]."""
    known = {name.casefold() for name in REJECTION_REASONS}
    if reason is None or payload_type != "OpportunityInvitation" or reason.casefold() in known:
        return []
    message = f"An opportunity is turned down with one of: {', '.join(REJECTION_REASONS)}."
    return [Violation("rejectionReason", "INVALID_VALUE", message)]


def shown(
    invitation: GetEngagementInvitationResponse, status: InvitationStatus, members: Sequence[EngagementMemberSummary]
) -> GetEngagementInvitationResponse:
    """What sender and receiver see of an invitation. One that was rejected, or has expired, shows no content."""
    closed = status in (REJECTED, EXPIRED)
    return msgspec.structs.replace(
        invitation,
        status=status,
        payload=None if closed else invitation.payload,
        existing_members=None if closed else list(members),
    )


def summary_of(
    invitation: GetEngagementInvitationResponse, status: InvitationStatus, participant_type: ParticipantType
) -> EngagementInvitationSummary:
    """The part of an invitation that lists show, to one of its two sides."""
    members = {
        name: getattr(invitation, name)
        for name in EngagementInvitationSummary.__struct_fields__
        if name not in ("status", "participant_type")
    }
    return EngagementInvitationSummary(status=status, participant_type=participant_type, **members)
