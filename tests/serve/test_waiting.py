"""A request waits for other writers until one deadline, and what only reads waits for nobody."""

import socket
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cosell.serve.admin.router import PREFIX
from cosell.serve.admin.routes import ROUTES
from tests.admin.conftest import ask, done
from tests.conftest import Server
from tests.serve.conftest import HEALTHY, connected, get, until_closed
from tests.serve.test_writes import request

SHORT = "import cosell.store.patience as p; p.LOCK_TIMEOUT_S = 5"
MANY = 40
"""So that they stand in line, and the log of it has room in a pipe."""
READS = [route for route in ROUTES if route.method == "GET" and not route.stream]
CHANGES = [
    ("reset", {}),
    ("refer", {}),
    ("clock", {"mode": "frozen"}),
    ("seed", {"count": 1}),
    ("events/replay", {"from": "start"}),
]


@pytest.fixture
def locked(serve_after: Callable[..., Server], tmp_path: Path) -> Iterator[Server]:
    """A server whose database another program has locked. It has a short deadline."""
    server = serve_after(SHORT, "--db", "pipeline.db")
    lock = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    yield server
    lock.close()


def soon(connection: socket.socket) -> bytes:
    """The answer, if it comes within less than two deadlines."""
    connection.settimeout(9)
    return until_closed(connection)


def test_many_changes_behind_a_lock_are_told_by_one_deadline(locked: Server) -> None:
    connections = [connected(locked) for _ in range(MANY)]
    for number, connection in enumerate(connections):
        connection.sendall(request(f"number {number}"))
        get(locked, "/healthz")  # so that they do not come all at once
    answers = [soon(connection) for connection in connections]
    for connection in connections:
        connection.close()
    assert {answer.split()[1] for answer in answers} == {b"503"}
    assert all(b"#ServiceUnavailableException" in answer for answer in answers)


def test_changes_by_the_admin_api_have_the_same_deadline(locked: Server) -> None:
    with ThreadPoolExecutor(2 * len(CHANGES)) as threads:
        told = list(threads.map(lambda change: ask(locked, "POST", change[0], change[1], timeout=9), CHANGES * 2))
    assert [status for status, _ in told] == [503] * len(told)
    assert all("try again" in answer["error"] for _, answer in told)


def test_what_only_reads_does_not_stand_in_the_line_of_writers(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve("--db", "pipeline.db")
    lock = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    waiting = [connected(server) for _ in range(3)]
    for number, connection in enumerate(waiting):
        connection.sendall(request(f"number {number}"))
    for route in READS:
        status, _ = ask(server, "GET", route.path.removeprefix(PREFIX) + question(route.path), timeout=5)
        assert status in (200, 404), route.path
    assert server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
    lock.execute("ROLLBACK")
    lock.close()
    assert {until_closed(connection).split()[1] for connection in waiting} == {b"200"}
    for connection in waiting:
        connection.close()


def question(path: str) -> str:
    """What an address has to be asked with."""
    return "?id=1-1" if path.endswith("/one") else ""


def test_beside_a_bulk_action_changes_are_told_to_try_again_and_reads_go_on(
    serve_after: Callable[..., Server],
) -> None:
    server = serve_after("import cosell.store.patience as p; p.LOCK_TIMEOUT_S = 0.5", "--db", "pipeline.db")
    client = server.client()
    with ThreadPoolExecutor(1) as threads:
        seeding = threads.submit(ask, server, "POST", "seed", {"count": 10_000})
        told = set()
        while not seeding.done():
            assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
            done(ask(server, "GET", "clock"))
            try:
                client.create_opportunity(Catalog="AWS", ClientToken="beside")
            except client.exceptions.ClientError as error:
                told.add(error.response["Error"]["Code"])
        assert done(seeding.result())["seeded"] == 10_000
    assert told == {"ServiceUnavailableException"}
    assert client.create_opportunity(Catalog="AWS", ClientToken="beside")["Id"]


def test_beside_a_bulk_action_in_memory_health_is_reported_and_reads_wait(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    with ThreadPoolExecutor(2) as threads:
        seeding = threads.submit(ask, server, "POST", "seed", {"count": 3_000})
        listing = threads.submit(server.client("000000000000").list_opportunities, Catalog="Sandbox")
        told = 0
        while not seeding.done():
            assert get(server, "/healthz") == HEALTHY
            told += 1
        assert told > 1
        assert done(seeding.result())["seeded"] == 3_000
        assert "OpportunitySummaries" in listing.result()


HELD = """
from pathlib import Path
from time import sleep
import cosell.serve.admin.events
import cosell.store.patience
from cosell.operations import OPERATIONS
cosell.store.patience.LOCK_TIMEOUT_S = 60
cosell.serve.admin.events.LOOK_S = 0.01
create = OPERATIONS["CreateOpportunity"]
def create_later(tx, request, context):
    Path("held").touch()
    while not Path("given back").exists():
        sleep(0.01)
    return create(tx, request, context)
OPERATIONS["CreateOpportunity"] = create_later
"""
GET = b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "path", ["/metrics", "/_cosell/events", "/_cosell/events?from=start", "/readyz", "/console/", "/_cosell/clock"]
)
def test_whoever_waits_for_a_database_in_memory_keeps_nobody_else_waiting(
    serve_after: Callable[..., Server], tmp_path: Path, path: str
) -> None:
    server = serve_after(HELD, "--db", ":memory:")
    streaming = connected(server)
    streaming.sendall(GET % b"/_cosell/events")
    assert streaming.recv(4096).startswith(b"HTTP/1.1 200 ")
    with connected(server) as creating, connected(server) as looking, streaming:
        creating.sendall(request("held"))
        while not (tmp_path / "held").exists():
            pass
        looking.sendall(GET % path.encode())
        for _ in range(50):
            assert get(server, "/healthz", timeout=30)[0] == 200
        (tmp_path / "given back").touch()
        assert until_closed(creating).split()[1] == b"200"
        assert looking.recv(4096).startswith(b"HTTP/1.1 200 ")
        while b"Opportunity Created" not in streaming.recv(4096):
            pass
