"""Mistakes of connectors that AWS's Sandbox did not let pass, as three projects noted them in April and May 2026."""

from typing import Any

import pytest

import cosell
from cosell.context import Readings
from cosell.engine import Engine
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import HandClock
from tests.stories.cast import Partner, Reviewer, told


def refusal(partner: Partner, record: dict[str, Any], **members: Any) -> list[tuple[str, str]]:
    """What AWS says to an update with these members alone."""
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.client.update_opportunity(
            Catalog=partner.catalog,
            Identifier=record["Id"],
            LastModifiedDate=record["LastModifiedDate"],
            **members,
        )
    return told(refused)


def approved(partner: Partner, reviewer: Reviewer) -> dict[str, Any]:
    deal = partner.drafts()
    partner.submits(deal)
    reviewer.decides(deal, "approve")
    return partner.reads(deal)


def test_the_patch_that_guts(partner: Partner, reviewer: Reviewer) -> None:
    """April 2026: a connector sends the life cycle alone, as to a PATCH. A lenient service would empty the record."""
    record = approved(partner, reviewer)
    entries = refusal(partner, record, LifeCycle={"Stage": "Closed Lost", "ClosedLostReason": "Price"})
    for field in ("customer.account.industry", "project.title", "marketing.source", "lifeCycle.targetCloseDate"):
        assert (field, "REQUIRED_FIELD_MISSING") in entries
    assert ("primaryNeedsFromAws", "ACTION_NOT_PERMITTED") in entries
    assert partner.reads(record["Id"]) == record


def test_the_stage_that_stays(partner: Partner, reviewer: Reviewer) -> None:
    """May 2026: two connectors move the stage of a draft. It is the creation's until AWS has approved."""
    deal = partner.drafts()
    with pytest.raises(partner.client.exceptions.ValidationException, match="can not update the stage") as refused:
        partner.changes(deal, {"LifeCycle.Stage": "Committed"})
    assert told(refused) == [("lifeCycle.stage", "ACTION_NOT_PERMITTED")]
    partner.changes(deal, {"LifeCycle.Stage": WHOLE["LifeCycle"]["Stage"], "LifeCycle.NextSteps": "Wait."})
    partner.submits(deal)
    reviewer.decides(deal, "approve")
    partner.changes(deal, {"LifeCycle.Stage": "Business Validation"})
    assert partner.reads(deal)["LifeCycle"]["Stage"] == "Business Validation"


def test_the_software_revenue_that_is_not_sent(partner: Partner, reviewer: Reviewer) -> None:
    """May 2026: a connector leaves out the block that it never fills in. The record has it, so that is a change."""
    record = approved(partner, reviewer)
    with pytest.raises(partner.client.exceptions.ValidationException) as refused:
        partner.sends_back(record, {"SoftwareRevenue": None})
    fields = ("deliveryModel", "value", "effectiveDate", "expirationDate")
    assert told(refused) == [(f"softwareRevenue.{field}", "ACTION_NOT_PERMITTED") for field in fields]
    assert partner.reads(record["Id"]) == record


@pytest.mark.parametrize("catalog", ["Sandbox", "AWS"])
@pytest.mark.parametrize("quirks", [True, False])
def test_the_review_status_that_vanishes(clock: HandClock, catalog: str, *, quirks: bool) -> None:
    """April 2026: a connector does not send ReviewStatus, and its draft can never be submitted. In Sandbox alone."""
    engine = Engine.open(":memory:", clock=clock, readings=Readings(sandbox_quirks=quirks))
    partner = Partner(engine, clock, catalog=catalog)
    deal = partner.drafts()
    partner.changes(deal, {"LifeCycle.ReviewStatus": None})
    if not quirks or catalog == "AWS":
        assert partner.status(deal) == "Pending Submission"
        partner.submits(deal)
        return
    assert "ReviewStatus" not in partner.reads(deal)["LifeCycle"]
    with pytest.raises(partner.client.exceptions.ValidationException, match="without review status") as refused:
        partner.submits(deal)
    assert told(refused) == [("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED")]

    # No update brings it back but AWS's verdict, which Sandbox lets a tester play.
    partner.changes(deal, {"LifeCycle.ReviewStatus": "Pending Submission"})
    assert "ReviewStatus" not in partner.reads(deal)["LifeCycle"]
    page = partner.client.list_opportunities(Catalog="Sandbox", LifeCycleReviewStatus=["Pending Submission"])
    assert [summary["Id"] for summary in page["OpportunitySummaries"]] == [deal]
    related: Any = {"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}
    partner.client.associate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **related)
    partner.client.disassociate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **related)
    partner.changes(deal, {"LifeCycle.ReviewStatus": "Approved"})
    assert partner.status(deal) == "Approved"


def test_drafts_are_a_setting() -> None:
    client: Any = cosell.connect(drafts=True)
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="1")
    client.update_opportunity(
        Catalog="Sandbox", Identifier=created["Id"], LastModifiedDate=created["LastModifiedDate"], LifeCycle={}
    )
    assert client.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])["LifeCycle"]["Stage"] == "Prospect"
