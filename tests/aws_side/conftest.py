"""AWS's side at work on an engine, as far as the test moves its clock."""

from collections.abc import Callable
from typing import Any

import pytest

from cosell.aws_side.work import work
from cosell.engine import Engine
from cosell.rules.aws_side.review_script import script_of
from tests.store.caller import NOON_MS, HandClock, Record, record

HOUR_MS = 3_600_000


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
