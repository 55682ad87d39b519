"""AWS refers an opportunity to a partner: it is hidden behind a pending invitation, which the partner is sent.

Not an operation of the service model; CreateOpportunity with the origin `AWS Referral` plays it in Sandbox.
"""

import msgspec

from cosell.context import Context, Scope
from cosell.errors import ValidationException
from cosell.operations.change.announcement import announce_to
from cosell.operations.change.stamp import new_stamp
from cosell.operations.invitation.invitation_of_caller import told
from cosell.rules.aws_side.referral import invitation_from_aws, referred
from cosell.rules.engagement.from_opportunity import company_name, engagement_of, website_url
from cosell.rules.engagement.invitation import PENDING
from cosell.rules.event import AWS, invitation_created
from cosell.rules.identifiers import opportunity_id, random_id
from cosell.rules.opportunity.creation import violations_of_creation
from cosell.rules.opportunity.record import created
from cosell.store.engagement import Member, StoredEngagement, StoredInvitation
from cosell.store.interface import WriteTransaction
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import CreateOpportunityRequest, GetOpportunityResponse


class Referral(msgspec.Struct, frozen=True):
    """The parts of a referral: its invitation, the opportunity that it hides, and when it expires."""

    invitation_id: str
    opportunity_id: str
    expires: Timestamp


def refer_as_asked(tx: WriteTransaction, request: CreateOpportunityRequest, context: Context) -> Referral:
    """Refer what a request describes, in any catalog. Raises ValidationException if its members disagree.

    What AWS refers may lack what it requires of partners.
    """
    record = created(request, context.scope, opportunity_id(tx.next_number()), new_stamp(tx, context))
    ours = msgspec.structs.replace(request, origin=None)  # that AWS refers is no mistake here
    today = Timestamp.from_ms(context.now_ms).day
    readings = msgspec.structs.replace(context.readings, drafts=True)
    if violations := violations_of_creation(record, ours, today, readings):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    return refer(tx, record, context)


def refer(tx: WriteTransaction, record: GetOpportunityResponse, context: Context) -> Referral:
    """Refer what `record` describes to the context's account."""
    scope, now = context.scope, record.created_date
    engagement_id = random_id("eng-", 14, context.chance.getrandbits(112))
    invitation_id = random_id("engi-", 13, context.chance.getrandbits(104))
    engagement = engagement_of(record, Scope(AWS, scope.catalog), engagement_id, now)
    tx.put_engagement(StoredEngagement(engagement_id, AWS, now.ms, encode(engagement)))
    tx.put_member(engagement_id, Member(AWS, now.ms, company_name(AWS), website_url(AWS)))
    answer = invitation_from_aws(record, engagement, scope, invitation_id, now)
    assert answer.expiration_date is not None
    invitation = StoredInvitation(
        invitation_id=invitation_id,
        engagement_id=engagement_id,
        sender=AWS,
        receiver=scope.account,
        status=PENDING,
        payload_type="OpportunityInvitation",
        invited_ms=now.ms,
        expires_ms=answer.expiration_date.ms,
        record=encode(answer),
    )
    tx.put_invitation(invitation)
    tx.put_referral(invitation_id, encode(referred(record)))
    happening = invitation_created(told(invitation, context), "RECEIVER", company_name(AWS), answer.expiration_date)
    announce_to([scope.account], tx, happening, record.id, now, context)
    return Referral(invitation_id, record.id, answer.expiration_date)
