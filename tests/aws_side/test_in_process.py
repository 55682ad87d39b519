"""AWS's side of a client in this process: by the clock of the test, by hand, and by both."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

import cosell
from cosell.aws_side.script_file import checked_script
from cosell.errors import ResourceNotFoundException, UserError, ValidationException
from tests.operations.whole_opportunity import WHOLE

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
DAY_AND_HOUR = {"when": [{"then": [{"after": "1h", "do": "start"}, {"after": "1d", "do": "approve"}]}]}
SUBMISSION = {"InvolvementType": "Co-Sell", "Visibility": "Full"}


@pytest.fixture
def clock() -> cosell.Clock:
    return cosell.Clock(START)


def submitted(client: Any, token: str = "1") -> str:
    identifier: str = client.create_opportunity(Catalog="Sandbox", ClientToken=token, **WHOLE)["Id"]
    client.submit_opportunity(Catalog="Sandbox", Identifier=identifier, **SUBMISSION)
    return identifier


def got(client: Any, identifier: str) -> Any:
    return client.get_opportunity(Catalog="Sandbox", Identifier=identifier)


def status(client: Any, identifier: str) -> str:
    return str(got(client, identifier)["LifeCycle"]["ReviewStatus"])


def test_a_script_is_followed_by_the_clock_of_the_test(clock: cosell.Clock) -> None:
    client = cosell.connect(clock=clock, review=DAY_AND_HOUR)
    deal = submitted(client)
    assert status(client, deal) == "Submitted"
    clock.step(hours=1)
    assert status(client, deal) == "In review"
    clock.step(days=30)
    approved = got(client, deal)
    assert approved["LifeCycle"]["ReviewStatus"] == "Approved"
    due = START + timedelta(days=1, hours=1)
    assert approved["LastModifiedDate"] - due < timedelta(seconds=1), "it happened when it was due, not when asked"


def test_what_is_due_at_once_is_there_at_the_next_call() -> None:
    client = cosell.connect(
        review="auto", review_start="0s", review_verdict="0s", review_rejected=1, review_action_required=0
    )
    deal = submitted(client)
    assert status(client, deal) == "Rejected"


def test_a_write_finds_done_what_was_due_before_it(clock: cosell.Clock) -> None:
    client: Any = cosell.connect(clock=clock, review=DAY_AND_HOUR)
    deal = submitted(client)
    clock.step(days=2)
    record = {name: value for name, value in WHOLE.items() if name != "LifeCycle"}
    stamp = client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"][0]["LastModifiedDate"]
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=deal,
        LastModifiedDate=stamp,
        LifeCycle=WHOLE["LifeCycle"] | {"Stage": "Technical Validation"},
        **record,
    )
    assert got(client, deal)["LifeCycle"]["Stage"] == "Technical Validation"


def test_a_script_may_be_a_file(clock: cosell.Clock, tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    path.write_text(json.dumps(DAY_AND_HOUR))
    client = cosell.connect(clock=clock, review=path)
    deal = submitted(client)
    clock.step(days=2)
    assert status(client, deal) == "Approved"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"review": "automatic"}, "review 'automatic' cannot be read"),
        (
            {"review": {"when": [{"then": [{"do": "aprove"}]}]}},
            r"review: when\[0\].then\[0\].do 'aprove' is not action-required",
        ),
        ({"review": {"when": [{"then": [{"do": "approve", "after": "soon"}]}]}}, "review: rule 1, step 1: 'soon'"),
        ({"review": "auto", "review_rejected": 2}, "review_rejected"),
        ({"review": "auto", "review_start": "soon"}, "'soon' is not a time span"),
    ],
)
def test_a_reviewer_that_cannot_be_is_reported(options: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=told):
        cosell.connect(**options)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ([], "review: it is not an object; see"),
        ({"when": {}}, "review: when is not a list; see"),
        ({}, "review: it lacks when; see"),
        ({"when": [], "sed": 1}, "review: it has no member 'sed'; did you mean 'seed'?"),
        ({"when": [], "seed": "x"}, "review: seed 'x' is not a whole number; see"),
        ({"when": [{"chance": 2}]}, "review: when[0].chance 2 is not a number from 0 to 1; see"),
        ({"when": [{"tehn": []}]}, "review: when[0] has no member 'tehn'; did you mean 'then'?"),
        ({"when": [{"then": [{"after": "1s"}]}]}, "review: when[0].then[0] lacks do; see"),
        (
            {"when": [{"then": [{"do": "approve", "bare": 1}]}]},
            "review: when[0].then[0].bare 1 is not true or false; see",
        ),
        ({"when": [{"then": [{"do": "approve", "view": 7}]}]}, "review: when[0].then[0].view 7 is not an object; see"),
        ({"when": [{"company": 7}]}, "review: when[0].company 7 is not a text; see"),
        (
            {"when": [{"then": [{"do": "aprove"}]}]},
            "review: when[0].then[0].do 'aprove' is not action-required, approve, edit, reject or start; did",
        ),
    ],
)
def test_a_mistake_in_a_script_is_reported_with_its_position(script: Any, told: str) -> None:
    with pytest.raises(UserError) as refused:
        checked_script(script, "review")
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("script.json", '{"when": [}', "is not JSON: line 1, column 11: a value is missing here"),
        ("script.json", '{"when": [], }', "is not JSON: line 1, column"),
        ("script.json", '{"seed": Infinity}', "is not JSON, which has no Infinity; see"),
        ("script.json", f'{{"seed": {"1" * 5000}}}', "is not readable JSON: a number has too many digits"),
        ("script.json", "[" * 5000, "is not readable JSON: it is nested too deeply"),
        ("script.json", b"\n\xff", "is not UTF-8 in line 2; see"),
        ("script.toml", "when = [\n  x\n]", "is not TOML at line 2, column 3; see"),
        ("script.toml", "when = [", "is not TOML: it ends too early; see"),
    ],
)
def test_a_script_that_cannot_be_read_is_reported_with_line_and_column(
    tmp_path: Path, name: str, text: str | bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError) as refused:
        cosell.connect(review=tmp_path / name)
    assert str(refused.value).startswith(f"{tmp_path / name} {told}")


def test_tasks_go_on_by_the_clock(clock: cosell.Clock) -> None:
    client: Any = cosell.connect(clock=clock, task_delay="30s")
    deal = client.create_opportunity(Catalog="Sandbox", ClientToken="1", **WHOLE)["Id"]
    client.start_engagement_from_opportunity_task(
        Catalog="Sandbox", ClientToken="2", Identifier=deal, AwsSubmission=SUBMISSION
    )
    assert status(client, deal) == "Pending Submission"
    clock.step(seconds=30)
    assert status(client, deal) == "Submitted"


def test_any_client_of_a_file_lets_aws_do_what_is_due_for_all(clock: cosell.Clock, tmp_path: Path) -> None:
    ours, theirs = (
        cosell.connect(str(tmp_path / "pipeline.db"), clock=clock, review=DAY_AND_HOUR, account=account)
        for account in ("111122223333", "444455556666")
    )
    deal = submitted(ours)
    clock.step(days=2)
    theirs.list_opportunities(Catalog="Sandbox")
    (by_nobody,) = cosell.connect(str(tmp_path / "pipeline.db"), account="111122223333").list_opportunities(
        Catalog="Sandbox", Identifier=[deal]
    )["OpportunitySummaries"]
    assert by_nobody["LifeCycle"]["ReviewStatus"] == "Approved"


def test_a_defect_on_aws_side_fails_one_call(clock: cosell.Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cosell.connect(clock=clock, review=DAY_AND_HOUR)
    deal = submitted(client)

    def failing(*_: Any) -> Any:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("cosell.aws_side.work.review_decision", failing)
    clock.step(hours=1)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        got(client, deal)
    assert status(client, deal) == "Submitted", "what failed is given up"


@pytest.mark.parametrize(
    ("verdict", "becomes"), [("approve", "Approved"), ("require_action", "Action Required"), ("reject", "Rejected")]
)
def test_a_verdict_is_given_by_hand(clock: cosell.Clock, verdict: str, becomes: str) -> None:
    client = cosell.connect(clock=clock)
    deal = submitted(client)
    clock.step(days=3)
    aws = cosell.play_aws(client)
    aws.start_review(deal)
    assert status(client, deal) == "In review"
    getattr(aws, verdict)(deal, comment="Which cameras?", reason="Unclear")
    record = got(client, deal)
    life_cycle = record["LifeCycle"]
    assert life_cycle["ReviewStatus"] == becomes
    assert (life_cycle["ReviewComments"], life_cycle["ReviewStatusReason"]) == ("Which cameras?", "Unclear")
    assert record["LastModifiedDate"] >= START + timedelta(days=3)


def test_a_hand_comes_after_what_was_due_before(clock: cosell.Clock) -> None:
    client = cosell.connect(clock=clock, review=DAY_AND_HOUR)
    deal = submitted(client)
    clock.step(days=2)
    with pytest.raises(ValidationException, match="The opportunity is Approved: its review has ended"):
        cosell.play_aws(client).reject(deal)
    assert status(client, deal) == "Approved"


def test_what_aws_cannot_do_is_reported(clock: cosell.Clock) -> None:
    aws = cosell.play_aws(cosell.connect(clock=clock))
    with pytest.raises(ResourceNotFoundException, match="O9"):
        aws.approve("O9")
    with pytest.raises(ResourceNotFoundException, match="O9"):
        aws.edit("O9", life_cycle={"Stage": "Committed"})
    with pytest.raises(ValidationException, match="Origin"):
        aws.edit("O9", view={"Origin": "AWS Referral"})
    with pytest.raises(ValidationException, match="Stage"):
        aws.refer(LifeCycle={"Stage": "Won"})


def test_aws_edits_by_hand(clock: cosell.Clock) -> None:
    client = cosell.connect(clock=clock)
    deal = submitted(client)
    aws = cosell.play_aws(client)
    team = [{"BusinessTitle": "PDM", "FirstName": "Ada", "LastName": "Example", "Email": "ada@example.com"}]
    aws.edit(
        deal,
        view={"OpportunityTeam": team, "LifeCycle": {"Stage": "Engaged", "TargetCloseDate": date(2027, 1, 31)}},
        life_cycle={"NextSteps": "Ask for the sizing"},
    )
    view: Any = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=deal)
    assert view["OpportunityTeam"] == team
    assert view["LifeCycle"] == {"Stage": "Engaged", "TargetCloseDate": "2027-01-31"}
    assert got(client, deal)["LifeCycle"]["NextSteps"] == "Ask for the sizing"


def test_aws_refers_by_hand_and_an_unanswered_invitation_expires(clock: cosell.Clock) -> None:
    client: Any = cosell.connect(clock=clock)
    aws = cosell.play_aws(client)
    ours, late = (aws.refer(Customer={"Account": {"CompanyName": name}}) for name in ("Harbor Nine", "Birch"))
    task = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken="1", Identifier=ours.invitation_id
    )
    accepted = got(client, task["OpportunityId"])
    assert accepted["Id"] == ours.opportunity_id
    assert accepted["Customer"]["Account"]["CompanyName"] == "Harbor Nine"
    clock.step(days=15, seconds=1)
    (expired,) = client.list_engagement_invitations(Catalog="Sandbox", ParticipantType="RECEIVER", Status=["EXPIRED"])[
        "EngagementInvitationSummaries"
    ]
    assert expired["Id"] == late.invitation_id


def test_each_catalog_and_account_has_its_own_side_of_aws(clock: cosell.Clock) -> None:
    client = cosell.connect(clock=clock, account="111122223333")
    deal = submitted(client)
    with pytest.raises(ResourceNotFoundException):
        cosell.play_aws(client, catalog="AWS").approve(deal)
    cosell.play_aws(client, catalog="Sandbox").approve(deal)
    assert status(client, deal) == "Approved"


def test_nobody_plays_aws_for_a_client_of_aws() -> None:
    client = boto3.client("partnercentral-selling", region_name="us-east-1")
    with pytest.raises(UserError, match="not answered in this process"):
        cosell.play_aws(client)
