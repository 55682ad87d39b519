"""Engines over each kind of database, and the two ways in which the planner may decide."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from cosell.engine import Engine
from cosell.store import page_plan
from tests.store.caller import Caller
from tests.store.engines import empty_database

NEVER_NARROW, SOMETIMES, ALWAYS_NARROW = 0, 3, 2_000


@pytest.fixture(scope="session", params=["memory", "file", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database that many tests share, each under accounts of its own."""
    engine = Engine.open(empty_database(request, tmp_path_factory.mktemp("lists")))
    yield engine
    engine.close()


@pytest.fixture(params=[NEVER_NARROW, SOMETIMES, ALWAYS_NARROW], ids=["walks", "either", "narrow"])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many entries the planner reads and sorts rather than walk past."""
    monkeypatch.setattr(page_plan, "SMALL", request.param)
    return int(request.param)


_accounts = itertools.count(1)


@pytest.fixture(scope="session")
def newcomer(engine: Engine) -> Callable[[], Caller]:
    """Makes callers of an account that has nothing yet."""
    return lambda: Caller(engine, f"{next(_accounts):012d}")
