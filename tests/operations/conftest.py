"""An engine under a clock that the test moves, and a caller of it."""

from collections.abc import Iterator

import pytest

from cosell.engine import Engine
from tests.store.caller import Caller, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def caller(clock: HandClock) -> Iterator[Caller]:
    """A caller of an empty database."""
    engine = Engine.open(":memory:", clock=clock)
    yield Caller(engine)
    engine.close()
