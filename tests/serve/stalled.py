"""Clients that hold up whoever waits for them: none of them takes, or gives, what it should."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.conftest import Server
from tests.serve.conftest import get

LOOKS = 50
"""Answers to others after which a queue that has not moved is taken to be stuck."""
SMALL_BUFFER = 4096
MANY = 500
"""Answers that no buffer between the two holds."""


def connection_that_takes_little(server: Server) -> socket.socket:
    """A connection whose client's side of the buffer is small."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", server.port))
    return connection


def said_and_never_read(request: bytes, times: int) -> Callable[[Server], socket.socket]:
    """Somebody who asks so many times, and reads no answer."""

    def come(server: Server) -> socket.socket:
        connection = connection_that_takes_little(server)
        connection.setblocking(False)
        with suppress(BlockingIOError):  # the server has stopped reading as well
            for _ in range(times):
                connection.send(request)
        return connection

    return come


def wait_until_stuck(server: Server, connection: socket.socket) -> None:
    """Returns once the server has something for the client that does not get any further. Linux tells of its queues."""
    last = -1
    for look in count():
        waiting = _waiting_for(connection)
        if waiting != last:
            last, since = waiting, look
        elif waiting and look - since >= LOOKS:
            return
        get(server, "/healthz")


def _waiting_for(connection: socket.socket) -> int:
    """Bytes that the server's side holds for a client."""
    ours = f"0100007F:{connection.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, _, queues, *_ = line.split()
        if remote == ours:
            return int(queues.partition(":")[0], 16)
    return 0


def operation(name: str, body: bytes, length: int | None = None) -> bytes:
    """A call as it goes over the wire."""
    head = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSPartnerCentralSelling.%b\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (name.encode(), len(body) if length is None else length) + body


def page(path: str) -> bytes:
    """What a browser asks for."""
    return b"GET %b HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n" % path.encode()


def dripping_body(server: Server) -> socket.socket:
    """Somebody who sends a byte of a long body now and then."""
    connection = connection_that_takes_little(server)
    connection.sendall(operation("CreateOpportunity", b"", length=100_000))
    gone = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            while not gone.wait(0.2):
                connection.sendall(b" ")

    threading.Thread(target=drip, daemon=True).start()
    return connection


LIST = operation("ListOpportunities", b'{"Catalog": "Sandbox", "MaxResults": 100}')
DRIPS = "a body that drips"
STALLED: dict[str, Callable[[Server], socket.socket]] = {
    "answers that are not read": said_and_never_read(LIST, MANY),
    "a console table that is not read": said_and_never_read(page("/console/opportunities"), MANY),
    "a stream of events that is not read": said_and_never_read(page("/_cosell/events?from=start"), 1),
    DRIPS: dripping_body,
}
