"""The page of a search shows what the API answers, tells what it refuses, and keeps what was asked to itself."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from cosell.console.figures.pipelines import Pipelines
from cosell.console.search.form import query_of
from cosell.console.search.page import suggested
from cosell.console.search.vocabulary import sort_keys
from cosell.console.visit.surroundings import AdminResult, Surroundings
from cosell.console.visit.visit import Visit
from cosell.console.visit.visitor import visitor_of
from cosell.engine import Engine
from cosell.wire.model import DATA
from tests.clients.wire import raw
from tests.conftest import OTHER_ACCOUNT, Server
from tests.console.conftest import NAMES, Document, Site
from tests.console.search.questions import ARCHIVED, LARGE, QUALIFIED, QUESTIONS, Question, leaf

SEARCH = "/console/search"
NOBODY = leaf("EqualsTo", "CustomerCompanyName", StringValue="Nobody")
SOFTWARE = "Softwre and Internet"
MARK = "zqxj"
"""A text that no log writes by itself."""


def answer(site: Site, question: Question) -> Any:
    """What a client gets."""
    return raw(site.server, "SearchOpportunities", {"Catalog": "Sandbox", **question})[1]


def followed(site: Site, address: str) -> Document:
    """The page to which an address leads."""
    status, headers, text = site.request("GET", address)
    while status == 303:
        address = headers["location"]
        status, headers, text = site.request("GET", address)
    assert status == 200, text
    return Document(text)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_page_is_the_answer_of_the_api_page_by_page(site: Site, question: Question) -> None:
    given = answer(site, question)
    page = site.page(SEARCH, *query_of(question))
    assert page.identifiers == [summary["Id"] for summary in given["OpportunitySearchSummaries"]]
    following = [one["href"] for one in page.with_attribute("data-next")]
    assert bool(following) == bool(given.get("NextToken"))
    if following:
        given = answer(site, {**question, "NextToken": given["NextToken"]})
        page = followed(site, following[0])
        assert page.identifiers == [summary["Id"] for summary in given["OpportunitySearchSummaries"]]
        assert "First page" in page.text


def test_every_order_can_be_chosen_and_shown(site: Site) -> None:
    options = [one["value"] for one in site.page(SEARCH).with_attribute("value")]
    for key in sort_keys():
        assert key in options
        sort = {"SortBy": key, "SortOrder": "ASCENDING"}
        given = answer(site, {"Sort": sort})
        found = site.page(SEARCH, *query_of({"Sort": sort})).identifiers
        assert found == [summary["Id"] for summary in given["OpportunitySearchSummaries"]]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("way", ["1", "2", "3"], ids=["boto3", "AWS CLI", "raw request"])
def test_the_query_can_be_copied_and_asked(
    site: Site, question: Question, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.page(SEARCH, *query_of(question))
    text = page.texts[f"way-{way}"]
    if way == "1":
        monkeypatch.setenv("AWS_DATA_PATH", str(DATA))
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # one that exists knows what its boto3 knew
        names: dict[str, Any] = {"print": lambda _: None}
        exec(compile(text, "copied", "exec"), names)
        got = names["answer"]
    else:
        if way == "3" and not shutil.which("curl"):
            pytest.skip("curl is not installed: apt-get install curl")
        taught = page.texts.get(f"teaches-{way}", "")
        assert bool(taught) == (way == "2")
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "HOME": str(tmp_path)}
        done = subprocess.run(
            ["bash", "-c", f"{taught}\n{text}"], capture_output=True, check=True, env={**environment, "PATH": path}
        )
        got = json.loads(done.stdout)
    assert [summary["Id"] for summary in got["OpportunitySearchSummaries"]] == page.identifiers


REFUSED = {
    "21 conditions": ({"AndAllFilters": [{"OrAllFilters": [QUALIFIED] * 7}] * 3}, "At most 20 conditions are allowed."),
    "four levels": (
        {"AndAllFilters": [{"OrAllFilters": [{"NotFilter": {"AndAllFilters": [QUALIFIED]}}]}]},
        "nested 3 levels deep at most",
    ),
    "eleven in a group": ({"AndAllFilters": [QUALIFIED] * 11}, "TOO_MANY_VALUES"),
    "an operator of another type": (leaf("LessThan", "Stage", StringValue="x"), "does not go with this Key"),
    "nothing": ({}, "A node holds exactly one of"),
    "no tree": ("x", "SerializationException"),
    "no number": (leaf("LessThan", "EstimatedMrr", DoubleValue="many"), "SerializationException"),
    "an empty list": ({"AndAllFilters": []}, "NOT_ENOUGH_VALUES"),
    "a list of anything": ({"OrAllFilters": [1, None, {"x": {}}]}, "Exception"),
}


@pytest.mark.parametrize(("node", "told"), REFUSED.values(), ids=REFUSED)
def test_what_the_api_refuses_is_reported_in_its_words_and_can_be_taken_out(site: Site, node: Any, told: str) -> None:
    page = site.page(SEARCH, *query_of({"Filter": node}), status=400)
    assert told in page.text
    assert "No match" not in page.text
    assert followed(site, site.address(SEARCH)).identifiers


def test_a_place_that_is_no_good_leads_back_to_the_first_page(site: Site) -> None:
    page = site.page(SEARCH, ("Keyword", "a"), ("NextToken", "x"), status=400)
    (first,) = {one["href"] for one in page.with_attribute("href") if "Keyword=a" in one["href"] and "class" in one}
    assert followed(site, first).identifiers


def test_whoever_may_not_search_is_told_so_and_can_filter(serve: Callable[..., Server]) -> None:
    server = serve("--without-search", OTHER_ACCOUNT)
    company: Any = {"Account": {"CompanyName": "Heron"}}
    server.client(OTHER_ACCOUNT).create_opportunity(Catalog="Sandbox", ClientToken="1", Customer=company)
    site = Site(server, {}, account=OTHER_ACCOUNT)
    page = site.page(SEARCH, ("Keyword", "Heron"), status=400)
    assert "This account may not search opportunities." in page.text
    (filtered,) = {one["href"] for one in page.with_attribute("href") if "CustomerCompanyName=Heron" in one["href"]}
    assert followed(site, filtered).identifiers == ["O1000001"]
    offered = site.page(f"{SEARCH}/suggestions", ("q", "qual")).text
    assert "Stage is Qualified" in " ".join(offered.split())


@pytest.mark.parametrize(
    ("typed", "path", "question"),
    [
        ("o1000003", "/console/opportunities/O1000003", {}),
        ("O9", SEARCH, {"Keyword": "O9"}),
        (" grey heron ", SEARCH, {"Keyword": "grey heron"}),
        ("Stage: comm", SEARCH, {"Filter": leaf("EqualsTo", "Stage", StringValue="Committed")}),
        ("Stage:", SEARCH, {}),
        ("Monthly spend: many", SEARCH, {}),
    ],
)
def test_enter_opens_an_opportunity_or_searches(site: Site, typed: str, path: str, question: Question) -> None:
    status, headers, _ = site.request("GET", site.address(SEARCH, ("q", typed)))
    assert status == 303
    assert headers["location"] == site.address(path, *query_of(question))


def test_while_somebody_types_nothing_is_opened_and_half_a_condition_asks_nothing(site: Site) -> None:
    rest = query_of({"Filter": QUALIFIED, "MaxResults": 5})
    for typed, keyword in [("o1000003", "Keyword=o1000003"), ("Stage: comm", ""), ("", "")]:
        _, headers, _ = site.request("GET", site.address(SEARCH, *rest, ("q", typed), ("typing", "1")))
        assert keyword in headers["location"]
        assert ("Keyword" in headers["location"]) == bool(keyword)
        assert "Qualified" in headers["location"]
        assert "Committed" not in headers["location"]


def test_suggestions_lead_to_questions_that_keep_the_others(site: Site) -> None:
    rest = query_of({"Keyword": "comm", "Filter": QUALIFIED})
    page = site.page(f"{SEARCH}/suggestions", *rest, ("q", "comm"))
    (address, *_) = [one["data-address"] for one in page.with_attribute("data-address")]
    text = followed(site, address).text
    assert "Stage is Qualified" in " ".join(text.split())
    assert "Stage is Committed" in " ".join(text.split())
    assert "Keyword" not in address
    owner = next(
        f"{one['FirstName']} {one['LastName']}"
        for one in answer(site, {"MaxResults": 100})["OpportunitySearchSummaries"][0]["OpportunityTeam"]
        if one["BusinessTitle"] == "OpportunityOwner"
    )
    assert f"Owner is {owner}" in " ".join(site.page(f"{SEARCH}/suggestions", ("q", owner)).text.split())


def test_a_key_press_asks_for_one_page_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine.open(":memory:")
    nobody = AdminResult(405, {})
    surroundings = Surroundings(engine, lambda *_: nobody, Pipelines(engine.store), engine.store.scopes)
    asked: list[tuple[str, Any]] = []
    call = Visit.call

    def noted(visit: Visit, operation: str, members: Any) -> Any:
        asked.append((operation, members))
        return call(visit, operation, members)

    monkeypatch.setattr(Visit, "call", noted)
    for typed in ("", "q", "qual", "Stage: q", "Owner: x", "2026"):
        query = [("q", typed), *query_of({"Keyword": "x", "Filter": LARGE})]
        suggested(Visit(surroundings, visitor_of({}, []), path=SEARCH, origin="", query=query))
    assert asked == [("SearchOpportunities", {"MaxResults": 100})] * 6


def test_where_nothing_matches_every_offer_leads_to_a_page(site: Site) -> None:
    page = site.page(SEARCH, *query_of({"Keyword": "no such words", "Filter": {"AndAllFilters": [NOBODY, LARGE]}}))
    assert "No match" in page.text
    offers = [one["href"] for one in page.with_attribute("href") if one["href"].startswith(SEARCH)]
    assert len(offers) >= 6
    for address in offers:
        followed(site, address)
    page = site.page(SEARCH, *query_of({"Filter": NOBODY}))
    assert "“Nobody” in all fields that people search" in page.text


def test_if_nothing_matches_the_value_that_was_meant_is_offered(site: Site) -> None:
    slips: dict[str, Question] = {
        "Stage “Qualified” instead of “Qualifed”": {"Filter": leaf("EqualsTo", "Stage", StringValue="Qualifed")},
        "Industry “Software and Internet” instead of “Softwre and Internet”": {
            "Filter": {
                "AndAllFilters": [
                    LARGE,
                    {"OrAllFilters": [leaf("ContainsAll", "Industry", StringListValue=[SOFTWARE])]},
                ]
            }
        },
        "Stage is Qualified": {"Keyword": "Qualifed"},
        "Customer contains nobody": {"Keyword": "Custmer: nobody"},
    }
    for words, question in slips.items():
        page = site.page(SEARCH, *query_of(question))
        assert "No match" in page.text
        assert words in page.text
    page = site.page(SEARCH, *query_of(slips["Stage “Qualified” instead of “Qualifed”"]))
    (right,) = [one["href"] for one in page.with_attribute("href") if "%22Qualified%22" in one["href"]]
    assert followed(site, right).identifiers == site.page(SEARCH, *query_of({"Filter": QUALIFIED})).identifiers


def test_the_box_offers_what_a_misspelling_may_have_meant(site: Site) -> None:
    for typed in ("Qualifed", "Stage: Qualifed", "Stge = Qualifed"):
        offered = " ".join(site.page(f"{SEARCH}/suggestions", ("q", typed)).text.split())
        assert "Stage is Qualified" in offered
    _, headers, _ = site.request("GET", site.address(SEARCH, ("q", "Stage: Qualifed")))
    assert headers["location"] == site.address(SEARCH, *query_of({"Filter": QUALIFIED}))


def test_where_nothing_matches_the_other_catalog_is_offered(serve: Callable[..., Server]) -> None:
    server = serve()
    for catalog in ("AWS", "Sandbox"):
        company: Any = {"Account": {"CompanyName": f"Heron {catalog}"}}
        server.client().create_opportunity(Catalog=catalog, ClientToken=catalog, Customer=company)
    site = Site(server, {})
    page = site.page(SEARCH, ("Keyword", "heron aws"))
    (other,) = [one["href"] for one in page.with_attribute("href") if "catalog=AWS&Keyword" in one["href"]]
    assert "The same in catalog AWS" in page.text
    assert followed(site, other).identifiers == ["O1000001"]


def test_an_account_without_anything_is_told_how_to_get_something(site: Site) -> None:
    status, _, text = site.request("GET", site.address(SEARCH, account="000000000009"))
    assert status == 200
    assert "No opportunities yet" in text


def test_a_word_that_no_column_shows_is_shown_where_it_was_found(site: Site) -> None:
    text = site.page(SEARCH, ("Keyword", NAMES["template"][:12])).text
    assert "Next step: " in " ".join(text.split())
    number = answer(site, {})["OpportunitySearchSummaries"][-1].get("PartnerOpportunityIdentifier")
    assert number
    assert f"Partner's identifier: {number}" in " ".join(site.page(SEARCH, ("Keyword", number)).text.split())


def test_conditions_are_entered_and_sorted_without_a_script(site: Site) -> None:
    form = [("field", "Tags"), ("operator", "EqualsTo"), ("value", "archive"), ("not", "yes"), ("into", "new any")]
    page = followed(site, site.address(SEARCH, *query_of({"Filter": QUALIFIED}), *form))
    text = " ".join(page.text.split())
    assert "Any of these" in text
    assert "not: tagged archive" in text
    assert "Filter.AndAllFilters[1]" in [one["value"] for one in page.with_attribute("value")]
    headings = [one["href"] for one in page.with_attribute("href") if "SortBy=EstimatedMrr" in one["href"]]
    page = followed(site, headings[0])
    (turned,) = [one["href"] for one in page.with_attribute("href") if "SortOrder=DESCENDING" in one["href"]]
    descending = followed(site, turned).identifiers
    assert descending[0] != page.identifiers[0]
    assert ARCHIVED["EqualsTo"]["Key"] in turned


def test_neither_the_log_nor_a_referrer_tells_what_was_asked(serve: Callable[..., Server]) -> None:
    server = serve("--log-level", "debug")
    site = Site(server, {})
    asked = query_of({"Keyword": MARK, "Filter": leaf("EqualsTo", "Stage", StringValue=MARK)})
    wrong = query_of({"Filter": leaf("LessThan", "Stage", StringValue=MARK)})
    for query in (asked, wrong, [("q", MARK)], [("field", "Stage"), ("value", MARK)], [("Filter", MARK)]):
        for path in (SEARCH, f"{SEARCH}/suggestions", "/console/nothing"):
            _, headers, _ = site.request("GET", site.address(path, *query))
            assert path == "/console/nothing" or headers["referrer-policy"] == "no-referrer"
    code, log = server.stop()
    assert code == 0
    assert MARK not in log
