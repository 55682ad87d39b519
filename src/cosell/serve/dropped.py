"""Closing a connection without an answer, which ASGI does not support."""

import socket
from contextlib import suppress

from cosell.serve.connections import own_sockets


def drop(client: tuple[str, str]) -> None:
    """Close the connection of this process with a client, named by its host and port, if it is still there."""
    for connection in own_sockets():
        with suppress(OSError):  # one that listens, or that is closed meanwhile
            if connection.getpeername()[:2] == (client[0], int(client[1])):
                connection.shutdown(socket.SHUT_RDWR)
