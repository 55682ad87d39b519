"""Whatever a text has in it, every page shows it as text: markup, right-to-left, four-byte characters, 500 of them.

The pages of a mirror are looked at in test_mirror.py, with the same names.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page

from cosell.console.pages import PAGES
from cosell.context import Scope
from cosell.engine import Engine
from cosell.rules.aws_side.summary import summary_at_submission
from cosell.rules.identifiers import opportunity_arn
from cosell.store.outbox import DeadLetter, Event, Held, Settlement
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.types import GetOpportunityResponse
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, Server
from tests.console.conftest import NAMES, Document, Site
from tests.console.looks import NO_PAGES, OPEN_EVERYTHING, does_not_scroll
from tests.store.caller import NOON_MS, Caller, record

HOSTILE = {**NAMES, "five hundred": (NAMES["markup"] + NAMES["right-to-left"] + "😀" * 500)[:500]}
"""The last one is a company that is longer than the API takes: what comes from AWS may have it."""
LATER_MS = 1_893_456_000_000  # 2030-01-01


def long(text: str) -> str:
    """The text again and again, 500 characters in all."""
    return (text * 500)[:500]


def record_of(identifier: str, text: str) -> dict[str, Any]:
    """A record with the text wherever one may stand."""
    return record(
        identifier,
        Arn=opportunity_arn(ACCOUNT, "Sandbox", identifier),
        PartnerOpportunityIdentifier=text,
        Customer={"Account": {"CompanyName": text}, "Contacts": [{"FirstName": text, "LastName": text}]},
        Project={
            "Title": text,
            "CustomerBusinessProblem": long(text),
            "ExpectedCustomerSpend": [
                {"Amount": "1", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": text[:80]}
            ],
        },
        LifeCycle={
            "Stage": "Prospect",
            "ReviewStatus": "Submitted",
            "NextSteps": text,
            "ReviewComments": long(text),
            "ReviewStatusReason": text,
        },
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A pipeline, views of AWS, events and refused deliveries with HOSTILE in all of them. Tests only read it."""
    folder = tmp_path_factory.mktemp("hostile")
    engine = Engine.open(str(folder / "cosell.db"))
    caller, scope = Caller(engine), Scope(ACCOUNT, "Sandbox")
    identifiers = {name: f"O100000{number}" for number, name in enumerate(HOSTILE, start=1)}
    caller.put([record_of(identifiers[name], text) for name, text in HOSTILE.items()])
    server = Server("--sink", "file:events.jsonl", cwd=folder)
    engine.store.outbox.open_sink("slow")
    with engine.store.write(scope) as tx:
        for name, text in HOSTILE.items():
            known = tx.record(identifiers[name])
            assert known is not None
            view = json.loads(
                encode(
                    summary_at_submission(decode(GetOpportunityResponse, known), "Co-Sell", "Full", "Partner Referral")
                )
            )
            view |= {"CosellMotion": text, "Insights": {"NextBestActions": long(text)}}
            view["OpportunityTeam"] = [{"FirstName": text, "LastName": text}]
            tx.put_aws_summary(identifiers[name], json.dumps(view).encode())
            body = json.dumps({"detail-type": text, "detail": {"text": long(text)}}, ensure_ascii=False).encode()
            tx.announce(Event(name, scope, text, text, NOON_MS, body))
    outbox = engine.store.outbox
    held = [
        Held(number, text, attempts=1, first_attempt_ms=NOON_MS, next_attempt_ms=LATER_MS, reason=long(text))
        for number, text in enumerate(HOSTILE.values(), start=1)
    ]
    dead = DeadLetter(len(held), attempts=9, died_ms=engine.clock(), reason=long(HOSTILE["markup"]))
    state = outbox.state("slow")
    settled = Settlement(len(held), state.generation, failed=len(held), held=held[:-1], dead=[dead])
    assert outbox.settle("slow", settled)
    yield Site(server, identifiers, folder)
    server.stop()
    engine.close()


def call_with(site: Site, text: str) -> str:
    """The id of a call with the text in it, which was refused."""
    raw(site.server, "GetOpportunity", {"Identifier": text})
    return str(json.loads(site.request("GET", "/_cosell/requests?limit=1")[2])["requests"][0]["id"])


def is_harmless(page: Document) -> bool:
    """Whether the page has only elements that its template wrote."""
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    images = [attributes for tag, attributes in page.tags if tag in ("img", "iframe", "b")]
    return all("src" in one for one in scripts) and images == [] and page.with_attribute("onerror") == []


@pytest.mark.parametrize("path", ["/console/", "/console/opportunities", "/console/pipeline", "/console/desk"])
def test_companies_are_shown_as_they_are(hostile: Site, path: str) -> None:
    page = hostile.page(path)
    assert [name for name, text in HOSTILE.items() if text not in page.text] == []
    assert is_harmless(page)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["/console/opportunities", "/console/desk"])
def test_every_text_of_an_opportunity_is_shown_as_it_is(hostile: Site, path: str, name: str) -> None:
    page = hostile.page(f"{path}/{hostile.identifiers[name]}")
    assert HOSTILE[name] in page.text
    assert long(HOSTILE[name]) in page.text
    assert is_harmless(page)


def test_events_and_what_was_said_of_them_are_shown_as_they_are(hostile: Site) -> None:
    page = hostile.page("/console/events")
    assert [name for name, text in HOSTILE.items() if text not in page.text] == []
    for text in list(HOSTILE.values())[:-1]:
        assert long(text) in page.text
    assert is_harmless(page)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_client_sent_is_shown_as_it_is(hostile: Site, name: str) -> None:
    page = hostile.page(f"/console/wire/{call_with(hostile, HOSTILE[name])}")
    assert json.dumps(HOSTILE[name], ensure_ascii=False)[1:-1] in page.text
    assert is_harmless(page)
    assert is_harmless(hostile.page("/console/wire"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_stands_in_an_address_is_shown_as_it_is(hostile: Site, text: str) -> None:
    assert text in hostile.page("/console/opportunities", ("CustomerCompanyName", text)).text
    for path in ("/console/opportunities", "/console/desk"):
        assert is_harmless(hostile.page(f"{path}/{quote(text, safe='')}", status=404))
    status, headers, _ = hostile.request("GET", hostile.address("/console/search", ("q", text)))
    assert status == 303
    assert headers["location"].isascii()
    found = Document(hostile.request("GET", headers["location"])[2])
    assert text in found.text
    assert is_harmless(found)
    assert is_harmless(hostile.page("/console/search/suggestions", ("q", text)))


def test_the_files_of_a_picture_have_them_as_text(hostile: Site) -> None:
    drawn = ElementTree.fromstring(hostile.request("GET", hostile.address("/console/pipeline/customers.svg"))[2])
    texts = {"".join(one.itertext()) for one in drawn.iter("{http://www.w3.org/2000/svg}text")}
    for text in HOSTILE.values():
        assert any(one.rstrip("…") and text.startswith(one.rstrip("…")) for one in texts), text
    written = hostile.request("GET", hostile.address("/console/pipeline/customers.csv"))[2]
    assert "\r\n'=HYPERLINK(1),1\r\n" in written


def test_no_script_of_theirs_runs_and_no_page_gets_wider(hostile: Site, new_page: Callable[[int, Any], Page]) -> None:
    call = call_with(hostile, HOSTILE["markup"])
    addresses = [
        hostile.address(page.path.format(identifier=identifier, call=call))
        for page in PAGES
        if not page.path.endswith(NO_PAGES)
        for identifier in (hostile.identifiers.values() if "{identifier}" in page.path else ("",))
    ]
    for width, scheme in ((1440, "light"), (390, "dark")):
        page = new_page(width, scheme)
        for address in addresses:
            page.goto(hostile.url + address)
            page.evaluate(OPEN_EVERYTHING)
            does_not_scroll(page)
