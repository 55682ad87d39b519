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
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new_schema()
    else:
        url = ":memory:" if request.param == "memory" else str(tmp_path / "store.db")
    engine = Engine.open(url, clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def caller(engine: Engine) -> Caller:
    """A caller of the empty database."""
    return Caller(engine)
