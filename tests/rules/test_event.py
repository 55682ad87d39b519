"""Events are those of the recordings and of the guide, member by member and in their order."""

import json
from typing import get_args

import pytest

from cosell.context import Scope
from cosell.rules import event
from cosell.rules.event import DETAIL_TYPES, Happening, Invitation, InvitationEnd, OpportunityChange, envelope
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp

PARTNER = "900000000101"
STAMP = Timestamp.parse("2026-05-04T09:18:04.120Z")
CATALOG_ARN = "arn:aws:partnercentral:us-east-1::catalog/Sandbox"
ENGAGEMENT = f"{CATALOG_ARN}/engagement/eng-0a1b2c3d4e5f6g"
INVITATION = f"{CATALOG_ARN}/engagement-invitation/engi-0a1b2c3d4e5f6"
SNAPSHOT = f"{ENGAGEMENT}/resource/Opportunity/O7000123/template/OpportunitySummaryView/snapshot/2"
TO_AWS = Invitation(INVITATION, ENGAGEMENT, PARTNER, "aws", "OpportunityInvitation")
OF_TO_AWS = (
    f'"engagementInvitation":{{"arn":"{INVITATION}","id":"engi-0a1b2c3d4e5f6","engagementId":"eng-0a1b2c3d4e5f6g",'
    f'"senderAccountId":"{PARTNER}","receiverAccountId":"aws",'
)

SAMPLES: list[tuple[Happening, str, str, str]] = [  # what happened; its detail type, resources and detail on the wire
    (
        event.opportunity_changed("Opportunity Created", "O7000123"),
        "Opportunity Created",
        "[]",
        '{"schemaVersion":"1","catalog":"Sandbox","opportunity":{"identifier":"O7000123"}}',
    ),
    (
        event.opportunity_changed("Opportunity Updated", "O7000123"),
        "Opportunity Updated",
        "[]",
        '{"schemaVersion":"1","catalog":"Sandbox","opportunity":{"identifier":"O7000123"}}',
    ),
    (
        event.invitation_created(
            TO_AWS, "SENDER", "Blue Heron Consulting", Timestamp.parse("2026-05-19T09:18:04.120Z")
        ),
        "Engagement Invitation Created",
        f'["{INVITATION}"]',
        (
            f'{{"schemaVersion":"1.0","catalog":"Sandbox",{OF_TO_AWS}"senderCompanyName":"Blue Heron Consulting",'
            '"expirationDate":"2026-05-19T09:18:04.120Z","participantType":"SENDER","payloadType":"OpportunityInvitation"}}'
        ),
    ),
    *[
        (
            event.invitation_ended(end, TO_AWS, "SENDER"),
            f"Engagement Invitation {end}",
            f'["{INVITATION}"]',
            (
                f'{{"schemaVersion":"1.0","catalog":"Sandbox",{OF_TO_AWS}"participantType":"SENDER",'
                '"payloadType":"OpportunityInvitation"}}'
            ),
        )
        for end in get_args(InvitationEnd)
    ],
    (
        event.member_added(ENGAGEMENT, "aws", "AWS"),
        "Engagement Member Added",
        f'["{ENGAGEMENT}"]',
        (
            '{"schemaVersion":"1.0","catalog":"Sandbox","engagement":{"id":"eng-0a1b2c3d4e5f6g"},'
            '"engagementMember":{"accountId":"aws","companyName":"AWS"}}'
        ),
    ),
    (
        event.snapshot_created(
            ENGAGEMENT,
            SNAPSHOT,
            opportunity="O7000123",
            creator=PARTNER,
            target_members=[PARTNER, "aws"],
            template="OpportunitySummaryView",
        ),
        "Engagement Resource Snapshot Created",
        f'["{ENGAGEMENT}"]',
        (
            f'{{"schemaVersion":"1","catalog":"Sandbox","resourceSnapshot":{{"arn":"{SNAPSHOT}",'
            f'"engagementId":"eng-0a1b2c3d4e5f6g","resourceType":"Opportunity","resourceId":"O7000123",'
            f'"createdBy":"{PARTNER}","targetMemberAccounts":["{PARTNER}","aws"],'
            '"resourceSnapshotTemplateName":"OpportunitySummaryView"}}'
        ),
    ),
    (
        event.engagement_created(ENGAGEMENT, STAMP, PARTNER, ["CustomerProject"]),
        "Engagement Created",
        f'["{ENGAGEMENT}"]',
        (
            f'{{"schemaVersion":"1.0","catalog":"Sandbox","engagement":{{"engagementArn":"{ENGAGEMENT}",'
            f'"engagementId":"eng-0a1b2c3d4e5f6g","CreatedAt":"2026-05-04T09:18:04Z","CreatedBy":"{PARTNER}",'
            '"ContextTypes":["CustomerProject"]}}'
        ),
    ),
    (
        event.engagement_updated(ENGAGEMENT, STAMP, "aws", ["Lead", "CustomerProject"]),
        "Engagement Updated",
        f'["{ENGAGEMENT}"]',
        (
            f'{{"schemaVersion":"1.0","catalog":"Sandbox","engagement":{{"engagementArn":"{ENGAGEMENT}",'
            '"engagementId":"eng-0a1b2c3d4e5f6g","LastModifiedAt":"2026-05-04T09:18:04Z","LastModifiedBy":"aws",'
            '"ContextTypes":["Lead","CustomerProject"]}}'
        ),
    ),
]


@pytest.mark.parametrize(("happening", "detail_type", "resources", "detail"), SAMPLES, ids=[row[1] for row in SAMPLES])
def test_an_event_is_byte_for_byte_the_documented_one(
    happening: Happening, detail_type: str, resources: str, detail: str
) -> None:
    written = encode(envelope(happening, "an-id", Scope(PARTNER, "Sandbox"), STAMP)).decode()
    assert written == (
        f'{{"version":"0","id":"an-id","detail-type":"{detail_type}","source":"aws.partnercentral-selling",'
        f'"account":"{PARTNER}","time":"2026-05-04T09:18:04Z","region":"us-east-1","resources":{resources},'
        f'"detail":{detail}}}'
    )
    json.loads(written)


def test_every_detail_type_has_its_sample() -> None:
    assert {row[1] for row in SAMPLES} == set(DETAIL_TYPES)
    assert set(get_args(OpportunityChange)) < set(DETAIL_TYPES)
