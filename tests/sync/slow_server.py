"""A server that takes calls and answers as slowly as a test wants."""

import http.client
import socket
import threading
from contextlib import suppress
from typing import Literal, Self

Manner = Literal["silent", "dripping head", "dripping body"]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 100000\r\n"


class SlowServer:
    """Listens on `url`. `asked` is set with the first call; `left` once its client has gone away."""

    def __init__(self, manner: Manner, pause_s: float = 0.01) -> None:
        self.asked = threading.Event()
        self.left = threading.Event()
        self._manner = manner
        self._pause_s = pause_s
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
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
