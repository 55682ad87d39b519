"""Mirrors in each database, to be asked as the console's pages ask."""

from collections.abc import Iterator

import pytest

from cosell.sync.targets.open import open_target
from tests.console.mirror.shelf import Shelf
from tests.postgres import Postgres


@pytest.fixture(scope="module", params=["sqlite", "postgres", "duckdb"])
def shared(request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """A mirror of a module's tests, in each database."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_schema()
    else:
        url = f"{request.param}:///:memory:"
    with open_target(url) as mirror:
        yield Shelf(mirror)


@pytest.fixture
def shelf(shared: Shelf) -> Shelf:
    """An empty mirror, in each database."""
    shared.empty()
    return shared
