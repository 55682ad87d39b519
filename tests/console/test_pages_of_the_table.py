"""Pages of the table lead both ways, know how many there are, and offer what needs somebody."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from cosell.console.columns import COLUMNS
from cosell.console.table.paging import Place, where_among
from cosell.console.table.question import query_of, request_of
from cosell.console.table.views import views_at
from tests.console.conftest import COUNT, NAMES, Document, Site
from tests.list_opportunities.oracle import SORT_KEYS

TABLE = "/console/opportunities"
ALL = COUNT + len(NAMES)


def walked(site: Site, page: Document, direction: str) -> Iterator[Document]:
    """The page, and all that are behind it in a direction."""
    yield page
    while links := page.with_attribute(f"data-{direction}"):
        status, _, text = site.request("GET", links[0]["href"])
        assert status == 200
        page = Document(text)
        yield page


def all_of_the_api(site: Site, question: dict[str, Any]) -> list[str]:
    pages = site.server.client().get_paginator("list_opportunities").paginate(Catalog="Sandbox", **question)
    return [summary["Id"] for page in pages for summary in page["OpportunitySummaries"]]


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("key", SORT_KEYS)
def test_pages_lead_back_the_way_they_came(site: Site, key: str, order: str) -> None:
    question = {"Sort": {"SortBy": key, "SortOrder": order}, "MaxResults": 60}
    there = list(walked(site, site.page(TABLE, *query_of(question)), "next"))
    assert [identifier for page in there for identifier in page.identifiers] == all_of_the_api(site, question)
    assert [page.texts["where"] for page in there] == [
        *(f"{first + 1}–{first + 60} of {ALL}" for first in range(0, ALL - 60, 60)),
        f"241–{ALL} of {ALL}",
    ]
    back = list(walked(site, there[-1], "previous"))
    assert [page.identifiers for page in back] == [page.identifiers for page in reversed(there)]
    assert [page.texts["page"] for page in back] == [f"Page {number}" for number in range(5, 0, -1)]
    assert [page.texts["where"] for page in back] == [page.texts["where"] for page in reversed(there)]
    (forward,) = back[2].with_attribute("data-next")
    assert Document(site.request("GET", forward["href"])[2]).identifiers == there[3].identifiers


def test_the_total_of_stages_and_statuses_is_known_and_of_others_on_the_last_page(site: Site) -> None:
    stages = {"LifeCycleStage": ["Prospect", "Qualified"], "MaxResults": 10}
    page = site.page(TABLE, *query_of(stages))
    assert page.texts["where"] == f"1–10 of {len(all_of_the_api(site, stages))}"
    names = {"CustomerCompanyName": list(NAMES.values()), "MaxResults": 4}
    first, last = walked(site, site.page(TABLE, *query_of(names)), "next")
    assert (first.texts["where"], last.texts["where"]) == ("1–4 of more than 4", "5–6 of 6")
    assert site.page(TABLE, *query_of({**names, "MaxResults": 100})).texts["where"] == "6 opportunities"


@pytest.mark.parametrize(
    ("place", "rows", "total", "is_last", "told"),
    [
        (Place(), 1, None, True, "1 opportunity"),
        (Place(3), 20, 55, False, "41–60 of 60"),  # the kept count is a moment older than the page
        (Place(2), 20, 1_234, False, "21–40 of 1,234"),
        (Place(2), 20, None, False, "21–40 of more than 40"),
    ],
)
def test_a_page_says_where_it_is(place: Place, rows: int, total: int | None, is_last: bool, told: str) -> None:
    assert where_among(place, rows, 20, total, is_last=is_last) == told


@pytest.mark.parametrize("number", ["0", "x", "²", "9" * 40])
def test_a_number_of_a_page_that_cannot_be_is_the_first(site: Site, number: str) -> None:
    assert site.page(TABLE, ("Page", number)).texts["page"] == "Page 1"


def test_a_token_that_leads_nowhere_is_reported_on_the_page(site: Site) -> None:
    assert "To the first page" in site.page(TABLE, ("Back", "x"), ("Page", "3"), status=400).text


def test_each_view_finds_as_many_as_it_says(site: Site) -> None:
    views = re.findall(r'<li><a href="([^"]+)">([^<]+) <strong>([\d,]+)</strong></a>', site.page(TABLE).source)
    assert [name for _, name, _ in views] == list(views_at(date(2026, 1, 31)))
    for address, name, count in views:
        query = parse_qsl(urlsplit(address.replace("&amp;", "&")).query)
        assert len(all_of_the_api(site, request_of(query))) == int(count), name
        shown = Document(site.request("GET", address.replace("&amp;", "&"))[2])
        assert [one["href"] for one in shown.with_attribute("aria-current") if "page" not in one["href"]]
        assert not int(count) or f" {count} " in f" {shown.texts['where']} "
    assert sum(int(count) for _, _, count in views) > 0


def test_views_are_about_whole_days_and_months() -> None:
    views = views_at(date(2026, 12, 15))
    assert views["Overdue"]["TargetCloseDate"] == {"BeforeTargetCloseDate": "2026-12-14"}
    assert views["Closing this month"]["TargetCloseDate"] == {
        "AfterTargetCloseDate": "2026-12-15",
        "BeforeTargetCloseDate": "2026-12-31",
    }
    assert views["No change for 30 days"]["LastModifiedDate"] == {"BeforeLastModifiedDate": "2026-11-15T00:00:00Z"}
    assert "Launched" not in views["Overdue"]["LifeCycleStage"]


def test_chosen_columns_stay_wherever_the_table_leads(site: Site) -> None:
    chosen = [("Column", column.name) for column in COLUMNS]
    page = site.page(TABLE, *chosen, ("MaxResults", "2"), ("SortBy", "Identifier"), ("SortOrder", "ASCENDING"))
    record = site.server.client().get_opportunity(Catalog="Sandbox", Identifier=page.identifiers[0])
    owner = record["OpportunityTeam"][0]
    for told in (
        record["Project"]["Title"],
        f"{owner['FirstName']} {owner['LastName']}",
        record["Customer"]["Account"]["Industry"],
        record["Customer"]["Account"]["Address"]["CountryCode"],
    ):
        assert told in page.text
    for link in page.with_attribute("data-next") + page.with_attribute("download"):
        assert "Column=Owner&Column=" in link["href"]
    (file,) = (link["href"] for link in page.with_attribute("download") if ".csv" in link["href"])
    head, first, *_ = site.request("GET", file)[2].splitlines()
    assert head.endswith(",Arn,Title,Owner")
    assert first.endswith(f"{owner['FirstName']} {owner['LastName']}")
    few = site.page(TABLE, ("Column", "Industry"), ("Column", "Nowhere"))
    assert {one["data-label"] for one in few.with_attribute("data-label")} == {"Id", "Industry"}


def test_the_form_keeps_the_columns(site: Site) -> None:
    address = site.address(TABLE, ("filter", "form"), ("Column", "Owner"), ("LifeCycleStage", "Launched"))
    assert site.request("GET", address)[1]["location"].endswith("LifeCycleStage=Launched&Column=Owner")


def test_a_page_without_kept_counts_shows_its_opportunities_all_the_same(
    new_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = new_site()
    site.request("POST", "/_cosell/seed", json.dumps({"count": 6000}), {"Content-Type": "application/json"})
    text = site.request("GET", TABLE)[2]
    assert "1–20 of more than 20" in text
    assert "Overdue</a>" in text
