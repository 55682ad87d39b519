"""The page of one opportunity tells all that is known of it: what it is, what it was, and what it told others."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from cosell.console.opportunity.changes import differences_between, headline_of
from cosell.console.opportunity.page import facts_of
from tests.conftest import Server
from tests.console.conftest import Document, Site

SUBMITTABLE: Any = {
    "Catalog": "Sandbox",
    "ClientToken": "1",
    "Customer": {
        "Account": {
            "CompanyName": "Nordwind",
            "Industry": "Retail",
            "WebsiteUrl": "https://nordwind.example",
            "Address": {"CountryCode": "DE", "PostalCode": "20095"},
        },
        "Contacts": [{"FirstName": "Ada", "LastName": "Beck", "BusinessTitle": "CTO", "Email": "ada@nordwind.example"}],
    },
    "PrimaryNeedsFromAws": ["Co-Sell - Architectural Validation"],
    "Project": {
        "Title": "Routes",
        "CustomerBusinessProblem": "Planning the routes takes a night.",
        "CustomerUseCase": "Business Applications & Contact Center",
        "DeliveryModels": ["SaaS or PaaS"],
        "SalesActivities": ["Conducted POC / Demo"],
        "OtherSolutionDescription": "Route planner",
        "ExpectedCustomerSpend": [
            {"Amount": "12000", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
        ],
    },
    "LifeCycle": {"TargetCloseDate": "2099-01-29"},
    "Tags": [{"Key": "team", "Value": "north"}],
}


def page_of(site: Site, identifier: str) -> Document:
    return site.page(f"/console/opportunities/{identifier}")


def test_each_change_is_shown_with_its_differences_and_its_event(new_site: Callable[[], Site]) -> None:
    site = new_site()
    client = site.server.client()
    created = client.create_opportunity(
        Catalog="Sandbox",
        ClientToken="1",
        Project={"Title": "Before <b>"},
        LifeCycle={"NextSteps": "Call them."},
    )
    identifier = created["Id"]
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=identifier,
        LastModifiedDate=client.get_opportunity(Catalog="Sandbox", Identifier=identifier)["LastModifiedDate"],
        Project={"Title": "After", "SalesActivities": ["Conducted POC / Demo"]},
        LifeCycle={"ReviewStatus": "Approved", "NextSteps": "Call them again."},
    )
    page = page_of(site, identifier)
    for told in (
        "Review: Pending Submission → Approved",
        "Project.Title",
        "Before <b>",
        "After",
        "Call them again.",
        "Created",
    ):
        assert told in page.text
    assert page.text.count("Opportunity Updated") >= 1
    event = json.loads(page.texts["event-1"])
    assert event["detail"]["opportunity"]["identifier"] == identifier
    assert json.loads(page.texts["raw"])["LifeCycle"]["ReviewStatus"] == "Approved"


def test_a_review_status_that_an_update_has_lost_is_reported_as_such(serve: Callable[..., Server]) -> None:
    site = Site(serve("--sandbox-quirks"), {})
    client = site.server.client()
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="1")
    client.update_opportunity(Catalog="Sandbox", Identifier=created["Id"], LastModifiedDate=created["LastModifiedDate"])
    for place in ("opportunities", "desk"):
        assert "No review status" in site.page(f"/console/{place}/{created['Id']}").text
    assert "No review status" in site.page("/console/opportunities").text
    assert "no submission is possible any more" in site.page(f"/console/desk/{created['Id']}").text


def test_the_review_the_tags_and_the_view_of_aws_are_shown(new_site: Callable[[], Site]) -> None:
    site = new_site()
    client = site.server.client()
    created = client.create_opportunity(**SUBMITTABLE)
    client.submit_opportunity(Catalog="Sandbox", Identifier=created["Id"], InvolvementType="Co-Sell", Visibility="Full")
    page = page_of(site, created["Id"])
    for told in ("team: north", "AWS's view", "Partner Referral", "Review: Pending Submission → Submitted"):
        assert told in page.text
    shown = " ".join(page.text.split())
    assert "Ada Beck CTO ada@nordwind.example" in shown
    assert "EUR 12,000" in shown
    assert "Last changed" not in page.text


def test_nothing_is_shown_three_times(site: Site) -> None:
    record = site.server.client().get_opportunity(Catalog="Sandbox", Identifier="O1000007")
    page = page_of(site, "O1000007")
    shown = page.text.replace(page.texts["raw"], "")
    texts = {text for text in texts_in(record) if len(text) > 12 and text != record["Arn"]}
    assert len(texts) > 10
    assert {text for text in texts if shown.count(text) > 2} == set()
    assert "Related entities: AWS products" not in shown  # they stand once, in the partner's record
    assert "aWS" not in shown


def texts_in(value: Any) -> Iterator[str]:
    """Every text that a record has."""
    if isinstance(value, dict):
        for member in value.values():
            yield from texts_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, str):
        yield value


def test_short_names_stay_whole_beside_an_address_of_an_estimation(site: Site, page: Page) -> None:
    page.goto(site.url + site.address(f"/console/opportunities/{site.identifiers['formula']}"))
    heights = page.locator(".spends tbody :is(th, td.number)").evaluate_all(
        "cells => cells.map(cell => { const range = document.createRange(); range.selectNodeContents(cell);"
        " return range.getClientRects().length })"
    )
    assert heights == [1, 1]


def test_what_was_seeded_has_no_changes_yet(site: Site) -> None:
    page = page_of(site, "O1000005")
    assert "Nothing was there before." in page.text
    assert "None is kept. Seeding and loading send none." in page.text


@pytest.mark.parametrize(
    ("before", "after", "paths", "headline"),
    [
        ({"A": {"B": "1"}}, {"A": {"B": "2"}}, ["A.B"], "A.B"),
        ({"A": ["x", "y"]}, {"A": ["x"], "C": "1"}, ["A", "C"], "2 members changed"),
        ({"A": [{"B": "1"}, {"B": "2"}]}, {"A": [{"B": "1"}]}, ["A[1].B"], "A[1].B"),
        ({"LastModifiedDate": "1"}, {"LastModifiedDate": "2"}, [], "Touched"),
        (
            {"LifeCycle": {"Stage": "Prospect", "ReviewStatus": "In review"}},
            {"LifeCycle": {"Stage": "Qualified", "ReviewStatus": "Approved"}},
            ["LifeCycle.Stage", "LifeCycle.ReviewStatus"],
            "Review: In review → Approved, Stage: Prospect → Qualified",
        ),
    ],
)
def test_differences_name_the_members(
    before: dict[str, object], after: dict[str, object], paths: list[str], headline: str
) -> None:
    differences = tuple(differences_between(before, after))
    assert [difference.path for difference in differences] == paths
    assert headline_of(differences) == headline


def test_an_entry_of_a_list_is_shown_as_one_writes_it() -> None:
    facts = facts_of(
        {
            "Team": [{"LastName": "Beck"}, {"Email": "ada@nordwind.example"}],
            "Spend": [{"Amount": "12.5", "CurrencyCode": "EUR"}],
            "Recommendations": [{"Type": "Add", "Details": "more"}],
            "ExpectedContractDuration": {"Term": "Months", "Value": "36"},
            "RelatedEntityIds": {"AwsProducts": ["AmazonEC2"], "Solutions": ["S-1"]},
        }
    )
    assert facts == {
        "Team": ["Beck", "ada@nordwind.example"],
        "Spend": ["EUR 12.50"],
        "Recommendations": ["Type Add, Details more"],
        "Expected contract duration": "36 months",
        "Related entities: AWS products": ["AmazonEC2"],
        "Related entities: solutions": ["S-1"],
    }
