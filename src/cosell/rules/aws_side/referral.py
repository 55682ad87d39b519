"""What AWS refers to a partner: an already approved opportunity, behind an invitation that shows part of it.

Source: developer guide for what the invitation leaves out (address, contacts, account, related entities); recorded
answers for the status on acceptance. That a referral has no related entities is our choice (docs/fidelity.md).
"""

from typing import Final

import msgspec

from cosell.context import Scope
from cosell.rules.engagement.from_opportunity import company_name, invitation_to_aws
from cosell.rules.event import AWS
from cosell.rules.opportunity.record import life_cycle_of
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    AccountReceiver,
    GetEngagementInvitationResponse,
    GetEngagementResponse,
    GetOpportunityResponse,
    Receiver,
    SenderContact,
)

MESSAGE: Final = "AWS refers this opportunity to you."
SENDER_CONTACT: Final = SenderContact(
    email="referrals@example.com", first_name="AWS", last_name="Referrals", business_title="PDM"
)


def referred(record: GetOpportunityResponse) -> GetOpportunityResponse:
    """The hidden record of a referral: nobody has to approve what AWS itself refers."""
    life_cycle = msgspec.structs.replace(life_cycle_of(record), review_status="Approved")
    return msgspec.structs.replace(record, life_cycle=life_cycle)


def invitation_from_aws(
    record: GetOpportunityResponse,
    engagement: GetEngagementResponse,
    receiver: Scope,
    invitation_id: str,
    now: Timestamp,
) -> GetEngagementInvitationResponse:
    """AWS's invitation of a partner to an engagement about an opportunity."""
    invitation = invitation_to_aws(record, engagement, receiver, invitation_id, now)
    payload = invitation.payload
    if payload is not None and payload.opportunity_invitation is not None:
        told = msgspec.structs.replace(payload.opportunity_invitation, sender_contacts=[SENDER_CONTACT])
        payload = msgspec.structs.replace(payload, opportunity_invitation=told)
    account = AccountReceiver(aws_account_id=receiver.account, alias=company_name(receiver.account))
    return msgspec.structs.replace(
        invitation,
        sender_aws_account_id=AWS,
        sender_company_name=company_name(AWS),
        receiver=Receiver(account=account),
        invitation_message=MESSAGE,
        payload=payload,
    )


def accepted(record: GetOpportunityResponse, stamp: Timestamp) -> GetOpportunityResponse:
    """The record that the partner gets: created when AWS created it, modified when the partner accepted it."""
    return msgspec.structs.replace(record, last_modified_date=stamp)
