"""What a test says to the admin API, as any HTTP client would."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cosell.cli.main import run
from tests.conftest import Server

JSON = {"Content-Type": "application/json"}


def ask(
    server: Server,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
    timeout: float = 60,
) -> tuple[int, Any]:
    """Status and JSON body of an answer. A body that is not a text is sent as JSON, and says so."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    sent = body if body is None or isinstance(body, str) else json.dumps(body)
    try:
        connection.request(method, f"/_cosell/{path}", sent, {**(JSON if sent is not None else {}), **(headers or {})})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def done(answer: tuple[int, Any]) -> Any:
    """The body of an answer that must be a success."""
    status, body = answer
    assert status == 200, body
    return body


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    """A server over an empty database in memory."""
    return serve("--db", ":memory:")


@pytest.fixture(scope="session")
def standing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests whose questions are refused, so that each finds it as it was."""
    server = Server("--db", ":memory:", cwd=tmp_path_factory.mktemp("standing"))
    yield server
    server.stop()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    """The one line in which a command tells a mistake."""
    assert run(list(arguments)) == code
    told = capsys.readouterr().err
    assert told.startswith("cosell: ")
    assert told.count("\n") == 1
    return told
