"""Partners over both kinds of database, each under an account of its own."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from cosell.engine import Engine
from tests.search.partner import Partner
from tests.wire.conftest import service

__all__ = ["service"]


@pytest.fixture(scope="session", params=["memory", "file", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database that many tests share, each under accounts of its own."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new_schema()
    else:
        url = ":memory:" if request.param == "memory" else str(tmp_path_factory.mktemp("searches") / "shared.db")
    engine = Engine.open(url)
    yield engine
    engine.close()


_accounts = itertools.count(1)


@pytest.fixture(scope="session")
def newcomer(engine: Engine) -> Callable[[], Partner]:
    """Makes partners who have nothing yet."""
    return lambda: Partner(engine, f"{next(_accounts):012d}")


@pytest.fixture
def partner(newcomer: Callable[[], Partner]) -> Partner:
    """One of them."""
    return newcomer()
