"""A server that takes calls and answers as slowly as a test wants."""

import http.client
import socket
import threading
from contextlib import suppress
from typing import Literal

from tests.sync.listener import Listener

Manner = Literal["silent", "dripping head", "dripping body"]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 100000\r\n"


class SlowServer(Listener):
    """Listens on `url`. `asked` is set with the first call; `left` once its client has gone away."""

    def __init__(self, manner: Manner, pause_s: float = 0.01) -> None:
        self.asked = threading.Event()
        self.left = threading.Event()
        self._manner = manner
        self._pause_s = pause_s
        self._over = threading.Event()
        super().__init__()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        super().__exit__()

    def serve(self, connection: socket.socket) -> None:
        """See `Listener`."""
        with connection, connection.makefile("rb") as reader, suppress(OSError):
            reader.readline()
            headers = http.client.parse_headers(reader)
            reader.read(int(headers["Content-Length"]))
            self.asked.set()
            if self._manner == "dripping body":
                connection.sendall(_HEAD + b"\r\n")
            elif self._manner == "dripping head":
                connection.sendall(_HEAD + b"X-Drip: ")
            connection.settimeout(self._pause_s)
            while not self._over.is_set():
                try:
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    if self._manner != "silent":
                        connection.sendall(b" ")
                except OSError:
                    break
        self.left.set()
