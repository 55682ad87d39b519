"""The pytest plugin: an engine, a client of it or a server for each test that uses one, and nothing for others.

Nothing heavy is imported before a fixture is used. The last calls of a failing test are in its report.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

    from cosell.testing.engine import LocalEngine
    from cosell.testing.server import Server

SHOWN: Final = 10
"""Calls that a report shows."""
MARKER: Final = (
    "cosell(account, catalog, seed, clock, review, faults, **settings): what the fixtures cosell, partnercentral and "
    "cosell_server begin with; seed is how many opportunities there are, the others are as cosell.connect() and "
    "cosell.serve() have them. The marker nearest to the test wins."
)
_LAST_CALLS: Final = "cosell-last-calls"
_ENGINE: "Final[pytest.StashKey[LocalEngine]]" = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def cosell(request: pytest.FixtureRequest) -> "Iterator[LocalEngine]":
    """The whole service in this process, fresh for each test: a `cosell.LocalEngine`."""
    from cosell.testing.marked import engine_for

    plugins = request.config.pluginmanager
    if not plugins.has_plugin(_LAST_CALLS):
        plugins.register(_LastCalls(), _LAST_CALLS)
    with engine_for(_marked(request.node)) as engine:
        request.node.stash[_ENGINE] = engine
        yield engine


@pytest.fixture
def partnercentral(cosell: "LocalEngine") -> "PartnerCentralSellingAPIClient":
    """A boto3 client of the test's engine."""
    return cosell.client()


@pytest.fixture
def cosell_server(request: pytest.FixtureRequest) -> "Iterator[Server]":
    """A server on a port of its own, fresh for each test: a `cosell.testing.server.Server`."""
    from cosell.testing.marked import server_for

    with server_for(_marked(request.node)) as server:
        yield server


class _LastCalls:
    """Adds the last calls to the report of a test that has failed. Registered only once a test has an engine."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        report = yield
        engine = item.stash.get(_ENGINE, None)
        if engine is not None:
            if report.failed and engine.requests:
                last = "\n".join(map(str, engine.requests[-SHOWN:]))
                report.sections.append((f"cosell: the last of {len(engine.requests)} calls", last))
            if report.when == "teardown":
                del item.stash[_ENGINE]
        return report


def _marked(node: pytest.Item) -> dict[str, Any]:
    """The options of a test's markers, those of the nearest last."""
    options: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("cosell"))):
        if marker.args:
            pytest.fail("@pytest.mark.cosell takes its options by their names, such as seed=10", pytrace=False)
        options |= marker.kwargs
    return options
