"""A partner's invitation of AWS to an engagement, and AWS's answer to it."""

from typing import Final, Literal

import msgspec

from cosell.context import Context
from cosell.operations.change.announcement import announce_to
from cosell.rules.engagement.from_opportunity import answered, company_name, invitation_to_aws, joined, website_url
from cosell.rules.engagement.invitation import PENDING, state_at
from cosell.rules.event import AWS, Invitation, InvitationStatus, invitation_created, invitation_ended, member_added
from cosell.rules.identifiers import random_id, shared_arn
from cosell.store.engagement import Member, StoredInvitation
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetEngagementInvitationResponse, GetEngagementResponse, GetOpportunityResponse

Answer = Literal["Accepted", "Rejected"]
STILL_GOOD: Final = (PENDING, "ACCEPTED")


def invite_aws(
    tx: WriteTransaction, record: GetOpportunityResponse, engagement: GetEngagementResponse, context: Context
) -> str:
    """Invite AWS to an engagement about an opportunity, unless it is invited or a member: the invitation's id."""
    assert engagement.id is not None
    for invitation in tx.invitations(engagement.id):
        if invitation.receiver == AWS and _state(invitation, context) in STILL_GOOD:
            return invitation.invitation_id
    now = Timestamp.from_ms(context.now_ms)
    invitation_id = random_id("engi-", 13, context.chance.getrandbits(104))
    answer = invitation_to_aws(record, engagement, context.scope, invitation_id, now)
    assert answer.expiration_date is not None
    stored = StoredInvitation(
        invitation_id,
        engagement.id,
        context.scope.account,
        AWS,
        PENDING,
        "OpportunityInvitation",
        now.ms,
        answer.expiration_date.ms,
        encode(answer),
    )
    tx.put_invitation(stored)
    happening = invitation_created(
        _told(stored, context), "SENDER", company_name(context.scope.account), answer.expiration_date
    )
    announce_to([context.scope.account], tx, happening, record.id, now, context)
    return invitation_id


def answer_invitations(
    tx: WriteTransaction, engagement_id: str, answer: Answer, opportunity: str, now: Timestamp, context: Context
) -> None:
    """Have AWS accept or reject any pending invitation to an engagement.

    On acceptance AWS becomes a member, and all members are notified.
    """
    for invitation in tx.invitations(engagement_id):
        if invitation.receiver == AWS and _state(invitation, context) == PENDING:
            _end(tx, invitation, answer, opportunity, now, context)


def _end(
    tx: WriteTransaction,
    invitation: StoredInvitation,
    answer: Answer,
    opportunity: str,
    now: Timestamp,
    context: Context,
) -> None:
    status = answer.upper()
    record = answered(decode(GetEngagementInvitationResponse, invitation.record), status)
    tx.put_invitation(msgspec.structs.replace(invitation, status=status, expires_ms=None, record=encode(record)))
    happening = invitation_ended(answer, _told(invitation, context), "SENDER")
    announce_to([invitation.sender], tx, happening, opportunity, now, context)
    if answer == "Accepted":
        add_member(tx, invitation.engagement_id, AWS, opportunity, now, context)


def add_member(
    tx: WriteTransaction, engagement_id: str, account: str, subject: str, now: Timestamp, context: Context
) -> None:
    """Have an account join an engagement: every member is notified, including the new one."""
    tx.put_member(engagement_id, Member(account, now.ms, company_name(account), website_url(account)))
    members = [member.account for member in tx.members(engagement_id)]
    engagement = tx.engagement(engagement_id)
    assert engagement is not None
    record = joined(decode(GetEngagementResponse, engagement.record), len(members))
    tx.put_engagement(msgspec.structs.replace(engagement, record=encode(record)))
    happening = member_added(
        shared_arn(context.scope.catalog, "engagement", engagement_id), account, company_name(account)
    )
    announce_to(members, tx, happening, subject, now, context)


def _state(invitation: StoredInvitation, context: Context) -> InvitationStatus:
    return state_at(invitation.status, invitation.expires_ms, context.now_ms)


def _told(invitation: StoredInvitation, context: Context) -> Invitation:
    return Invitation(
        shared_arn(context.scope.catalog, "engagement-invitation", invitation.invitation_id),
        shared_arn(context.scope.catalog, "engagement", invitation.engagement_id),
        invitation.sender,
        invitation.receiver,
        "OpportunityInvitation",
    )
