"""What a test says to a server without a client."""

import http.client
import socket
from typing import Protocol
from urllib.parse import urlsplit

from cosell.wire.model import model_source
from tests.conftest import Server

HEALTHY = 200, f"ok, service model {model_source().month}\n"
"""What `/healthz` answers."""


class Listening(Protocol):
    """A program that answers on a port of this machine."""

    port: int


def get(server: Listening, path: str, timeout: float = 60) -> tuple[int, str]:
    """Status and body of a page."""
    return fetched(f"http://127.0.0.1:{server.port}{path}", timeout)


def fetched(url: str, timeout: float = 60, method: str = "GET") -> tuple[int, str]:
    """Status and body of a page at an address, over a connection of its own."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=timeout)
    try:
        connection.request(method, address.path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def connected(server: Listening) -> socket.socket:
    """A connection on which nothing was said."""
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def until_closed(connection: socket.socket) -> bytes:
    """All that comes before the server closes the connection."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def wait_until_nobody_listens(server: Server) -> None:
    """Returns once connections are refused."""
    while True:
        try:
            connected(server).close()
        except ConnectionResetError:  # it was waiting to be accepted when the door closed
            continue
        except ConnectionRefusedError:
            return
