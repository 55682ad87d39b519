"""What becomes of an opportunity that AWS brings, told with an unmodified boto3 client and a clock that is stepped."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.admin.conftest import ask, done, refused
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

    Client = PartnerCentralSellingAPIClient

MORNING = datetime(2031, 5, 4, 9, tzinfo=UTC)
FROZEN = ("--db", "story.db", "--clock", "frozen:2031-05-04T09:00:00Z")


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    return serve(*FROZEN)


def referred(server: Server, **opportunity: Any) -> dict[str, Any]:
    return dict(done(ask(server, "POST", "refer", {"account": ACCOUNT, "opportunity": opportunity})))


def step(server: Server, span: str) -> None:
    done(ask(server, "POST", "clock", {"step": span}))


def listed(client: "Client") -> list[dict[str, Any]]:
    return [dict(row) for row in client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]]


def invitations(client: "Client", **filters: Any) -> list[dict[str, Any]]:
    answer = client.list_engagement_invitations(Catalog="Sandbox", ParticipantType="RECEIVER", **filters)
    return [dict(row) for row in answer["EngagementInvitationSummaries"]]


def test_a_referral_is_accepted_and_worked_on(server: Server) -> None:
    client = server.client()
    referral = referred(server, Customer={"Account": {"CompanyName": "Acme Rail"}})

    # The partner sees an invitation that tells a part, and no opportunity.
    (invitation,) = invitations(client)
    assert invitation["Id"] == referral["invitation_id"]
    assert (invitation["Status"], invitation["SenderAwsAccountId"]) == ("PENDING", "aws")
    assert invitation["ExpirationDate"] - invitation["InvitationDate"] == timedelta(days=15)
    seen = client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation["Arn"])
    payload = seen["Payload"]["OpportunityInvitation"]
    assert payload["Customer"]["CompanyName"] == "Acme Rail"
    assert "Portland" not in str(payload)
    assert "mina@" not in str(payload)
    assert [member["CompanyName"] for member in seen["ExistingMembers"]] == ["AWS"]
    assert listed(client) == []
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_opportunity(Catalog="Sandbox", Identifier=referral["opportunity_id"])

    # Meanwhile the partner creates one, and reads its list up to there.
    step(server, "1d")
    own = client.create_opportunity(Catalog="Sandbox", ClientToken="own")
    watermark = own["LastModifiedDate"]

    # Two days later it accepts.
    step(server, "2d")
    task = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken="yes", Identifier=invitation["Id"]
    )
    assert task["TaskStatus"] == "COMPLETE"
    assert task["OpportunityId"] == referral["opportunity_id"]
    assert task["EngagementInvitationId"] == invitation["Id"]
    opportunity = client.get_opportunity(Catalog="Sandbox", Identifier=task["OpportunityId"])
    assert opportunity["LifeCycle"]["ReviewStatus"] == "Approved"
    assert opportunity["LifeCycle"]["Stage"] == "Qualified"
    assert opportunity["Customer"]["Account"]["Address"]["City"] == "Portland"
    assert opportunity["CreatedDate"] == MORNING
    assert opportunity["LastModifiedDate"] == MORNING + timedelta(days=3)

    # It is older than what the partner has read already, but nobody who asks from there misses it.
    page = client.list_opportunities(Catalog="Sandbox", LastModifiedDate={"AfterLastModifiedDate": watermark})
    assert {row["Id"] for row in page["OpportunitySummaries"]} == {own["Id"], task["OpportunityId"]}

    # The invitation is answered, and AWS's own view of it is there.
    (answered,) = invitations(client, Status=["ACCEPTED"])
    assert "ExpirationDate" not in answered
    summary = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=task["OpportunityId"])
    assert (summary["Origin"], summary["InvolvementType"]) == ("AWS Referral", "Co-Sell")

    # From then on it is an opportunity like any other that was approved.
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=task["OpportunityId"],
        LastModifiedDate=opportunity["LastModifiedDate"],
        LifeCycle={**opportunity["LifeCycle"], "Stage": "Technical Validation"},
        Customer=opportunity["Customer"],
        Project=opportunity["Project"],
        PrimaryNeedsFromAws=opportunity["PrimaryNeedsFromAws"],
        Marketing=opportunity["Marketing"],
        OpportunityType=opportunity["OpportunityType"],
        NationalSecurity=opportunity["NationalSecurity"],
    )
    assert listed(client)[0]["LifeCycle"]["Stage"] == "Technical Validation"


def test_the_same_token_accepts_once(server: Server) -> None:
    client = server.client()
    invitation = referred(server)["invitation_id"]
    answers = [
        client.start_engagement_by_accepting_invitation_task(
            Catalog="Sandbox", ClientToken="yes", Identifier=invitation
        )
        for _ in range(2)
    ]
    assert answers[0]["TaskId"] == answers[1]["TaskId"]
    assert len(listed(client)) == 1
    again = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken="another", Identifier=invitation
    )
    assert (again["TaskStatus"], again["ReasonCode"]) == ("FAILED", "EngagementInvitationConflict")
    tasks = client.list_engagement_by_accepting_invitation_tasks(Catalog="Sandbox")["TaskSummaries"]
    assert {task["TaskStatus"] for task in tasks} == {"FAILED", "COMPLETE"}
    one = client.list_engagement_by_accepting_invitation_tasks(
        Catalog="Sandbox",
        TaskStatus=["COMPLETE"],
        EngagementInvitationIdentifier=[invitation],
        TaskIdentifier=[answers[0]["TaskArn"]],
        OpportunityIdentifier=[answers[0]["OpportunityId"]],
        Sort={"SortBy": "StartTime", "SortOrder": "ASCENDING"},
    )["TaskSummaries"]
    assert [task["TaskId"] for task in one] == [answers[0]["TaskId"]]


def test_sandbox_simulates_a_referral_by_a_creation(server: Server) -> None:
    client = server.client()
    tags: list[Any] = [{"Key": "team", "Value": "north"}]
    created = client.create_opportunity(
        Catalog="Sandbox",
        ClientToken="simulated",
        Origin="AWS Referral",
        Customer={"Account": {"CompanyName": "Acme"}},
        Tags=tags,
    )
    arn = f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/Sandbox/opportunity/{created['Id']}"
    assert listed(client) == []
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_tags_for_resource(ResourceArn=arn)
    (invitation,) = invitations(client)
    told = client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation["Id"])
    assert told["Payload"]["OpportunityInvitation"]["Customer"]["CompanyName"] == "Acme"
    task = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken="yes", Identifier=invitation["Id"]
    )
    assert task["OpportunityId"] == created["Id"]
    assert listed(client)[0]["Id"] == created["Id"]
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags


def test_in_the_catalog_aws_a_partner_cannot_refer_to_itself(server: Server) -> None:
    client = server.client()
    with pytest.raises(client.exceptions.ValidationException, match="origin"):
        client.create_opportunity(Catalog="AWS", ClientToken="1", Origin="AWS Referral")
    done(ask(server, "POST", "refer", {"account": ACCOUNT, "catalog": "AWS"}))
    answer = client.list_engagement_invitations(Catalog="AWS", ParticipantType="RECEIVER")
    assert len(answer["EngagementInvitationSummaries"]) == 1


def test_a_referral_is_turned_down_for_good(server: Server) -> None:
    client = server.client()
    invitation = referred(server)["invitation_id"]
    with pytest.raises(client.exceptions.ValidationException):
        client.reject_engagement_invitation(Catalog="Sandbox", Identifier=invitation, RejectionReason="No idea")
    client.reject_engagement_invitation(Catalog="Sandbox", Identifier=invitation, RejectionReason="other")
    seen = client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    assert (seen["Status"], seen["RejectionReason"]) == ("REJECTED", "other")
    assert "Payload" not in dict(seen)
    with pytest.raises(client.exceptions.ConflictException):
        client.reject_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    with pytest.raises(client.exceptions.ConflictException):
        client.accept_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    step(server, "20d")
    assert [row["Status"] for row in invitations(client)] == ["REJECTED"]
    assert listed(client) == []


def test_to_accept_the_invitation_alone_makes_no_opportunity(server: Server) -> None:
    client = server.client()
    invitation = referred(server)["invitation_id"]
    client.accept_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    seen = client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    assert seen["Status"] == "ACCEPTED"
    assert len(seen["ExistingMembers"]) == 2
    assert listed(client) == []


def test_nobody_answers_for_fifteen_days(server: Server) -> None:
    client = server.client()
    invitation = referred(server)["invitation_id"]
    step(server, "14d23h59m59s")
    assert [row["Status"] for row in invitations(client)] == ["PENDING"]
    step(server, "1s")
    assert [row["Status"] for row in invitations(client, Status=["EXPIRED"])] == ["EXPIRED"]
    assert "Payload" not in client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    with pytest.raises(client.exceptions.ConflictException):
        client.accept_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    late = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken="late", Identifier=invitation
    )
    assert (late["TaskStatus"], late["ReasonCode"]) == ("FAILED", "EngagementInvitationConflict")
    assert listed(client) == []


def test_nobody_else_sees_the_invitation(server: Server) -> None:
    invitation = referred(server)["invitation_id"]
    stranger = server.client(OTHER_ACCOUNT)
    assert invitations(stranger) == []
    for ask_for in (
        stranger.get_engagement_invitation,
        stranger.accept_engagement_invitation,
        stranger.reject_engagement_invitation,
    ):
        with pytest.raises(stranger.exceptions.ResourceNotFoundException):
            ask_for(Catalog="Sandbox", Identifier=invitation)
    with pytest.raises(stranger.exceptions.ResourceNotFoundException):
        stranger.start_engagement_by_accepting_invitation_task(
            Catalog="Sandbox", ClientToken="1", Identifier=invitation
        )
    assert (
        server.client().list_engagement_invitations(Catalog="Sandbox", ParticipantType="SENDER")[
            "EngagementInvitationSummaries"
        ]
        == []
    )


def test_invitations_come_in_pages_the_newest_first(server: Server) -> None:
    client = server.client()
    expected = []
    for _ in range(5):
        expected.append(referred(server)["invitation_id"])
        step(server, "1h")
    pages = client.get_paginator("list_engagement_invitations").paginate(
        Catalog="Sandbox", ParticipantType="RECEIVER", PaginationConfig={"PageSize": 2}
    )
    found = [row["Id"] for page in pages for row in page["EngagementInvitationSummaries"]]
    assert found == expected[::-1]
    oldest = invitations(client, Sort={"SortBy": "InvitationDate", "SortOrder": "ASCENDING"}, MaxResults=1)
    assert [row["Id"] for row in oldest] == expected[:1]
    by_engagement = invitations(client, EngagementIdentifier=[oldest[0]["EngagementId"]], SenderAwsAccountId=["aws"])
    assert [row["Id"] for row in by_engagement] == expected[:1]
    assert invitations(client, PayloadType=["LeadInvitation"]) == []


def test_a_task_that_takes_time_is_carried_out_when_it_is_due(serve: Callable[..., Server]) -> None:
    server = serve(*FROZEN, "--task-delay", "1h")
    client = server.client()
    invitation = referred(server)["invitation_id"]
    request = {"Catalog": "Sandbox", "ClientToken": "yes", "Identifier": invitation}
    assert client.start_engagement_by_accepting_invitation_task(**request)["TaskStatus"] == "IN_PROGRESS"
    assert listed(client) == []
    step(server, "1h")
    assert len(listed(client)) == 1
    assert client.start_engagement_by_accepting_invitation_task(**request)["TaskStatus"] == "COMPLETE"


def test_the_command_refers_what_a_file_says(server: Server, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from cosell.cli.main import run

    (tmp_path / "deal.json").write_text(json.dumps({"Project": {"Title": "Cranes"}, "NationalSecurity": "No"}))
    where = ["--url", server.url, "--account", ACCOUNT]
    named = ["--company", "Harbor Nine", "--stage", "Business Validation"]
    assert run(["refer", str(tmp_path / "deal.json"), *named, *where]) == 0
    invitation, identifier, _, expires = capsys.readouterr().out.split()
    assert expires == "2031-05-19T09:00:00.000Z"
    client = server.client()
    client.start_engagement_by_accepting_invitation_task(Catalog="Sandbox", ClientToken="1", Identifier=invitation)
    opportunity = client.get_opportunity(Catalog="Sandbox", Identifier=identifier)
    assert opportunity["Project"]["Title"] == "Cranes"
    assert opportunity["Customer"]["Account"]["CompanyName"] == "Harbor Nine"
    assert opportunity["LifeCycle"]["Stage"] == "Business Validation"
    assert run(["refer", "--title", "Ships", *where]) == 0
    for wrong in ("[]", "{"):
        (tmp_path / "deal.json").write_text(wrong)
        refused(capsys, "refer", str(tmp_path / "deal.json"), *where)
    assert "lifeCycle.stage" in refused(capsys, "refer", "--stage", "Launched", *where)
    assert "--stage 'Sold': The value must be one of" in refused(capsys, "refer", "--stage", "Sold", *where)


def test_a_reset_takes_referrals_away(server: Server) -> None:
    referred(server)
    done(ask(server, "POST", "reset", {"account": ACCOUNT}))
    assert invitations(server.client()) == []
