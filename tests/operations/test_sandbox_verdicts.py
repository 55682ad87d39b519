"""AWS's verdict, played by an update in the catalog Sandbox."""

from typing import Any, Final

import pytest

from cosell.context import Readings
from cosell.engine import Engine
from cosell.rules.opportunity.review import REVIEW_STATUSES
from tests.complete_opportunity import written
from tests.operations.test_update import update
from tests.operations.whole_opportunity import WHOLE, but, placed, violations
from tests.store.caller import Caller, HandClock, Refused

VERDICTS: Final = ("Approved", "Action Required")


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("status", ["Submitted", "In review"])
def test_an_update_plays_the_verdict(caller: Caller, status: str, verdict: str) -> None:
    record = placed(caller, status)
    said = {"ReviewStatus": verdict, "ReviewComments": "Which cameras?", "ReviewStatusReason": "Problem unclear"}
    members = but({f"LifeCycle.{name}": value for name, value in said.items()}, written(record))
    assert update(caller, record, **members) == []
    assert caller.get(record["Id"])["LifeCycle"] == record["LifeCycle"] | said


def test_the_rest_of_the_update_counts_too(caller: Caller) -> None:
    record = placed(caller, "Submitted")
    wanted = {"Project.Title": "Other cameras", "LifeCycle.Stage": "Committed", "LifeCycle.ReviewStatus": "Approved"}
    assert update(caller, record, **but(wanted, written(record))) == []
    changed = caller.get(record["Id"])
    assert (changed["Project"]["Title"], changed["LifeCycle"]["Stage"]) == ("Other cameras", "Committed")


def test_the_rest_of_the_update_still_has_to_agree(caller: Caller) -> None:
    record = placed(caller, "Submitted")
    wanted = {"LifeCycle.Stage": "Launched", "LifeCycle.ReviewStatus": "Approved", "Project.CustomerUseCase": "Other"}
    assert update(caller, record, **but(wanted, written(record))) == [
        ("lifeCycle.stage", "ACTION_NOT_PERMITTED"),
        ("project.customerUseCase", "INVALID_ENUM_VALUE"),
    ]
    assert caller.get(record["Id"]) == record


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("Action Required", "Approved"),
        *(("Rejected", verdict) for verdict in VERDICTS),
    ],
)
def test_nothing_else_waits_for_a_verdict(caller: Caller, status: str, verdict: str) -> None:
    record = placed(caller, status)
    assert update(caller, record, **but({"LifeCycle.ReviewStatus": verdict}, written(record))) == [
        ("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")
    ]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_draft_is_judged_too_but_keeps_its_stage(caller: Caller, verdict: str) -> None:
    record = placed(caller, "Pending Submission")
    played = {"LifeCycle.ReviewStatus": verdict, "LifeCycle.ReviewComments": "Which cameras?"}
    moved = but(played | {"LifeCycle.Stage": "Committed"}, written(record))
    assert update(caller, record, **moved) == [("lifeCycle.stage", "ACTION_NOT_PERMITTED")]
    assert caller.get(record["Id"]) == record
    assert update(caller, record, **but(played, written(record))) == []
    life_cycle = caller.get(record["Id"])["LifeCycle"]
    assert (life_cycle["ReviewStatus"], life_cycle["ReviewComments"]) == (verdict, "Which cameras?")
    assert caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=record["Id"])["Origin"] == "Partner Referral"


@pytest.mark.parametrize("status", REVIEW_STATUSES)
@pytest.mark.parametrize(("played", "command"), [("Rejected", "reject"), ("In review", "start")])
def test_what_is_not_played_is_never_passed_over(caller: Caller, status: str, played: str, command: str) -> None:
    record = placed(caller, status)
    if status == played:
        return
    with pytest.raises(Refused) as refused:
        caller.update(record["Id"], LifeCycle={"ReviewStatus": played})
    assert violations(refused.value) == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]
    assert refused.value.body["ErrorList"][0]["Message"] == (
        f"{played} is not played here: decide it as AWS ({command}), or set any_review_status."
    )
    assert caller.get(record["Id"]) == record


@pytest.mark.parametrize("sent", ["Action Required", "Approved", "Pending Submission", None])
def test_what_is_approved_stays_approved(caller: Caller, sent: str | None) -> None:
    record = placed(caller, "Approved")
    assert update(caller, record, **but({"LifeCycle.ReviewStatus": sent}, written(record))) == []
    assert caller.get(record["Id"])["LifeCycle"]["ReviewStatus"] == "Approved"


def test_other_statuses_are_ignored(caller: Caller) -> None:
    sent = "Submitted"
    record = placed(caller, "Pending Submission")
    assert update(caller, record, **but({"LifeCycle.ReviewStatus": sent}, written(record))) == []
    assert caller.get(record["Id"])["LifeCycle"]["ReviewStatus"] == "Pending Submission"


@pytest.mark.parametrize("sent", VERDICTS)
def test_the_catalog_aws_ignores_them_all(caller: Caller, sent: str) -> None:
    ours = Caller(caller.engine, catalog="AWS")
    created = ours.create("t", **WHOLE)
    members: dict[str, Any] = but({"LifeCycle.ReviewStatus": sent, "LifeCycle.ReviewComments": "Fine."})
    ours.update(created["Id"], **members)
    life_cycle = ours.get(created["Id"])["LifeCycle"]
    assert life_cycle["ReviewStatus"] == "Pending Submission"
    assert "ReviewComments" not in life_cycle


@pytest.fixture
def playful(clock: HandClock) -> Caller:
    """A caller of a cosell in which an update plays every step of AWS's."""
    return Caller(Engine.open(":memory:", clock=clock, readings=Readings(any_review_status=True)))


@pytest.mark.parametrize(
    ("status", "played"),
    [
        ("Submitted", "In review"),
        *((status, verdict) for status in ("Submitted", "In review") for verdict in (*VERDICTS, "Rejected")),
        ("Pending Submission", "Rejected"),
    ],
)
def test_a_setting_lets_an_update_play_every_step(playful: Caller, status: str, played: str) -> None:
    record = placed(playful, status)
    wanted = {"LifeCycle.ReviewStatus": played, "LifeCycle.ReviewComments": "See above", "Project.Title": "Cameras"}
    assert update(playful, record, **but(wanted, written(record))) == []
    changed = playful.get(record["Id"])
    assert (changed["LifeCycle"]["ReviewStatus"], changed["Project"]["Title"]) == (played, "Cameras")
    said = None if played == "In review" else "See above"
    assert changed["LifeCycle"].get("ReviewComments") == said, "the start of a review says nothing"


@pytest.mark.parametrize(
    ("status", "played"),
    [
        ("Pending Submission", "In review"),
        ("Action Required", "Rejected"),
        ("Approved", "Rejected"),
        ("Approved", "In review"),
        ("In review", "In review"),
        ("Rejected", "Rejected"),
    ],
)
def test_with_it_too_only_what_was_submitted_is_decided_upon(playful: Caller, status: str, played: str) -> None:
    record = placed(playful, status)
    assert update(playful, record, **but({"LifeCycle.ReviewStatus": played}, written(record))) == [
        ("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")
    ]


def test_with_it_too_what_is_approved_stays_approved(playful: Caller) -> None:
    record = placed(playful, "Approved")
    assert update(playful, record, **but({"LifeCycle.ReviewStatus": "Submitted"}, written(record))) == []
    assert playful.get(record["Id"])["LifeCycle"]["ReviewStatus"] == "Approved"


def test_with_it_too_the_catalog_aws_ignores_them_all(playful: Caller) -> None:
    ours = Caller(playful.engine, catalog="AWS")
    record = placed(ours, "Submitted")
    assert update(ours, record, **but({"LifeCycle.ReviewStatus": "Rejected"}, written(record))) == [
        ("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")
    ]
