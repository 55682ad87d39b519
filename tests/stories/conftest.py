"""One cosell for each story, with a partner and a reviewer under one clock."""

import pytest

from cosell.engine import Engine
from tests.store.caller import HandClock
from tests.stories.cast import Partner, Reviewer


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def partner(engine: Engine, clock: HandClock) -> Partner:
    return Partner(engine, clock)


@pytest.fixture
def reviewer(engine: Engine, clock: HandClock) -> Reviewer:
    return Reviewer(engine, clock)
