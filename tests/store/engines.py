"""Fixtures of every room: engines under a clock that the test moves, and a caller of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cosell.engine import Engine
from tests.store.caller import Caller, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", "file", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = Engine.open(empty_database(request, tmp_path), clock=clock)
    yield engine
    engine.close()


@pytest.fixture(params=["memory", "file"])
def sqlite_engine(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Engine]:
    """An empty database of SQLite's, of either kind, for what is its own."""
    engine = Engine.open(empty_database(request, tmp_path), clock=clock)
    yield engine
    engine.close()


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a database of the kind that a fixture's parameter names: "memory", "file" or "postgres"."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres").new_schema())
    return ":memory:" if request.param == "memory" else str(folder / "store.db")


@pytest.fixture
def caller(engine: Engine) -> Caller:
    """A caller of the empty database."""
    return Caller(engine)
