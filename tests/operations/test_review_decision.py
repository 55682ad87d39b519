"""What AWS decides of an opportunity, and what the partner sees of it."""

from typing import Any

import pytest

from cosell.context import Context
from cosell.errors import ResourceNotFoundException, ValidationException
from cosell.operations.opportunity.review_decision import ReviewDecision, review_decision
from cosell.rules.opportunity.review import AWS_STEPS, REVIEW_STATUSES, AwsStep, next_status
from tests.store.caller import Caller, HandClock, announced, moment, record


def decide(caller: Caller, identifier: str, step: AwsStep, **said: Any) -> None:
    """Play AWS's side, at the moment of the engine's clock."""
    engine = caller.engine
    context = Context(caller.scope, engine.clock(), engine.chance, engine.store.token_key)
    with engine.store.write(caller.scope) as tx:
        review_decision(tx, ReviewDecision(identifier, step, **said), context)


def in_status(caller: Caller, status: str, **life_cycle: str) -> dict[str, Any]:
    """Place an opportunity that has come to `status`."""
    caller.put([record("O1", LifeCycle={"Stage": "Prospect", "ReviewStatus": status} | life_cycle)])
    return caller.get("O1")


@pytest.mark.parametrize("step", AWS_STEPS)
@pytest.mark.parametrize("status", REVIEW_STATUSES)
def test_a_decision_is_taken_where_the_review_allows_it(caller: Caller, status: Any, step: AwsStep) -> None:
    before = in_status(caller, status)
    following = next_status(status, step)
    if following is None:
        with pytest.raises(ValidationException) as refused:
            decide(caller, "O1", step)
        assert refused.value.reason == "BUSINESS_VALIDATION_FAILED"
        assert [(entry.field_name, entry.code) for entry in refused.value.error_list] == [
            ("lifeCycle.reviewStatus", "INVALID_RESOURCE_STATE")
        ]
        assert caller.get("O1") == before
    else:
        decide(caller, "O1", step)
        assert caller.get("O1")["LifeCycle"]["ReviewStatus"] == following
        assert caller.page(LifeCycleReviewStatus=[following])["OpportunitySummaries"][0]["Id"] == "O1"


def test_a_decision_is_stamped_and_announced(caller: Caller, clock: HandClock) -> None:
    in_status(caller, "Submitted")
    clock.now_ms += 60_000
    decide(caller, "O1", "approve")
    assert caller.get("O1")["LastModifiedDate"] == moment(clock.now_ms)
    (event,) = announced(caller.engine)
    assert event["detail-type"] == "Opportunity Updated"
    assert event["detail"]["opportunity"]["identifier"] == "O1"


def test_what_a_verdict_says_replaces_what_the_last_one_said(caller: Caller) -> None:
    in_status(caller, "In review", ReviewComments="old", ReviewStatusReason="old reason")
    decide(caller, "O1", "require action", comments="Which database is it?", reason="Problem unclear")
    life_cycle = caller.get("O1")["LifeCycle"]
    assert (life_cycle["ReviewComments"], life_cycle["ReviewStatusReason"]) == (
        "Which database is it?",
        "Problem unclear",
    )


def test_an_approval_without_words_leaves_none(caller: Caller) -> None:
    in_status(caller, "In review", ReviewComments="old", ReviewStatusReason="old reason")
    decide(caller, "O1", "approve")
    assert caller.get("O1")["LifeCycle"] == {"Stage": "Prospect", "ReviewStatus": "Approved"}


def test_the_start_of_a_review_says_nothing(caller: Caller) -> None:
    in_status(caller, "Submitted", ReviewComments="old", ReviewStatusReason="old reason")
    decide(caller, "O1", "start review", comments="new")
    assert caller.get("O1")["LifeCycle"]["ReviewComments"] == "old"


def test_what_the_scope_does_not_have_cannot_be_decided_upon(caller: Caller) -> None:
    in_status(caller, "Submitted")
    with pytest.raises(ResourceNotFoundException):
        decide(Caller(caller.engine, "777788889999"), "O1", "approve")
