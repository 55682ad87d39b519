"""The events that announce changes, as EventBridge delivers them.

A *happening* is what an event reports; the envelope adds the receiver, the time and an identifier, so that every
receiver of one happening gets an event of its own. Events name resources and reveal nothing of their content.

Source: recorded events for the envelope (version "0", whole seconds, no resources on opportunity events), for the
schema versions and for the upper case of `participantType`; guide for the other members, whose letter case differs
from one detail type to the next.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from cosell.context import Scope
from cosell.rules.identifiers import REGION
from cosell.wire.timestamps import Timestamp

SOURCE: Final = "aws.partnercentral-selling"
AWS: Final = "aws"
"""AWS's own account as members, senders and receivers name it. It has no bus here, and gets no events."""

OpportunityChange = Literal["Opportunity Created", "Opportunity Updated"]
InvitationStatus = Literal["PENDING", "ACCEPTED", "REJECTED", "EXPIRED"]
InvitationEnd = Literal["Accepted", "Rejected", "Expired"]
ParticipantType = Literal["SENDER", "RECEIVER"]
PayloadType = Literal["OpportunityInvitation", "LeadInvitation"]

DETAIL_TYPES: Final = (
    "Opportunity Created",
    "Opportunity Updated",
    "Engagement Created",
    "Engagement Updated",
    "Engagement Member Added",
    "Engagement Invitation Created",
    "Engagement Invitation Accepted",
    "Engagement Invitation Rejected",
    "Engagement Invitation Expired",
    "Engagement Resource Snapshot Created",
)
"""Every detail type that is sent. EventBridge's reference names four more that nothing describes: they are not sent."""


class Happening(msgspec.Struct, frozen=True):
    """What an event reports: everything except to whom, when, and under which identifier."""

    detail_type: str
    schema_version: Literal["1", "1.0"]
    resources: tuple[str, ...]
    detail: dict[str, object]


class Invitation(msgspec.Struct, frozen=True):
    """What events report about an engagement invitation. Sender and receiver are accounts, or `aws`."""

    arn: str
    engagement_arn: str
    sender: str
    receiver: str
    payload_type: PayloadType


def opportunity_changed(change: OpportunityChange, identifier: str) -> Happening:
    """An opportunity was created or updated."""
    return Happening(change, "1", (), {"opportunity": {"identifier": identifier}})


def engagement_created(engagement_arn: str, stamp: Timestamp, creator: str, context_types: Sequence[str]) -> Happening:
    """An engagement was created by the account `creator`."""
    detail = {
        "engagementArn": engagement_arn,
        "engagementId": _id_in(engagement_arn),
        "CreatedAt": whole_seconds(stamp),
        "CreatedBy": creator,
        "ContextTypes": list(context_types),
    }
    return Happening("Engagement Created", "1.0", (engagement_arn,), {"engagement": detail})


def engagement_updated(engagement_arn: str, stamp: Timestamp, modifier: str, context_types: Sequence[str]) -> Happening:
    """A context of an engagement was added or changed by the account `modifier`."""
    detail = {
        "engagementArn": engagement_arn,
        "engagementId": _id_in(engagement_arn),
        "LastModifiedAt": whole_seconds(stamp),
        "LastModifiedBy": modifier,
        "ContextTypes": list(context_types),
    }
    return Happening("Engagement Updated", "1.0", (engagement_arn,), {"engagement": detail})


def member_added(engagement_arn: str, account: str, company_name: str) -> Happening:
    """An account joined an engagement. All current members are notified, including the new one."""
    return Happening(
        "Engagement Member Added",
        "1.0",
        (engagement_arn,),
        {
            "engagement": {"id": _id_in(engagement_arn)},
            "engagementMember": {"accountId": account, "companyName": company_name},
        },
    )


def invitation_created(
    invitation: Invitation, participant_type: ParticipantType, sender_company_name: str, expiration_date: Timestamp
) -> Happening:
    """An invitation was sent. Sender and receiver are notified, each as its own `participant_type`."""
    detail = {
        **_invitation_detail(invitation),
        "senderCompanyName": sender_company_name,
        "expirationDate": str(expiration_date),
        **_roles(invitation, participant_type),
    }
    return Happening("Engagement Invitation Created", "1.0", (invitation.arn,), {"engagementInvitation": detail})


def invitation_ended(end: InvitationEnd, invitation: Invitation, participant_type: ParticipantType) -> Happening:
    """An invitation was accepted or rejected, or nobody answered it in time."""
    detail = _invitation_detail(invitation) | _roles(invitation, participant_type)
    return Happening(f"Engagement Invitation {end}", "1.0", (invitation.arn,), {"engagementInvitation": detail})


def snapshot_created(
    engagement_arn: str,
    snapshot_arn: str,
    *,
    opportunity: str,
    creator: str,
    target_members: Sequence[str],
    template: str,
) -> Happening:
    """A snapshot of an opportunity was taken for the members that its template is for."""
    detail = {
        "arn": snapshot_arn,
        "engagementId": _id_in(engagement_arn),
        "resourceType": "Opportunity",
        "resourceId": opportunity,
        "createdBy": creator,
        "targetMemberAccounts": list(target_members),
        "resourceSnapshotTemplateName": template,
    }
    return Happening("Engagement Resource Snapshot Created", "1", (engagement_arn,), {"resourceSnapshot": detail})


def envelope(happening: Happening, event_id: str, receiver: Scope, stamp: Timestamp) -> dict[str, object]:
    """The event that tells the account `receiver` of a happening at the moment `stamp`."""
    detail = {"schemaVersion": happening.schema_version, "catalog": receiver.catalog, **happening.detail}
    return {
        "version": "0",
        "id": event_id,
        "detail-type": happening.detail_type,
        "source": SOURCE,
        "account": receiver.account,
        "time": whole_seconds(stamp),
        "region": REGION,
        "resources": list(happening.resources),
        "detail": detail,
    }


def whole_seconds(stamp: Timestamp) -> str:
    """A moment as events write it: `2026-05-04T09:15:22Z`."""
    return f"{str(stamp)[:19]}Z"


def _id_in(arn: str) -> str:
    return arn.rpartition("/")[2]


def _invitation_detail(invitation: Invitation) -> dict[str, object]:
    return {
        "arn": invitation.arn,
        "id": _id_in(invitation.arn),
        "engagementId": _id_in(invitation.engagement_arn),
        "senderAccountId": invitation.sender,
        "receiverAccountId": invitation.receiver,
    }


def _roles(invitation: Invitation, participant_type: ParticipantType) -> dict[str, object]:
    return {"participantType": participant_type, "payloadType": invitation.payload_type}
