"""A server whose calls are saved, and what runs the saved tests."""

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Server
from tests.saved_tests.connector import Connector

QUIET = ("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:playwright")
Outcome = Callable[[str], dict[str, int]]


@pytest.fixture(scope="session")
def saving_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that all tests share: each has an account of its own."""
    server = Server("--db", "saved.db", cwd=tmp_path_factory.mktemp("saving"))
    yield server
    server.stop()


@pytest.fixture
def connector(saving_server: Server) -> Connector:
    """A connector that has not called yet."""
    return Connector(saving_server)


@pytest.fixture
def outcome(pytester: pytest.Pytester) -> Outcome:
    """Runs a saved test as its owner would: what became of it."""

    def run(text: str) -> dict[str, int]:
        pytester.makepyfile(test_saved=text)
        return pytester.runpytest_inprocess(*QUIET).parseoutcomes()

    return run
