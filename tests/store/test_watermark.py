"""Whoever asks for everything since the latest change seen never misses one, whatever clocks and writers do."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.engine import Engine
from tests.conftest import Server
from tests.store.caller import NOON_MS, Caller, HandClock

HOUR_MS = 3_600_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps_ms=st.lists(
        st.sampled_from([0, 1, 5, HOUR_MS, -1, -HOUR_MS, -NOON_MS, 400 * 24 * HOUR_MS]), min_size=1, max_size=12
    ),
    updates=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_stamps_grow_whatever_the_clock_does(steps_ms: list[int], updates: list[bool]) -> None:
    clock = HandClock()
    engine = Engine.open(":memory:", clock=clock)
    caller = Caller(engine)
    stamps = [caller.create("first")["LastModifiedDate"]]
    for number, (step_ms, is_update) in enumerate(zip(steps_ms, updates, strict=False)):
        clock.now_ms = max(0, clock.now_ms + step_ms)
        changed = caller.update("O1000001") if is_update else caller.create(f"token {number}")
        stamps.append(changed["LastModifiedDate"])
    assert stamps == sorted(set(stamps)), "strictly growing"
    for opportunity in caller.records():
        assert opportunity["CreatedDate"] <= opportunity["LastModifiedDate"]
    engine.close()


def test_stamps_follow_a_clock_that_goes_on(caller: Caller, clock: HandClock) -> None:
    first = caller.create("first")["LastModifiedDate"]
    second = caller.create("second")["LastModifiedDate"]
    clock.now_ms += HOUR_MS
    third = caller.create("third")["LastModifiedDate"]
    assert [first[-13:], second[-13:], third[-13:]] == ["20:26:40.000Z", "20:26:40.001Z", "21:26:40.000Z"]


def test_each_scope_has_stamps_of_its_own(caller: Caller) -> None:
    other = Caller(caller.engine, catalog="AWS")
    assert caller.create("first")["LastModifiedDate"] == other.create("first")["LastModifiedDate"]


def test_a_raised_stamp_is_a_floor_for_the_coming_ones(caller: Caller) -> None:
    with caller.engine.store.write(caller.scope) as tx:
        assert tx.last_stamp() == 0
        tx.raise_stamp(NOON_MS + 500)
        tx.raise_stamp(NOON_MS)
        assert tx.last_stamp() == NOON_MS + 500
        assert tx.stamp(NOON_MS) == NOON_MS + 501


class Follower:
    """Keeps the recipe of the service's page: ask for all changes on or after the latest that is known."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask
        self._latest: Any = None
        self.seen: dict[str, Any] = {}

    def look(self) -> None:
        """One pass over all pages."""
        request: dict[str, Any] = {"Sort": {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"}, "MaxResults": 7}
        if self._latest is not None:
            request["LastModifiedDate"] = {"AfterLastModifiedDate": self._latest}
        page: dict[str, Any] = {"NextToken": None}
        while "NextToken" in page:
            token = {"NextToken": page["NextToken"]} if page["NextToken"] else {}
            page = self._ask(**request, **token)
            for summary in page["OpportunitySummaries"]:
                self.seen[summary["Id"]] = summary["LastModifiedDate"]
                self._latest = max(self._latest or summary["LastModifiedDate"], summary["LastModifiedDate"])


def follow_while(follower: Follower, writers: list[Callable[[], None]]) -> None:
    """Look again and again while all writers run, and once after."""
    failures: list[BaseException] = []

    def guarded(write: Callable[[], None]) -> None:
        try:
            write()
        except BaseException as failure:  # noqa: BLE001  # told by the main thread
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(write,)) for write in writers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        follower.look()
    follower.look()
    assert failures == []


def test_a_follower_misses_nothing_of_many_threads(engine: Engine, clock: HandClock) -> None:
    def write(name: str) -> Callable[[], None]:
        def run() -> None:
            caller = Caller(engine)
            for number in range(25):
                clock.now_ms += [1, 0, -HOUR_MS, HOUR_MS][number % 4]
                created = caller.create(f"{name} {number}")
                if number % 3 == 0:
                    caller.update(created["Id"])

        return run

    caller = Caller(engine)
    follower = Follower(caller.page)
    follow_while(follower, [write(name) for name in "abc"])
    records = caller.records()
    assert len(records) == 75
    assert follower.seen == {record["Id"]: record["LastModifiedDate"] for record in records}
    assert len(set(follower.seen.values())) == 75, "no two changes share a stamp"


@pytest.fixture
def two_engines(tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Two that share a file, one of them with a clock that is an hour late."""
    punctual = Engine.open(str(tmp_path / "shared.db"), clock=HandClock())
    late = Engine.open(str(tmp_path / "shared.db"), clock=HandClock(NOON_MS - HOUR_MS))
    yield punctual, late
    punctual.close()
    late.close()


def test_a_late_clock_beside_a_punctual_one_changes_no_order(two_engines: tuple[Engine, Engine]) -> None:
    punctual, late = map(Caller, two_engines)
    stamps = [(late if number % 2 else punctual).create(f"token {number}")["LastModifiedDate"] for number in range(6)]
    assert stamps == sorted(set(stamps))


def test_a_follower_misses_nothing_of_two_servers_on_one_file(serve: Callable[..., Server]) -> None:
    servers = [serve("--db", "shared.db"), serve("--db", "shared.db")]

    def write(server: Server) -> Callable[[], None]:
        def run() -> None:
            client = server.client()
            for _ in range(20):
                created = client.create_opportunity(Catalog="Sandbox", ClientToken=f"{server.port} {_}")
                client.update_opportunity(
                    Catalog="Sandbox", Identifier=created["Id"], LastModifiedDate=created["LastModifiedDate"]
                )

        return run

    reader = servers[0].client()
    follower = Follower(lambda **request: reader.list_opportunities(Catalog="Sandbox", **request))
    follow_while(follower, [write(server) for server in servers])
    client = servers[1].client()
    everything = client.get_paginator("list_opportunities").paginate(Catalog="Sandbox")
    stored = {
        summary["Id"]: summary["LastModifiedDate"] for page in everything for summary in page["OpportunitySummaries"]
    }
    assert len(stored) == 40
    assert follower.seen == stored
