"""An engine under a clock that the test moves, and AWS's side at work on it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.aws_side.work import work
from cosell.engine import Engine
from cosell.rules.review_script import script_of
from tests.store.caller import NOON_MS, Caller, HandClock, Record, record

HOUR_MS = 3_600_000


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", "file"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Engine]:
    """An empty database of either kind."""
    engine = Engine.open(":memory:" if request.param == "memory" else str(tmp_path / "aws.db"), clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def caller(engine: Engine) -> Caller:
    """A partner whose opportunities AWS looks at."""
    return Caller(engine)


def submitted(identifier: str, *, status: str = "Submitted", **members: Any) -> Record:
    """A record that waits for AWS since noon."""
    life_cycle = {"Stage": "Prospect", "ReviewStatus": status}
    return record(identifier, **({"LifeCycle": life_cycle} | members))


def raised(place: str, defect: Exception) -> None:
    """Nothing that AWS's side does may fail."""
    raise AssertionError(place) from defect


@pytest.fixture
def play(engine: Engine, clock: HandClock) -> Callable[[Any, int], None]:
    """Moves the clock to so many milliseconds after noon, with AWS's side following a script until then."""

    def until(document: Any, after_ms: int) -> None:
        work(engine, script_of(document), NOON_MS + after_ms, raised)
        clock.now_ms = NOON_MS + after_ms

    return until
