"""Mirrors in each database."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from tests.postgres import Postgres

DATABASES = ["sqlite", "postgres", "duckdb"]


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """The name of a database that mirrors live in: each test that uses it runs over all."""
    return str(request.param)


@pytest.fixture
def new_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes places for new mirrors that several processes can open."""
    if database == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_database
    numbers = count(1)
    return lambda: f"{database}:///{tmp_path}/mirror-{next(numbers)}.{database}"


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """A place for a mirror, where none is yet."""
    return new_url()


@pytest.fixture
def quick_url(database: str, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes places for new mirrors that cost little, for tests that need many."""
    if database == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_schema
    return lambda: f"{database}:///:memory:"


@pytest.fixture
def mirror(quick_url: Callable[[], str]) -> Iterator[Mirror]:
    """An empty mirror."""
    with open_target(quick_url()) as target:
        yield target
