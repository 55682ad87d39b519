"""A seeded pipeline is one that an alliance manager would believe: what each opportunity says agrees with the rest."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from cosell.context import Scope
from cosell.datasets.pipeline import day_text
from cosell.datasets.seed import seed
from cosell.datasets.timeline import Timeline
from cosell.datasets.vocabulary import SALES_ACTIVITIES
from cosell.engine import Engine
from cosell.rules.opportunity.stage import OPEN_STAGES
from cosell.wire.timestamps import Timestamp
from cosell.wire.violations import checked

NOW = Timestamp.parse("2026-06-30T12:00:00Z")
TODAY = "2026-06-30"
SCOPE = Scope("111122223333", "AWS")
COUNT = 2_000
Opportunity = dict[str, Any]


def seeded(count: int, *, number: int = 1) -> list[Opportunity]:
    engine = Engine.open(":memory:")
    seed(engine.store, SCOPE, count=count, seed=number, now_ms=NOW.ms, advance=lambda _: None)
    with engine.store.read(SCOPE) as tx:
        records = [json.loads(record) for record in tx.records()]
    engine.close()
    return records


@pytest.fixture(scope="module")
def pipeline() -> list[Opportunity]:
    return seeded(COUNT)


def stage(opportunity: Opportunity) -> str:
    return str(opportunity["LifeCycle"]["Stage"])


def review(opportunity: Opportunity) -> str:
    return str(opportunity["LifeCycle"]["ReviewStatus"])


def test_every_opportunity_is_legal_under_the_service_model(pipeline: list[Opportunity]) -> None:
    for opportunity in pipeline:
        checked("GetOpportunityResponse", opportunity)


def test_identifiers_and_changes_are_all_different(pipeline: list[Opportunity]) -> None:
    assert len({opportunity["Id"] for opportunity in pipeline}) == COUNT
    assert len({opportunity["LastModifiedDate"] for opportunity in pipeline}) == COUNT


def test_dates_agree_with_each_other(pipeline: list[Opportunity]) -> None:
    created = [opportunity["CreatedDate"] for opportunity in pipeline]
    assert created == sorted(created), "identifiers are given in the order of creation"
    for opportunity in pipeline:
        assert opportunity["CreatedDate"] <= opportunity["LastModifiedDate"] <= str(NOW)
        assert opportunity["CreatedDate"][:10] < opportunity["LifeCycle"]["TargetCloseDate"]
        assert date.fromisoformat(opportunity["CreatedDate"][:10]).weekday() < 5
        for entry in opportunity["LifeCycle"].get("NextStepsHistory", []):
            assert opportunity["CreatedDate"] <= entry["Time"] <= opportunity["LastModifiedDate"]


def test_what_is_launched_or_lost_was_so_in_the_past(pipeline: list[Opportunity]) -> None:
    closed = [opportunity for opportunity in pipeline if stage(opportunity) in ("Launched", "Closed Lost")]
    assert closed
    for opportunity in closed:
        assert opportunity["LifeCycle"]["TargetCloseDate"] <= opportunity["LastModifiedDate"][:10]
        assert review(opportunity) == "Approved"


def test_most_open_deals_are_to_close_in_the_future_and_some_are_overdue(pipeline: list[Opportunity]) -> None:
    open_deals = [opportunity for opportunity in pipeline if stage(opportunity) in OPEN_STAGES]
    overdue = [deal for deal in open_deals if deal["LifeCycle"]["TargetCloseDate"] < TODAY]
    assert 0.05 < len(overdue) / len(open_deals) < 0.2


def test_open_stages_narrow_like_a_funnel(pipeline: list[Opportunity]) -> None:
    counts = Counter(map(stage, pipeline))
    funnel = [counts[name] for name in OPEN_STAGES]
    assert funnel == sorted(funnel, reverse=True)
    assert min(funnel) > 0
    assert counts["Launched"] > counts["Closed Lost"] > 0


def test_every_review_status_occurs_where_it_can(pipeline: list[Opportunity]) -> None:
    statuses = set(map(review, pipeline))
    assert statuses == {"Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required"}
    for opportunity in pipeline:
        if review(opportunity) != "Approved":
            assert stage(opportunity) in ("Prospect", "Qualified")
        asked = {"ReviewComments", "ReviewStatusReason"} & opportunity["LifeCycle"].keys()
        assert len(asked) == (2 if review(opportunity) in ("Action Required", "Rejected") else 0)


def test_only_what_was_lost_says_why_and_names_the_winner(pipeline: list[Opportunity]) -> None:
    for opportunity in pipeline:
        reason = opportunity["LifeCycle"].get("ClosedLostReason")
        assert (reason is not None) == (stage(opportunity) == "Closed Lost")
        project = opportunity["Project"]
        if reason == "Lost to Competitor - Microsoft":
            assert project["CompetitorName"] == "Microsoft Azure"
        assert ("OtherCompetitorNames" in project) == (project.get("CompetitorName") == "*Other")


def test_sales_activities_are_those_of_the_stages_passed(pipeline: list[Opportunity]) -> None:
    stages = list(SALES_ACTIVITIES)
    for opportunity in pipeline:
        activities = opportunity["Project"].get("SalesActivities")
        if activities is not None and stage(opportunity) != "Closed Lost":
            passed = stages[: stages.index(stage(opportunity)) + 1]
            assert activities == [activity for name in passed for activity in SALES_ACTIVITIES[name]]


def test_next_steps_are_the_last_of_their_history(pipeline: list[Opportunity]) -> None:
    histories = [opportunity["LifeCycle"] for opportunity in pipeline if "NextStepsHistory" in opportunity["LifeCycle"]]
    assert histories
    for life_cycle in histories:
        assert life_cycle["NextStepsHistory"][-1]["Value"] == life_cycle["NextSteps"]
        assert len({entry["Time"] for entry in life_cycle["NextStepsHistory"]}) == len(life_cycle["NextStepsHistory"])


def test_what_was_submitted_holds_what_a_submission_needs(pipeline: list[Opportunity]) -> None:
    for opportunity in pipeline:
        if review(opportunity) == "Pending Submission":
            continue
        account, project = opportunity["Customer"]["Account"], opportunity["Project"]
        assert opportunity["PrimaryNeedsFromAws"]
        assert project["SalesActivities"]
        assert project["DeliveryModels"]
        assert float(project["ExpectedCustomerSpend"][0]["Amount"]) > 0
        assert opportunity["RelatedEntityIdentifiers"]["Solutions"] or project["OtherSolutionDescription"]
        assert account["Address"].keys() >= {"CountryCode", "StateOrRegion"}
        assert ("PostalCode" in account["Address"]) == (account["Address"]["CountryCode"] != "AE")


def test_other_industries_are_named(pipeline: list[Opportunity]) -> None:
    accounts = [opportunity["Customer"]["Account"] for opportunity in pipeline]
    assert {account["Industry"] for account in accounts} >= {"Other", "Retail", "Financial Services", "Government"}
    for account in accounts:
        assert ("OtherIndustry" in account) == (account["Industry"] == "Other")


def test_spend_is_in_the_customers_currency_and_a_share_of_ones_own_needs_a_contract(
    pipeline: list[Opportunity],
) -> None:
    spends = [(opportunity["Project"], opportunity["Project"]["ExpectedCustomerSpend"]) for opportunity in pipeline]
    assert {spend[0]["CurrencyCode"] for _, spend in spends} == {"USD", "EUR"}
    for project, spend in spends:
        companies = [entry["TargetCompany"] for entry in spend]
        assert companies == (["AWS", "Self"] if "ExpectedContractDuration" in project else ["AWS"])


def test_campaigns_have_use_cases_only_when_aws_paid(pipeline: list[Opportunity]) -> None:
    for opportunity in pipeline:
        marketing = opportunity["Marketing"]
        if marketing["Source"] == "None":
            assert marketing == {"Source": "None"}
        else:
            assert marketing["Channels"]
            assert "UseCases" not in marketing or marketing["AwsFundingUsed"] == "Yes"


def test_renewals_renew_something_that_the_same_customer_launched(pipeline: list[Opportunity]) -> None:
    by_id = {opportunity["Id"]: opportunity for opportunity in pipeline}
    renewals = [opportunity for opportunity in pipeline if opportunity["OpportunityType"] == "Flat Renewal"]
    assert renewals
    for renewal in renewals:
        renewed = by_id[renewal["Project"]["RelatedOpportunityIdentifier"]]
        assert stage(renewed) == "Launched"
        assert renewed["Customer"]["Account"]["WebsiteUrl"] == renewal["Customer"]["Account"]["WebsiteUrl"]


def test_customers_come_back_most_seldom_and_some_often(pipeline: list[Opportunity]) -> None:
    names = Counter(opportunity["Customer"]["Account"]["CompanyName"] for opportunity in pipeline)
    seldom = sum(count <= 5 for count in names.values())
    assert seldom / len(names) > 0.7
    assert max(names.values()) >= 12


def test_names_come_in_many_scripts(pipeline: list[Opportunity]) -> None:
    names = "".join(opportunity["Customer"]["Account"]["CompanyName"] for opportunity in pipeline)
    for letter in "株ł한شé":
        assert letter in names


def test_titles_and_problems_speak_of_the_use_case(pipeline: list[Opportunity]) -> None:
    for opportunity in pipeline:
        problem = opportunity["Project"]["CustomerBusinessProblem"]
        assert problem[0].upper() == problem[0]
        assert "{" not in problem + opportunity["Project"]["Title"]
    assert len({opportunity["Project"]["CustomerUseCase"] for opportunity in pipeline}) == 39


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_a_small_pipeline_is_as_good(count: int) -> None:
    opportunities = seeded(count)
    assert len(opportunities) == count
    for opportunity in opportunities:
        checked("GetOpportunityResponse", opportunity)


def test_another_seed_is_another_pipeline() -> None:
    assert seeded(20, number=1) != seeded(20, number=2)


def test_many_changes_are_all_different_and_none_is_in_the_future() -> None:
    moments = list(Timeline(50_000, 3, NOW.ms))
    assert len({moment.modified_ms for moment in moments}) == 50_000
    assert all(moment.created_ms <= moment.modified_ms < NOW.ms for moment in moments)


def test_days_are_written_as_the_calendar_has_them() -> None:
    assert day_text(date(2028, 2, 29).toordinal() - date(1970, 1, 1).toordinal()) == "2028-02-29"
