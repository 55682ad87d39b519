"""A server feeds the index of searches while its writers rest, and tells how far it is."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cosell.engine import Engine
from cosell.serve import search_feeding
from cosell.serve.rest import Rest
from cosell.serve.search_feeding import PendingFigure, keep_fed
from cosell.store.interface import StoreUnavailable
from tests.admin.conftest import ask, done
from tests.aws_side.test_approvals import submitted
from tests.conftest import Server
from tests.event_loop import run_apart
from tests.serve.conftest import get
from tests.store.caller import Caller, record

COUNT = 9
NEVER_LOOKS = "import cosell.serve.search_feeding as f, cosell.serve.app as a; f.LOOK_IDLE_S = a.LOOK_S = 3600"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Opportunities of which the index knows nothing."""
    engine = Engine.open(str(tmp_path / "deals.db"))
    Caller(engine).put([record(f"O{number}") for number in range(COUNT)])
    yield engine
    engine.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What is told in the log."""
    events: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(search_feeding, "log_event", lambda event, **facts: events.append((event, facts)))
    monkeypatch.setattr(search_feeding, "log_outage", lambda what, _, **facts: events.append((what, facts)))
    return events


def feed_until(engine: Engine, is_done: Callable[[], bool]) -> None:
    """Let the index be fed as a server does it, which nobody tells of anything."""

    async def feed() -> None:
        with ThreadPoolExecutor(1) as writer:
            feeding = asyncio.create_task(keep_fed(engine.store, writer, Rest()))
            async with asyncio.timeout(60):
                while not is_done():
                    await asyncio.sleep(0.01)
            feeding.cancel()
            with suppress(asyncio.CancelledError):
                await feeding

    run_apart(feed())


def wait_until_fed(server: Server) -> None:
    """Returns once the index knows everything. The test's own time limit ends a wait in vain."""
    pending = -1
    while pending:
        found = re.search(r"^cosell_search_pending (\d+)", get(server, "/metrics")[1], re.MULTILINE)
        assert found is not None
        pending = int(float(found[1]))


def test_an_idle_server_wakes_for_what_it_writes(serve_after: Callable[..., Server]) -> None:
    """By itself this one would look again after an hour."""
    approving = (
        "--review-start",
        "0s",
        "--review-verdict",
        "0s",
        "--review-action-required",
        "0",
        "--review-rejected",
        "0",
    )
    server = serve_after(NEVER_LOOKS, "--db", "deals.db", "--review", "auto", *approving)
    client = server.client()
    wait_until_fed(server)
    deal = submitted(client)
    while client.get_opportunity(Catalog="Sandbox", Identifier=deal)["LifeCycle"]["ReviewStatus"] != "Approved":
        pass
    wait_until_fed(server)
    done(ask(server, "POST", "seed", {"count": 5}))
    wait_until_fed(server)


def test_what_other_programs_write_is_found_by_looking(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_feeding, "LOOK_S", 0.01)
    monkeypatch.setattr(search_feeding, "LOOK_IDLE_S", 0.01)
    is_written = False

    def is_done() -> bool:
        nonlocal is_written
        if engine.store.pending_in_search():
            return False
        if not is_written:
            is_written = True
            Caller(engine).put([record("Olater")])
        return engine.store.pending_in_search() == 0

    feed_until(engine, is_done)


def test_the_log_tells_how_far_a_long_feeding_is(
    engine: Engine, told: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LONG", 3), ("FED_AT_ONCE", 2), ("MANY", 8), ("TOLD_EVERY_S", 0.0), ("LOOK_S", 0.01)):
        monkeypatch.setattr(search_feeding, name, value)
    feed_until(engine, lambda: ("the search index is fed", {}) in told)
    counts = [facts["pending"] for event, facts in told if event == "feeding the search index"]
    assert counts[0] == COUNT
    assert counts == sorted(counts, reverse=True)
    assert engine.store.pending_in_search() == 0


def test_an_outage_of_the_database_is_reported_once_and_over_when_it_is(
    engine: Engine, told: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_feeding, "LOOK_S", 0.01)
    failures = iter([StoreUnavailable("its disk is full")] * 3)
    feed_search = engine.store.feed_search

    def feed_or_fail(most: int) -> int:
        for failure in failures:
            raise failure
        return feed_search(most)

    monkeypatch.setattr(engine.store, "feed_search", feed_or_fail)
    feed_until(engine, lambda: engine.store.pending_in_search() == 0 and len(told) == 2)


def test_a_database_that_does_not_answer_has_no_figure(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = CollectorRegistry()
    outages: list[str] = []

    def tell(what: str, error: Exception | None, **facts: object) -> None:
        outages.append(what)

    PendingFigure(engine.store, registry, tell)
    assert f"cosell_search_pending {COUNT}.0" in generate_latest(registry).decode()

    def fail(_: int = 0) -> int:
        raise StoreUnavailable("its disk fails")

    monkeypatch.setattr(engine.store, "pending_in_search", fail)
    assert "cosell_search_pending" not in generate_latest(registry).decode()
    assert len(outages) == 1
