"""Whoever holds connections on which nothing goes on does not keep others from being answered."""

import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cosell.sync.targets.open import open_target
from tests.admin.conftest import ask, done
from tests.conftest import Server
from tests.console.test_mirror import Shown
from tests.serve.conftest import HEALTHY, connected, get, until_closed

COUNT = 2_000
KINDS = 5
PATIENCE_S = 60
"""How long a client waits for an answer, on a machine that does other things as well. Nobody is let go within it, so an
answer is one that has waited for none of them. Measured on two busy processors: reads 25 ms at most, writes 340."""
FEW_FILES = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (1024, r.getrlimit(r.RLIMIT_NOFILE)[1]))"
"""What a shell gives to its programs on most machines."""
NOBODY_IS_LET_GO = (
    "import cosell.serve.server as s, cosell.serve.app as a, cosell.serve.connections as c;"
    " s.HEADER_TIMEOUT_MS = c.UNREAD_MS = 600_000; a.BODY_TIMEOUT_S = 600"
)
HEAD = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSPartnerCentralSelling.ListOpportunities\r\n"
    b"Content-Type: application/x-amz-json-1.0\r\n"
)
BODY = b'{"Catalog": "Sandbox", "MaxResults": 100}'
LONG_LIST = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
OPEN_CONNECTIONS = Path("/proc/net/tcp")
ALIVE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Shown]:
    """A console over a mirror that has nothing."""
    open_target(str(tmp_path / "mirror.db")).close()
    shown = Shown(str(tmp_path / "mirror.db"), tmp_path)
    yield shown
    shown.stop()


@pytest.fixture
def many_files() -> Iterator[None]:
    """Lets this process open as many connections as the tests need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = COUNT + 500
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"a process may have only {hard} open files: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def silent(_: socket.socket) -> None:
    """Says nothing."""


def in_the_head(connection: socket.socket) -> None:
    connection.sendall(HEAD)


def in_the_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")


def between_requests(connection: socket.socket) -> None:
    connection.sendall(ALIVE)
    assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def with_an_unread_answer(connection: socket.socket) -> None:
    connection.sendall(LONG_LIST)


WAYS_TO_STALL = (silent, in_the_head, in_the_body, between_requests, with_an_unread_answer)


def stall(
    stack: ExitStack, server: Server | Shown, ways: tuple[Callable[[socket.socket], None], ...]
) -> list[socket.socket]:
    """Open COUNT connections on which nothing goes on."""
    opened = []
    for number in range(COUNT):
        connection = stack.enter_context(connected(server))
        ways[number % len(ways)](connection)
        opened.append(connection)
    return opened


def is_held(connection: socket.socket) -> bool:
    """Whether the server has not closed a connection."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True


@pytest.mark.usefixtures("many_files")
def test_two_thousand_connections_of_all_kinds_keep_nobody_from_being_answered(
    serve_after: Callable[..., Server],
) -> None:
    server = serve_after(f"{FEW_FILES}\n{NOBODY_IS_LET_GO}", "--db", ":memory:", "--log-level", "error")
    done(ask(server, "POST", "seed", {"count": 200}))
    with ExitStack() as stack:
        opened = stall(stack, server, WAYS_TO_STALL)
        for number in range(5):
            assert get(server, "/healthz", timeout=PATIENCE_S) == HEALTHY
            assert get(server, "/readyz", timeout=PATIENCE_S)[0] == 200
            answer = ask(server, "POST", "seed", {"count": 1, "seed": number}, timeout=PATIENCE_S)
            assert answer[0] == 200
            with connected(server) as connection:
                connection.settimeout(PATIENCE_S)
                connection.sendall(LONG_LIST)
                assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert all(is_held(connection) for connection in opened), "nobody was let go for the others"
        for connection in opened[3::KINDS]:
            connection.settimeout(PATIENCE_S)
            between_requests(connection)


@pytest.mark.usefixtures("many_files")
def test_two_thousand_connections_keep_nobody_from_looking_at_a_mirror(site: Shown) -> None:
    with ExitStack() as stack:
        stall(stack, site, (silent, in_the_head, in_the_body))
        for _ in range(5):
            assert get(site, "/console/", timeout=PATIENCE_S)[0] == 200


@pytest.mark.parametrize("way", [silent, in_the_head, between_requests])
def test_a_connection_without_a_whole_head_is_closed(
    serve_after: Callable[..., Server], way: Callable[[socket.socket], None]
) -> None:
    server = serve_after("import cosell.serve.server; cosell.serve.server.HEADER_TIMEOUT_MS = 300")
    with connected(server) as connection:
        way(connection)
        assert until_closed(connection) == b""


@pytest.mark.skipif(not OPEN_CONNECTIONS.exists(), reason="connections are looked up in Linux's /proc")
def test_a_client_that_reads_nothing_is_disconnected(serve_after: Callable[..., Server]) -> None:
    server = serve_after("import cosell.serve.connections; cosell.serve.connections.UNREAD_MS = 300")
    done(ask(server, "POST", "seed", {"count": 200}))
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(60)
        reader.connect(("127.0.0.1", server.port))
        reader.sendall(LONG_LIST * 200)  # more than all buffers between the two can hold
        while is_open(server.port, reader.getsockname()[1]):
            time.sleep(0.05)
    assert get(server, "/readyz")[0] == 200


def is_open(port: int, of_client: int) -> bool:
    """Whether the connection of a port with a client's is established, as the system sees it at the port's end."""
    ends = f":{port:04X} 0100007F:{of_client:04X} 01 "
    return ends in OPEN_CONNECTIONS.read_text()
