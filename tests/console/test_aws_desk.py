"""At AWS's desk one sees what waits, decides, edits what AWS may, and lets time pass."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cosell.context import Scope
from cosell.engine import Engine
from cosell.rules.aws_side.edit import RECORD_MEMBERS, VIEW_MEMBERS
from cosell.rules.aws_side.summary import summary_at_submission
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.model import service_model
from cosell.wire.types import GetOpportunityResponse
from tests.conftest import Server
from tests.console.conftest import NAMES, Document, Site
from tests.console.forms import submit
from tests.store.caller import NOON_MS, Caller, record

DESK = "/console/desk"
ACCOUNTS = itertools.count(700_000_000_000)
STATUSES = {
    "O1000001": "Submitted",
    "O1000002": "In review",
    "O1000003": "Approved",
    "O1000004": "Action Required",
    "O1000005": "Submitted",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Engine]]:
    """A server, and an engine over the same database."""
    folder = tmp_path_factory.mktemp("desk")
    engine = Engine.open(str(folder / "cosell.db"))
    server = Server(cwd=folder)
    yield server, engine
    server.stop()
    engine.close()


@pytest.fixture
def site(served: tuple[Server, Engine]) -> Site:
    """The desk over an account of the test's own, with STATUSES and a hostile name; AWS has a view of the first."""
    server, engine = served
    account = f"{next(ACCOUNTS):012d}"
    records = [
        record(
            identifier,
            last_modified_ms=NOON_MS + number,
            LifeCycle={"Stage": "Prospect", "ReviewStatus": status},
            Customer={"Account": {"CompanyName": NAMES["markup"]}},
        )
        for number, (identifier, status) in enumerate(STATUSES.items())
    ]
    Caller(engine, account).put(records)
    with engine.store.write(Scope(account, "Sandbox")) as tx:
        tx.reserve_numbers(9)
        first = decode(GetOpportunityResponse, next(stored for stored in tx.records() if b"O1000001" in stored))
        tx.put_aws_summary("O1000001", encode(summary_at_submission(first, "Co-Sell", "Full", "Partner Referral")))
    return Site(server, {}, account=account)


def of(site: Site, identifier: str) -> dict[str, Any]:
    """The record as the partner's own client gets it."""
    return dict(site.server.client(site.account).get_opportunity(Catalog="Sandbox", Identifier=identifier))


def life_cycle(site: Site, identifier: str) -> dict[str, Any]:
    """The life cycle as the partner's own client gets it."""
    return dict(of(site, identifier)["LifeCycle"])


def test_those_that_wait_longest_stand_first_and_nobody_else(site: Site) -> None:
    page = site.page(DESK)
    assert page.identifiers == ["O1000001", "O1000002", "O1000005"]
    assert NAMES["markup"] in page.text


def test_where_nothing_waits_the_next_command_is_suggested(site: Site) -> None:
    _, _, text = site.request("GET", site.address(DESK, account="000000000009"))
    assert "Nothing waits" in text
    assert re.search("cosell seed --count 1000 --db .* --account 000000000009 --catalog Sandbox", text)


@pytest.mark.parametrize(
    ("decision", "becomes"),
    [
        ("start", "In review"),
        ("approve", "Approved"),
        ("action-required", "Action Required"),
        ("reject", "Rejected"),
    ],
)
def test_each_decision_is_taken_and_announced(site: Site, decision: str, becomes: str) -> None:
    desk = submit(site, site.address(DESK), {"decision": decision, "id": "O1000001"})
    assert life_cycle(site, "O1000001")["ReviewStatus"] == becomes
    assert f"O1000001 is now {becomes}" in desk.text


def test_action_is_required_with_a_comment_a_reason_and_the_fields_to_correct(site: Site) -> None:
    form = [
        ("decision", "action-required"),
        ("comment", "Tell us more. <b>شركة</b> 😀"),
        ("reason", "More information needed"),
        ("field", "Project.Title"),
        ("field", "Customer.Account.Industry"),
    ]
    submit(site, site.address(f"{DESK}/O1000002"), form)
    after = life_cycle(site, "O1000002")
    assert after["ReviewStatus"] == "Action Required"
    assert after["ReviewStatusReason"] == "More information needed"
    assert after["ReviewComments"] == (
        "Tell us more. <b>شركة</b> 😀\nPlease correct: Project.Title, Customer.Account.Industry."
    )
    assert "Tell us more. <b>شركة</b> 😀" in site.page(f"{DESK}/O1000002").text


def test_a_decision_that_the_status_forbids_is_explained_and_nothing_typed_is_lost(site: Site) -> None:
    opened = site.address(f"{DESK}/O1000003")
    page = submit(site, opened, {"decision": "reject", "comment": "No"})
    assert "ValidationException" in page.text
    assert "lifeCycle.reviewStatus" in page.text
    assert life_cycle(site, "O1000003")["ReviewStatus"] == "Approved"
    assert "there is nothing to decide" in page.text
    desk = submit(site, site.address(DESK), {"decision": "start", "id": "O1000002"})
    assert "INVALID_RESOURCE_STATE" in desk.text


def test_aws_edits_its_own_view(site: Site) -> None:
    form = {
        "view.InvolvementType": "For Visibility Only",
        "view.InvolvementTypeChangeReason": "Risk Mitigation",
        "view.Insights.EngagementScore": "High",
        "view.LifeCycle.NextSteps": "Call on Monday",
        "view.LifeCycle.TargetCloseDate": "",
    }
    before = of(site, "O1000001")["LastModifiedDate"]
    page = submit(site, site.address(f"{DESK}/O1000001"), form)
    assert "Call on Monday" in page.text
    view = site.server.client(site.account).get_aws_opportunity_summary(
        Catalog="Sandbox", RelatedOpportunityIdentifier="O1000001"
    )
    assert view["InvolvementType"] == "For Visibility Only"
    assert view["Insights"]["EngagementScore"] == "High"
    assert view["LifeCycle"]["NextSteps"] == "Call on Monday"
    assert of(site, "O1000001")["LastModifiedDate"] == before


def view_of(site: Site, identifier: str) -> Any:
    return site.server.client(site.account).get_aws_opportunity_summary(
        Catalog="Sandbox", RelatedOpportunityIdentifier=identifier
    )


def test_every_member_that_aws_changes_is_in_the_form(site: Site) -> None:
    page = site.page(f"{DESK}/O1000001")
    names = {one["name"] for one in page.with_attribute("name")}
    assert {f"life_cycle.{member}" for member in RECORD_MEMBERS} <= names
    for member in VIEW_MEMBERS:
        place = "team." if member == "OpportunityTeam" else f"view.{member}"
        assert any(name.startswith(place) for name in names), member
    for member in service_model().shapes["AwsOpportunityInsights"].members:
        assert any(name.startswith(f"view.Insights.{member}") for name in names), member
    for member in service_model().shapes["AwsOpportunityLifeCycle"].members.keys() - {"NextStepsHistory"}:
        assert f"view.LifeCycle.{member}" in names
    for choice in ("Seller Engaged", "Competitive Offering", "ISVSM"):
        assert choice in page.text


def test_aws_edits_its_team_its_motion_and_its_insights(site: Site) -> None:
    money = {"CurrencyCode": "USD", "Frequency": "Monthly", "TotalAmount": "100.00"}
    spend = {"AWS": {**money, "TotalAmountByCategory": {"Compute": "100.00"}, "AwsProducts": []}}
    form = {
        "view.CosellMotion": "Partner-led",
        "view.CosellMotionReason": f"Its own team {NAMES['markup']}",
        "view.LifeCycle.Stage": "Seller Engaged",
        "view.Insights.OpportunityQuality.Score": "87",
        "view.Insights.OpportunityQuality.Trend": "Up",
        "view.Insights.Recommendations": json.dumps([{"Type": "Add", "Details": NAMES["markup"]}]),
        "view.Insights.AwsProductsSpendInsightsBySource": json.dumps(spend),
        "team.0.BusinessTitle": "PDM",
        "team.0.FirstName": "Ada",
        "team.0.LastName": NAMES["four bytes"],
        "team.0.Email": "ada@example.com",
        "team.1.FirstName": " ",
    }
    page = submit(site, site.address(f"{DESK}/O1000001"), form)
    assert f"Ada {NAMES['four bytes']}" in page.text
    assert NAMES["markup"] in page.text
    view = view_of(site, "O1000001")
    assert view["CosellMotion"] == "Partner-led"
    (reason,) = [one["value"] for one in page.with_attribute("name") if one["name"] == "view.CosellMotionReason"]
    assert reason == f"Its own team {NAMES['markup']}"
    assert view["LifeCycle"]["Stage"] == "Seller Engaged"
    assert [one["Email"] for one in view["OpportunityTeam"]] == ["ada@example.com"]
    assert view["Insights"]["OpportunityQuality"] == {"Score": 87, "Trend": "Up"}
    assert view["Insights"]["Recommendations"] == [{"Type": "Add", "Details": NAMES["markup"]}]
    assert view["Insights"]["AwsProductsSpendInsightsBySource"] == spend
    submit(site, site.address(f"{DESK}/O1000001"), {"team.0.Email": ""})
    assert view_of(site, "O1000001")["OpportunityTeam"] == []


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("view.Insights.Recommendations", "more of it", "Recommendations is not JSON"),
        ("view.Insights.OpportunityQuality.Score", "a lot", "SerializationException"),
    ],
)
def test_an_insight_that_cannot_be_keeps_what_was_typed(site: Site, field: str, typed: str, told: str) -> None:
    page = submit(site, site.address(f"{DESK}/O1000001"), {field: typed})
    assert told in page.text
    assert typed in page.source


def test_aws_edits_what_it_reaches_of_the_partners_record(site: Site) -> None:
    form = {"life_cycle.Stage": "Qualified", "life_cycle.NextSteps": "See the customer", "Title": "not a member"}
    submit(site, site.address(f"{DESK}/O1000003"), form)
    assert life_cycle(site, "O1000003")["Stage"] == "Qualified"
    assert life_cycle(site, "O1000003")["NextSteps"] == "See the customer"


def test_aws_chooses_among_its_own_stages(site: Site) -> None:
    page = submit(site, site.address(f"{DESK}/O1000001"), {"view.LifeCycle.Stage": "Seller Engaged"})
    assert "<option selected>Seller Engaged</option>" in page.source


def test_a_sale_is_lost_with_a_reason(site: Site) -> None:
    desk = site.address(f"{DESK}/O1000003")
    assert "lifeCycle.closedLostReason" in submit(site, desk, {"life_cycle.Stage": "Closed Lost"}).text
    submit(site, desk, {"life_cycle.Stage": "Closed Lost", "life_cycle.ClosedLostReason": "Price"})
    assert life_cycle(site, "O1000003")["ClosedLostReason"] == "Price"


def test_an_edit_that_cannot_be_keeps_what_was_typed(site: Site) -> None:
    page = submit(site, site.address(f"{DESK}/O1000003"), {"life_cycle.NextSteps": "Z" * 400})
    assert "ValidationException" in page.text
    assert "Z" * 400 in page.text


def test_aws_refers_an_opportunity_that_the_partner_gets_by_accepting(site: Site) -> None:
    form = {"do": "refer", "company": NAMES["right-to-left"], "title": "A <b>lake</b>", "stage": "Qualified"}
    page = submit(site, site.address(DESK), form)
    client = site.server.client(site.account)
    (invitation,) = client.list_engagement_invitations(Catalog="Sandbox", ParticipantType="RECEIVER")[
        "EngagementInvitationSummaries"
    ]
    assert invitation["Id"] in page.text
    assert "A <b>lake</b>" in page.text
    task = client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken=site.account, Identifier=invitation["Id"]
    )
    assert task["TaskStatus"] != "FAILED"
    assert invitation["Id"] not in site.page(DESK).text


def test_a_referral_that_cannot_be_keeps_what_was_typed(site: Site) -> None:
    page = submit(site, site.address(DESK), {"do": "refer", "company": "Z" * 500})
    assert "ValidationException" in page.text
    assert "Z" * 500 in page.source


def test_the_clock_is_stepped_set_frozen_and_let_go(site: Site) -> None:
    desk = site.address(DESK)
    submit(site, desk, {"mode": "frozen"})
    submit(site, desk, {"at": "2030-05-04T09:00:00Z", "step": ""})
    page = submit(site, desk, {"step": "1d2h"})
    assert "2030-05-05 11:00:00" in page.text
    assert "Time is frozen" in page.text
    assert "This was not done" in submit(site, desk, {"step": "soon"}).text
    page = submit(site, desk, {"mode": "real"})
    assert "Time is that of this machine." in page.text


def test_what_was_not_submitted_has_nothing_to_decide_and_no_view(site: Site) -> None:
    draft = site.server.client(site.account).create_opportunity(Catalog="Sandbox", ClientToken=site.account)["Id"]
    page = site.page(f"{DESK}/{draft}")
    assert "the partner has not submitted it" in page.text
    assert "AWS changes nothing in its view before the partner submits" in page.text


def test_what_is_not_there_says_what_to_do(site: Site) -> None:
    assert "Open one from AWS's desk" in site.page(f"{DESK}/O9", status=404).text


def test_a_decision_in_a_browser_without_any_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + site.address(DESK))
    page.get_by_role("button", name="Approve O1000001").click()
    expect(page.get_by_role("status")).to_have_text("O1000001 is now Approved")
    context.close()


def test_the_list_is_kept_up_to_date_until_it_is_told_to_stand_still(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url + site.address(DESK))
    live = page.get_by_role("button", name="Live")
    expect(page.locator("a[data-row]")).to_have_count(3)
    submit(site, site.address(DESK), {"decision": "approve", "id": "O1000001"})
    expect(page.locator("a[data-row]")).to_have_count(2)
    live.click()
    expect(live).to_have_attribute("aria-pressed", "false")
    context.close()


def test_a_solution_is_added_at_the_desk_and_what_is_wrong_with_it_is_told(site: Site) -> None:
    address = site.address(DESK)
    given = {"do": "add solution", "solution_name": NAMES["markup"], "solution_status": "Draft"}
    desk = submit(site, address, given)
    solutions = site.server.client(site.account).list_solutions(Catalog="Sandbox", Status=["Draft"])
    (added,) = solutions["SolutionSummaries"]
    assert (added["Name"], added["Category"]) == (NAMES["markup"], "Software Product")
    assert added["Id"] in desk.text
    assert NAMES["markup"] in desk.text
    refused = submit(site, address, given | {"solution_category": "x" * 121})
    assert "not a valid category" in refused.text


@pytest.fixture
def long_desk(served: tuple[Server, Engine]) -> Site:
    """A desk on which 45 opportunities wait."""
    server, engine = served
    account = f"{next(ACCOUNTS):012d}"
    life_cycle = {"Stage": "Prospect", "ReviewStatus": "Submitted"}
    customer = {"Account": {"CompanyName": "Northwind Traders Research Institute"}}
    Caller(engine, account).put(
        [
            record(f"O{1000001 + number}", last_modified_ms=NOON_MS + number, LifeCycle=life_cycle, Customer=customer)
            for number in range(45)
        ]
    )
    return Site(server, {}, account=account)


def test_a_long_desk_has_pages(long_desk: Site) -> None:
    address, seen = long_desk.address(DESK), []
    while address:
        page = Document(long_desk.request("GET", address)[2])
        seen += page.identifiers
        address = next((one["href"] for one in page.with_attribute("data-next")), "")
    assert seen == [f"O{1000001 + number}" for number in range(45)]
    last = next(one["href"] for one in page.with_attribute("href") if one["href"] == long_desk.address(DESK))
    assert len(Document(long_desk.request("GET", last)[2]).identifiers) == 20


@pytest.mark.parametrize("width", [1440, 390])
def test_the_clock_and_the_referral_are_within_reach(
    long_desk: Site, new_page: Callable[[int, Any], Page], width: int
) -> None:
    page = new_page(width, "dark" if width == 390 else "light")
    page.goto(long_desk.url + long_desk.address(DESK))
    assert page.evaluate("document.querySelector('header.bar').offsetHeight") <= 100
    assert page.evaluate("document.documentElement.scrollHeight") < 5000
    for name, heading in (("Clock", "The clock"), ("Referral", "Refer an opportunity")):
        if width == 390:
            page.get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", name=heading)).to_be_in_viewport()
    page.get_by_label("Title of the project").fill("From a phone")
    page.get_by_role("button", name="Refer").click()
    expect(page.get_by_text("From a phone")).to_be_visible()
