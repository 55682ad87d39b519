"""AWS edits an opportunity: the partner hears of it, and the stamp moves only with the partner's own record."""

from typing import Any

import pytest

from cosell.context import Context
from cosell.errors import ResourceNotFoundException, SerializationException, ValidationException
from cosell.operations.opportunity.aws_edit import aws_edit
from cosell.rules.aws_side.edit import aws_edit_of
from tests.aws_side.conftest import HOUR_MS, submitted
from tests.aws_side.test_reviewer import events
from tests.store.caller import Caller, HandClock, Record, moment

PDM = {"BusinessTitle": "PDM", "FirstName": "Ada", "LastName": "Example", "Email": "ada@example.com"}
VIEW = b'{"RelatedOpportunityId":"O1","Origin":"Partner Referral","InvolvementType":"Co-Sell","Catalog":"Sandbox"}'


@pytest.fixture
def viewed(caller: Caller) -> Caller:
    """A partner with one approved opportunity that AWS has a view of."""
    caller.put([submitted("O1", status="Approved")])
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_aws_summary("O1", VIEW)
    return caller


def edit(caller: Caller, view: Any = None, life_cycle: Any = None, identifier: str = "O1") -> None:
    engine = caller.engine
    context = Context(caller.scope, engine.clock(), engine.chance, engine.store.token_key)
    with engine.store.write(caller.scope) as tx:
        aws_edit(tx, identifier, aws_edit_of(view, life_cycle), context)


def seen(caller: Caller) -> Record:
    return caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier="O1")


def test_aws_changes_its_own_view_and_the_partners_stamp_stays(viewed: Caller, clock: HandClock) -> None:
    before = viewed.get("O1")
    clock.now_ms += HOUR_MS
    edit(viewed, {"OpportunityTeam": [PDM], "Insights": {"EngagementScore": "High"}, "CosellMotion": "Partner-led"})
    summary = seen(viewed)
    assert summary["OpportunityTeam"] == [PDM]
    assert summary["Insights"] == {"EngagementScore": "High"}
    assert summary["CosellMotion"] == "Partner-led"
    assert summary["Catalog"] == "Sandbox"
    assert summary["Origin"] == "Partner Referral"
    assert viewed.get("O1") == before
    assert [(event["id"], event["time"]) for event in events(viewed.engine)] == [
        ("O1", f"{moment(clock.now_ms)[:19]}Z")
    ]


def test_a_co_sell_motion_has_its_own_reason_or_none(viewed: Caller) -> None:
    edit(viewed, {"CosellMotion": "Partner-led", "CosellMotionReason": "They asked."})
    assert (seen(viewed)["CosellMotion"], seen(viewed)["CosellMotionReason"]) == ("Partner-led", "They asked.")
    edit(viewed, {"Insights": {"EngagementScore": "Low"}})
    edit(viewed, {"CosellMotion": "Partner-led"})
    assert seen(viewed)["CosellMotionReason"] == "They asked."
    edit(viewed, {"CosellMotionReason": "They asked twice."})
    assert seen(viewed)["CosellMotionReason"] == "They asked twice."
    edit(viewed, {"CosellMotion": "Agent-engaged"})
    assert "CosellMotionReason" not in seen(viewed)


def test_a_reason_for_no_motion_is_refused(viewed: Caller) -> None:
    with pytest.raises(ValidationException) as told:
        edit(viewed, {"CosellMotionReason": "They asked.", "Insights": {"EngagementScore": "Low"}})
    assert [(entry.field_name, entry.code) for entry in told.value.error_list] == [
        ("view.cosellMotionReason", "INVALID_VALUE")
    ]
    assert "Insights" not in seen(viewed)


def test_members_of_a_structure_change_one_by_one(viewed: Caller, clock: HandClock) -> None:
    edit(viewed, {"LifeCycle": {"Stage": "Engaged", "NextSteps": "Call"}, "Insights": {"EngagementScore": "Low"}})
    clock.now_ms += HOUR_MS
    edit(viewed, {"LifeCycle": {"NextSteps": "Meet"}, "Insights": {"NextBestActions": "Write"}})
    edit(viewed, {"LifeCycle": {"NextSteps": "Meet", "TargetCloseDate": "2031-01-01"}})
    summary = seen(viewed)
    assert summary["Insights"] == {"EngagementScore": "Low", "NextBestActions": "Write"}
    assert summary["LifeCycle"] == {
        "Stage": "Engaged",
        "NextSteps": "Meet",
        "TargetCloseDate": "2031-01-01",
        "NextStepsHistory": [
            {"Value": "Call", "Time": moment(clock.now_ms - HOUR_MS)},
            {"Value": "Meet", "Time": moment(clock.now_ms)},
        ],
    }


def test_a_member_of_the_partners_record_moves_its_stamp(viewed: Caller, clock: HandClock) -> None:
    clock.now_ms += HOUR_MS
    edit(viewed, {"CosellMotion": "Partner-led"}, {"Stage": "Committed", "NextSteps": "Sign"})
    record = viewed.get("O1")
    assert record["LastModifiedDate"] == moment(clock.now_ms)
    assert record["LifeCycle"]["Stage"] == "Committed"
    assert record["LifeCycle"]["ReviewStatus"] == "Approved"
    assert record["LifeCycle"]["NextStepsHistory"] == [{"Value": "Sign", "Time": moment(clock.now_ms)}]
    assert seen(viewed)["CosellMotion"] == "Partner-led"
    assert len(events(viewed.engine)) == 1
    clock.now_ms += HOUR_MS
    edit(viewed, None, {"TargetCloseDate": "2031-01-01", "NextSteps": "Sign"})
    assert len(viewed.get("O1")["LifeCycle"]["NextStepsHistory"]) == 1


def test_an_edit_that_changes_nothing_is_told_to_nobody(viewed: Caller, clock: HandClock) -> None:
    before = viewed.get("O1")
    clock.now_ms += HOUR_MS
    edit(viewed, {"InvolvementType": "Co-Sell"}, {"Stage": "Prospect"})
    assert viewed.get("O1") == before
    assert events(viewed.engine) == []


def test_a_long_history_loses_its_oldest_steps(viewed: Caller) -> None:
    for number in range(60):
        edit(viewed, {"LifeCycle": {"NextSteps": f"Step {number}"}}, {"NextSteps": f"Step {number}"})
    for history in (seen(viewed)["LifeCycle"], viewed.get("O1")["LifeCycle"]):
        assert [entry["Value"] for entry in history["NextStepsHistory"]] == [f"Step {n}" for n in range(10, 60)]


def test_what_was_seeded_as_submitted_has_a_view_to_edit(viewed: Caller) -> None:
    viewed.put([submitted("O2")])
    edit(viewed, {"CosellMotion": "Partner-led"}, identifier="O2")
    summary = viewed("GetAwsOpportunitySummary", RelatedOpportunityIdentifier="O2")
    assert (summary["CosellMotion"], summary["Origin"]) == ("Partner-led", "Partner Referral")


def test_what_is_not_there_cannot_be_edited(viewed: Caller) -> None:
    viewed.put([submitted("O2", status="Pending Submission")])
    for identifier in ("O2", "O3"):
        with pytest.raises(ResourceNotFoundException, match=identifier):
            edit(viewed, {"CosellMotion": "Partner-led"}, identifier=identifier)


def test_what_is_lost_says_why_and_forgets_it_when_it_is_open_again(viewed: Caller) -> None:
    with pytest.raises(ValidationException, match="closedLostReason"):
        edit(viewed, None, {"Stage": "Closed Lost"})
    edit(viewed, None, {"Stage": "Closed Lost", "ClosedLostReason": "Price"})
    life_cycle = viewed.get("O1")["LifeCycle"]
    assert (life_cycle["Stage"], life_cycle["ClosedLostReason"]) == ("Closed Lost", "Price")
    edit(viewed, None, {"Stage": "Closed Lost", "NextSteps": "None"})
    edit(viewed, None, {"Stage": "Qualified"})
    assert "ClosedLostReason" not in viewed.get("O1")["LifeCycle"]


@pytest.mark.parametrize(
    ("life_cycle", "field"),
    [
        ({"ClosedLostReason": "Price"}, "lifeCycle.closedLostReason"),
        ({"Stage": "Qualified", "ClosedLostReason": "Price"}, "lifeCycle.closedLostReason"),
        ({"TargetCloseDate": "2020-01-01"}, "lifeCycle.targetCloseDate"),
    ],
)
def test_members_of_the_record_have_to_agree(viewed: Caller, life_cycle: Record, field: str) -> None:
    before = viewed.get("O1")
    with pytest.raises(ValidationException) as told:
        edit(viewed, {"CosellMotion": "Partner-led"}, life_cycle)
    assert [entry.field_name for entry in told.value.error_list] == [field]
    assert viewed.get("O1") == before
    assert "CosellMotion" not in seen(viewed)


def test_a_value_that_cannot_be_is_named_with_its_place() -> None:
    with pytest.raises(ValidationException, match=r"view\.LifeCycle\.Stage: The value must be one of: Not Started, "):
        aws_edit_of({"LifeCycle": {"Stage": "Busy"}}, None)
    with pytest.raises(ValidationException, match=r"lifeCycle\.Stage: The value must be one of: Prospect, "):
        aws_edit_of(None, {"Stage": "Won"})


def test_all_that_aws_does_not_change_is_named_at_once() -> None:
    with pytest.raises(ValidationException) as told:
        aws_edit_of({"Origin": "AWS Referral", "Catalog": "AWS"}, {"ReviewStatus": "Approved"})
    assert [entry.field_name for entry in told.value.error_list] == [
        "view.Origin",
        "view.Catalog",
        "lifeCycle.ReviewStatus",
    ]


def test_insights_have_maps(viewed: Caller) -> None:
    money = {"CurrencyCode": "USD", "Frequency": "Monthly", "TotalAmount": "100.00"}
    insights = {
        "AwsProductsSpendInsightsBySource": {
            "AWS": {**money, "TotalAmountByCategory": {"Compute 😀": "100.00"}, "AwsProducts": []}
        },
        "Recommendations": [{"Type": "Add", "Details": "more", "Attributes": {"place": "Project"}}],
    }
    edit(viewed, {"Insights": insights})
    assert seen(viewed)["Insights"] == insights


def test_what_a_map_may_not_hold_is_reported_with_its_key() -> None:
    def with_attributes(attributes: Any) -> Any:
        return {"Insights": {"Recommendations": [{"Type": "Add", "Details": "more", "Attributes": attributes}]}}

    with pytest.raises(SerializationException, match="Attributes must be an object, not a list"):
        aws_edit_of(with_attributes([]), None)
    with pytest.raises(SerializationException, match=r"Attributes\.b must be a string, not a number"):
        aws_edit_of(with_attributes({"b": 1}), None)
    with pytest.raises(ValidationException) as told:
        aws_edit_of(with_attributes({str(number): "" for number in range(26)}), None)
    assert [entry.code for entry in told.value.error_list] == ["TOO_MANY_VALUES"]
