"""An invitation as one of its two sides finds it, and how it ends."""

from typing import Final

import msgspec

from cosell.context import Context
from cosell.errors import ConflictException, ResourceNotFoundException
from cosell.operations.change.announcement import announce_to
from cosell.rules.engagement.invitation import IN_ARN, PENDING, state_at
from cosell.rules.event import Invitation, InvitationEnd, PayloadType, invitation_ended
from cosell.rules.identifiers import bare_id, shared_arn
from cosell.store.engagement import StoredInvitation
from cosell.store.interface import ReadTransaction, WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetEngagementInvitationResponse, GetOpportunityResponse

PAYLOAD_TYPES: Final[dict[str, PayloadType]] = {
    "OpportunityInvitation": "OpportunityInvitation",
    "LeadInvitation": "LeadInvitation",
}


def invitation_of(tx: ReadTransaction, name: str, context: Context, *, sent: bool = False) -> StoredInvitation:
    """The invitation that an identifier or ARN names, which the caller has received, or else perhaps sent.

    Raises ResourceNotFoundException if it is not one of the caller's.
    """
    account, catalog = context.scope.account, context.scope.catalog
    invitation = tx.invitation(bare_id(name, catalog, IN_ARN))
    if invitation is None or (account != invitation.receiver and not (sent and account == invitation.sender)):
        raise ResourceNotFoundException(f"Engagement invitation {name} does not exist in catalog {catalog}.")
    return invitation


def pending_invitation(tx: ReadTransaction, name: str, context: Context) -> StoredInvitation:
    """The invitation that the caller may still answer.

    Raises ResourceNotFoundException if it is not the caller's to answer, ConflictException if it was answered, or has
    expired.
    """
    invitation = invitation_of(tx, name, context)
    state = state_at(invitation.status, invitation.expires_ms, context.now_ms)
    if state != PENDING:
        raise ConflictException(f"Engagement invitation {invitation.invitation_id} is {state}.")
    return invitation


def end(
    tx: WriteTransaction, invitation: StoredInvitation, how: InvitationEnd, now: Timestamp, context: Context
) -> GetEngagementInvitationResponse:
    """Mark an invitation as accepted, rejected or expired: both sides are notified. Only a pending one expires."""
    status = how.upper()
    record = msgspec.structs.replace(decode(GetEngagementInvitationResponse, invitation.record), status=status)
    if how == "Accepted":  # recorded answer
        record = msgspec.structs.replace(record, expiration_date=None)
    tx.put_invitation(msgspec.structs.replace(invitation, status=status, expires_ms=None, record=encode(record)))
    subject = subject_of(tx, invitation)
    for account, side in ((invitation.sender, "SENDER"), (invitation.receiver, "RECEIVER")):
        happening = invitation_ended(how, told(invitation, context), "SENDER" if side == "SENDER" else "RECEIVER")
        announce_to([account], tx, happening, subject, now, context)
    return record


def told(invitation: StoredInvitation, context: Context) -> Invitation:
    """What events say about an invitation."""
    catalog = context.scope.catalog
    return Invitation(
        shared_arn(catalog, IN_ARN, invitation.invitation_id),
        shared_arn(catalog, "engagement", invitation.engagement_id),
        invitation.sender,
        invitation.receiver,
        PAYLOAD_TYPES[invitation.payload_type],
    )


def subject_of(tx: WriteTransaction, invitation: StoredInvitation) -> str:
    """The opportunity that an invitation is about, else the invitation itself: events about one thing keep their order.

    It is hidden behind the invitation, or shared by the engagement.
    """
    hidden = tx.referral(invitation.invitation_id)
    if hidden is not None:
        return decode(GetOpportunityResponse, hidden).id
    return tx.shared_opportunity(invitation.engagement_id) or invitation.invitation_id
