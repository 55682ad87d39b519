"""The page of events shows what was announced, how each sink keeps up, and delivers again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from cosell.context import Scope
from cosell.engine import Engine
from cosell.store.outbox import DeadLetter, Event, Held, Settlement
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server
from tests.console.conftest import Site
from tests.console.forms import submit
from tests.store.caller import Caller

EVENTS = "/console/events"
REASON = "<b>503</b> 😀"
NEXT_MS = 1_893_456_000_000  # 2030-01-01


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Engine]]:
    """Events of two accounts, a sink that takes everything, and one that was never open while the server ran."""
    folder = tmp_path_factory.mktemp("events")
    engine = Engine.open(str(folder / "cosell.db"))
    server = Server("--sink", "file:events.jsonl", cwd=folder)
    engine.store.outbox.open_sink("slow")
    Caller(engine).create("ours", Customer={"Account": {"CompanyName": "Ours"}})
    Caller(engine, OTHER_ACCOUNT).create("theirs")
    with engine.store.write(Scope(ACCOUNT, "Sandbox")) as tx:
        body = b'{"detail-type":"Engagement Invitation Created","detail":{}}'
        tx.announce(
            Event("e", Scope(ACCOUNT, "Sandbox"), "Engagement Invitation Created", "engi-1", engine.clock(), body)
        )
    yield Site(server, {}, folder), engine
    server.stop()
    engine.close()


@pytest.fixture
def site(served: tuple[Site, Engine]) -> Site:
    """The console, with a retry and a dead letter of the slow sink."""
    site, engine = served
    outbox = engine.store.outbox
    outbox.replay(["slow"], 0)
    state = outbox.state("slow")
    now_ms = engine.clock()  # what is long past, is forgotten
    held = Held(1, "O1000001", attempts=3, first_attempt_ms=now_ms, next_attempt_ms=NEXT_MS, reason=REASON)
    settled = Settlement(
        1, state.generation, failed=1, held=[held], dead=[DeadLetter(2, attempts=9, died_ms=now_ms, reason=REASON)]
    )
    assert outbox.settle("slow", settled)
    return site


def test_events_of_the_account_are_shown_and_lead_to_their_opportunity(site: Site) -> None:
    page = site.page(EVENTS)
    assert "Opportunity Created" in page.text
    assert "Engagement Invitation Created" in page.text
    assert OTHER_ACCOUNT not in page.texts["event-list"]
    addresses = [one["href"] for one in page.with_attribute("href")]
    assert site.address("/console/opportunities/O1000001") in addresses
    assert not [address for address in addresses if "engi-1" in address]


def test_events_of_every_account_are_shown_to_who_asks(site: Site) -> None:
    page = site.page(EVENTS, ("show", "all"))
    assert f"for {OTHER_ACCOUNT}" in page.text
    assert f"for {ACCOUNT}" in page.text


def test_each_sink_is_shown_with_its_cursor_its_retries_and_its_dead_letters(site: Site) -> None:
    text = site.page(EVENTS).text
    assert "file:events.jsonl" in text
    assert "slow" in text
    assert f"O1000001, after 3 attempts, at 2030-01-01 00:00:00: {REASON}" in " ".join(text.split())
    assert f"after 9 attempts: {REASON}" in " ".join(text.split())


def test_dead_letters_are_delivered_after_all(site: Site) -> None:
    page = submit(site, site.address(EVENTS), {"do": "revive", "sink": "slow"})
    assert "Dead letters are being redelivered." in page.text
    assert "after 9 attempts" not in page.text


def test_events_are_delivered_again_from_a_moment_on(site: Site, served: tuple[Site, Engine]) -> None:
    page = submit(site, site.address(EVENTS), {"do": "replay", "sink": "slow", "from": "2026-01-01T00:00:00Z"})
    assert "Events are being delivered again." in page.text
    assert served[1].store.outbox.state("slow").cursor == 0
    submit(site, site.address(EVENTS), {"do": "replay", "sink": "", "from": ""})


@pytest.mark.parametrize("form", [{"from": "yesterday"}, {"sink": "nobody", "from": ""}])
def test_what_cannot_be_delivered_is_explained(site: Site, form: dict[str, str]) -> None:
    assert "This was not done" in submit(site, site.address(EVENTS), {"do": "replay", **form}).text


def test_where_nothing_has_happened_the_next_command_is_suggested(site: Site) -> None:
    _, _, text = site.request("GET", site.address(EVENTS, account="000000000009"))
    assert "Nothing has happened" in text
    assert f"cosell events tail --url {site.url}" in text


def test_an_event_appears_while_one_looks_and_what_is_open_stays_open(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url + site.address(EVENTS, account="720000000000"))
    client = site.server.client("720000000000")
    identifiers = (client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"] for token in "12")
    first = page.locator("details.event", has_text=next(identifiers))
    first.locator("summary").click()
    expect(page.locator("details.event", has_text=next(identifiers))).to_be_visible()
    expect(first).to_have_attribute("open", "")
    context.close()
