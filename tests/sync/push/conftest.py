"""A service in this process, and pushes into it whose answers can get lost."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from cosell.engine import Engine
from cosell.sync.push.calls import Calls
from cosell.sync.push.journal import Journal
from cosell.sync.push.members import shapes_of
from cosell.sync.push.pusher import Options, Pusher
from cosell.sync.push.row import Result
from cosell.sync.push.rows import rows_of
from cosell.sync.quota_rule import Kind
from cosell.testing.in_process import client_of
from tests.complete_opportunity import completing, merged, written
from tests.conftest import ACCOUNT

HOUR_S = 3600


class Unlucky:
    """A client whose next calls of an operation go wrong: `unlucky.next["create_opportunity"] = ["lost"]`.

    `lost`: done, and nobody hears of it. `down`: not done. `500`, `throttled`: the service says so. `cut`: it says why
    not, and the text breaks off. `die`: the program ends, with the call done. `other`: somebody else changes the
    opportunity first.
    """

    def __init__(self, client: Any) -> None:
        self.next: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.meta = client.meta
        self._client = client

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.asked.append(operation)
            fault = self.next.get(operation, [])[:1]
            self.next[operation] = self.next.get(operation, [])[1:]
            match fault:
                case ["lost"]:
                    getattr(self._client, operation)(**request)
                    raise ConnectionClosedError(endpoint_url="http://service")
                case ["die"]:
                    getattr(self._client, operation)(**request)
                    raise KeyboardInterrupt
                case ["down"]:
                    raise EndpointConnectionError(endpoint_url="http://service")
                case ["500"]:
                    raise _answered(500, "InternalServerException")
                case ["throttled"]:
                    raise _answered(400, "ThrottlingException")
                case ["cut"]:
                    raise _answered(400, "400")  # what botocore makes of an error that it cannot read
                case ["other"]:
                    change(self._client, request["Identifier"], Project={"Title": "Somebody else's"})
            return getattr(self._client, operation)(**request)

        return call


def _answered(status: int, code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "Not now."}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Any")


def change(client: Any, identifier: str, **members: Any) -> None:
    """Somebody else's update, which changes these members alone."""
    stored = client.get_opportunity(Catalog="Sandbox", Identifier=identifier)
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=identifier,
        LastModifiedDate=stored["LastModifiedDate"],
        **merged(written(stored), members),
    )


class Desk:
    """Where pushes are made: a service, a journal, a clock, and what went wrong."""

    def __init__(self, client: Any, folder: Path) -> None:
        self.client = client
        self.unlucky = Unlucky(client)
        self.journal = folder / "journal.db"
        self.now_s = 1_800_000_000.0
        self.slept: list[float] = []
        self.waited: list[Kind] = []
        self.throttles: list[Kind] = []

    def push(self, *rows: dict[str, Any], text: str | None = None, **options: Any) -> list[Result]:
        """Push rows, or the text of a file, and list what became of each."""
        catalog = options.setdefault("catalog", "Sandbox")
        empty_clears = options.pop("empty_clears", False)
        given = (json.dumps(rows) if text is None else text).encode()
        calls = Calls(self.unlucky, self, self.slept.append, chance=lambda: 1.0)
        journal = Journal.open(self.journal, ACCOUNT, catalog)
        try:
            pusher = Pusher(self.unlucky, calls, journal, Options(**options), clock=lambda: self.now_s)
            return list(pusher.push(rows_of(given, shapes_of(self.client), catalog, empty_clears=empty_clears).rows))
        finally:
            journal.close()

    def records(self) -> list[dict[str, Any]]:
        """All opportunities, whole, in the order of their creation."""
        answer = self.client.list_opportunities(
            Catalog="Sandbox", Sort={"SortBy": "Identifier", "SortOrder": "ASCENDING"}, MaxResults=100
        )
        ids = [summary["Id"] for summary in answer["OpportunitySummaries"]]
        return [self.client.get_opportunity(Catalog="Sandbox", Identifier=identifier) for identifier in ids]

    def wait_for(self, kind: Kind) -> None:
        self.waited.append(kind)

    def throttled(self, kind: Kind) -> None:
        self.throttles.append(kind)

    def close(self) -> None:
        pass


class Current:
    """The engine of the test that is run. Making a client takes longer than most tests, so all share one."""

    engine: Engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)


@pytest.fixture(scope="session")
def shared() -> tuple[Current, Any]:
    current = Current()
    engine: Any = current
    return current, completing(client_of(engine, account=ACCOUNT))


@pytest.fixture
def desk(shared: tuple[Current, Any], tmp_path: Path) -> Desk:
    return desk_at_an_empty_service(shared, tmp_path)


def desk_at_an_empty_service(shared: tuple[Current, Any], folder: Path) -> Desk:
    """A desk whose clock is the service's, too: ClientTokens are forgotten when a day of it has passed."""
    current, client = shared
    desk = Desk(client, folder)
    current.engine = Engine.open(":memory:", clock=lambda: int(desk.now_s * 1000))
    return desk


def outcomes(results: Iterable[Result]) -> list[str]:
    """What became of each row, in one word."""
    return [result.outcome for result in results]
