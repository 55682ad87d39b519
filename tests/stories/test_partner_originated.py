"""What becomes of an opportunity that a partner brings, told from the first draft on."""

from collections.abc import Callable

import pytest

from cosell.engine import Engine
from tests.complete_opportunity import complete
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import HandClock, announced
from tests.stories.cast import Partner, Reviewer, told


def test_from_the_first_draft_to_the_launch(partner: Partner, reviewer: Reviewer) -> None:
    # Ana has met a customer. A name alone is not taken.
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.drafts(Customer={"Account": {"CompanyName": "Blue Heron"}})
    assert ("project.title", "REQUIRED_FIELD_MISSING") in told(refused)

    # So she notes what AWS demands, and no more.
    deal = partner.drafts(**complete(LifeCycle={"Stage": "Qualified"}))
    assert partner.status(deal) == "Pending Submission"

    # She would like AWS to help, and learns what AWS would have to know.
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.submits(deal)
    assert ("project.customerUseCase", "REQUIRED_FIELD_MISSING") in told(refused)

    # A week later she knows all of it, and submits.
    partner.changes(deal, WHOLE)
    partner.submits(deal)
    assert partner.status(deal) == "Submitted"

    # While AWS looks, the record is locked: not even an echo is taken.
    reviewer.decides(deal, "start review")
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {})
    assert told(refused) == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]

    # AWS does not understand the problem, and asks.
    reviewer.decides(deal, "require action", reason="Problem unclear", comments="How many cameras are there?")
    asked = partner.reads(deal)["LifeCycle"]
    assert (asked["ReviewStatus"], asked["ReviewComments"]) == ("Action Required", "How many cameras are there?")

    # The title is not what was asked for, and cannot be changed; the problem can, and the deal is back in the review.
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"Project.Title": "Forty cameras"})
    assert told(refused) == [("project.title", "ACTION_NOT_PERMITTED")]
    partner.changes(deal, {"Project.CustomerBusinessProblem": "Forty cameras fill their disks within a single day."})
    assert partner.status(deal) == "Submitted"

    # AWS approves. What it said before is gone.
    reviewer.decides(deal, "start review")
    reviewer.decides(deal, "approve")
    approved = partner.reads(deal)["LifeCycle"]
    assert approved["ReviewStatus"] == "Approved"
    assert "ReviewComments" not in approved

    # The sale goes on, and back once, and its next steps are remembered.
    partner.changes(deal, {"LifeCycle.Stage": "Technical Validation", "LifeCycle.NextSteps": "Try ten cameras."})
    partner.changes(deal, {"LifeCycle.Stage": "Qualified", "LifeCycle.NextSteps": "Find out who pays."})
    partner.changes(deal, {"LifeCycle.Stage": "Business Validation"})
    history = partner.reads(deal)["LifeCycle"]["NextStepsHistory"]
    assert [entry["Value"] for entry in history] == ["Count the cameras.", "Try ten cameras.", "Find out who pays."]

    # The customer signs. AWS wants to know for what: a solution in words is not enough any more.
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"LifeCycle.Stage": "Committed"})
    assert told(refused) == [("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING")]
    partner.client.associate_opportunity(
        Catalog="AWS",
        OpportunityIdentifier=deal,
        RelatedEntityType="AwsMarketplaceSolutions",
        RelatedEntityIdentifier="arn:aws:catalog:us-east-1::solution/archive",
    )
    partner.changes(deal, {"LifeCycle.Stage": "Committed"})
    partner.changes(deal, {"LifeCycle.Stage": "Launched"})

    # After the launch only what it brings can be told.
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"LifeCycle.Stage": "Prospect", "LifeCycle.NextSteps": "Sell more."})
    assert told(refused) == [
        ("lifeCycle.stage", "ACTION_NOT_PERMITTED"),
        ("lifeCycle.nextSteps", "ACTION_NOT_PERMITTED"),
    ]
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"SoftwareRevenue.Value": {"Amount": "750", "CurrencyCode": "USD"}})
    assert told(refused) == [("softwareRevenue.value", "ACTION_NOT_PERMITTED")]
    partner.changes(deal, {"Project.AdditionalComments": "Forty cameras are on."})
    assert partner.reads(deal)["Project"]["AdditionalComments"] == "Forty cameras are on."


def test_rejected_for_good(partner: Partner, reviewer: Reviewer) -> None:
    deal = partner.drafts()
    partner.submits(deal)
    reviewer.decides(deal, "reject", reason="Duplicate opportunity", comments="We know this customer's project.")
    rejected = partner.reads(deal)
    assert rejected["LifeCycle"]["ReviewStatusReason"] == "Duplicate opportunity"

    # There is nothing left to do: no update, no second try, no other owner. It can still be read and listed.
    assignee = {"Email": "a@example.com", "FirstName": "Ana", "LastName": "Silva", "BusinessTitle": "OpportunityOwner"}
    for attempt in (
        lambda: partner.changes(deal, {"LifeCycle.NextSteps": "Plead."}),
        lambda: partner.submits(deal),
        lambda: partner.client.assign_opportunity(Catalog="AWS", Identifier=deal, Assignee=assignee),  # type: ignore[arg-type]
    ):
        with pytest.raises(partner.client.exceptions.ValidationException) as refused:
            attempt()
        assert told(refused) == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]
    assert partner.reads(deal) == rejected
    assert partner.changed_since(rejected["LastModifiedDate"]) == [deal]


def test_lost_and_why(partner: Partner, reviewer: Reviewer) -> None:
    deal = partner.drafts()
    partner.submits(deal)
    reviewer.decides(deal, "approve")
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"LifeCycle.Stage": "Closed Lost"})
    assert told(refused) == [("lifeCycle.closedLostReason", "REQUIRED_FIELD_MISSING")]
    partner.changes(deal, {"LifeCycle.Stage": "Closed Lost", "LifeCycle.ClosedLostReason": "Price"})

    # It is over.
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"LifeCycle.Stage": "Qualified", "LifeCycle.ClosedLostReason": None})
    assert told(refused) == [
        ("lifeCycle.stage", "ACTION_NOT_PERMITTED"),
        ("lifeCycle.closedLostReason", "ACTION_NOT_PERMITTED"),
    ]
    assert partner.reads(deal)["LifeCycle"]["ClosedLostReason"] == "Price"


def test_shown_to_aws_only_and_helped_later(partner: Partner, reviewer: Reviewer) -> None:
    deal = partner.drafts()
    partner.submits(deal, "For Visibility Only")
    assert partner.reads(deal)["PrimaryNeedsFromAws"] == ["Do Not Need Support from AWS Sales Rep"]
    reviewer.decides(deal, "approve")

    # The competitor comes nearer: now support is welcome, and there is no way back.
    partner.changes(deal, {"PrimaryNeedsFromAws": ["Co-Sell - Competitive Information"]})
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.changes(deal, {"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]})
    assert told(refused) == [("primaryNeedsFromAws", "ACTION_NOT_PERMITTED")]


def test_aws_played_by_the_tester_in_sandbox(engine: Engine, clock: HandClock) -> None:
    partner = Partner(engine, clock, catalog="Sandbox")
    deal = partner.drafts()
    partner.submits(deal)
    partner.changes(deal, {"LifeCycle.ReviewStatus": "Action Required", "LifeCycle.ReviewComments": "Which site?"})
    assert partner.reads(deal)["LifeCycle"]["ReviewComments"] == "Which site?"
    partner.changes(deal, {"Customer.Account.WebsiteUrl": "https://cameras.heron.example.com"})
    assert partner.status(deal) == "Submitted"
    partner.changes(deal, {"LifeCycle.ReviewStatus": "Approved", "LifeCycle.Stage": "Technical Validation"})
    partner.changes(deal, {"LifeCycle.Stage": "Business Validation"})
    assert partner.reads(deal)["LifeCycle"]["Stage"] == "Business Validation"


def test_every_step_is_stamped_and_announced(
    partner: Partner, reviewer: Reviewer, engine: Engine, clock: HandClock
) -> None:
    deal = partner.drafts()
    stamps = [partner.reads(deal)["LastModifiedDate"]]
    steps: list[Callable[[], None]] = [
        lambda: partner.changes(deal, {}),
        lambda: partner.submits(deal),
        lambda: reviewer.decides(deal, "start review"),
        lambda: reviewer.decides(deal, "require action"),
        lambda: partner.changes(deal, {}),
        lambda: reviewer.decides(deal, "approve"),
    ]
    for step in steps:
        step()
        assert partner.changed_since(stamps[-1])[0] == deal
        stamps.append(partner.reads(deal)["LastModifiedDate"])
    assert stamps == sorted(set(stamps))
    kinds = [event["detail-type"] for event in announced(engine)]
    assert kinds == ["Opportunity Created", *["Opportunity Updated"] * 6]
