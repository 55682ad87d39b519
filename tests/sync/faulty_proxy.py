"""A proxy before a server that makes some calls fail, as a seed tells it.

Of a call it does one of these: pass it on; answer that the account calls too often, or that the service failed; close
the connection before or after the server has been asked; cut the answer's body off.
"""

import http.client
import random
import socket
import threading
from contextlib import closing, suppress
from typing import Final, Self

FAULTS: Final = ("throttled", "failed", "closed before", "closed after", "cut")
_ANSWERS: Final = {
    "throttled": (400, b'{"__type":"ThrottlingException","Message":"Rate exceeded"}'),
    "failed": (500, b'{"__type":"InternalServerException","Message":"Try again"}'),
}


class FaultyProxy:
    """Listens on `url`. `rate` is the part of calls that fail; it may be changed at any time."""

    def __init__(self, server_port: int, seed: int, rate: float) -> None:
        self.rate = rate
        self.faults = 0
        self._server_port = server_port
        self._chance = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        server = http.client.HTTPConnection("127.0.0.1", self._server_port, timeout=60)
        with (
            connection,
            connection.makefile("rb") as reader,
            closing(server),
            suppress(OSError, http.client.HTTPException),
        ):
            while request := reader.readline():
                headers = http.client.parse_headers(reader)
                body = reader.read(int(headers["Content-Length"]))
                fault = self._chance.choice(FAULTS) if self._chance.random() < self.rate else ""
                self.faults += bool(fault)
                if fault == "closed before":
                    return
                if fault in _ANSWERS:
                    status, answer = _ANSWERS[fault]
                else:
                    server.request(request.split()[0].decode(), "/", body, dict(headers))
                    response = server.getresponse()
                    status, answer = response.status, response.read()
                if fault == "closed after":
                    return
                head = f"HTTP/1.1 {status} .\r\nContent-Length: {len(answer)}\r\n"
                connection.sendall(f"{head}Content-Type: application/x-amz-json-1.0\r\n\r\n".encode())
                if fault == "cut":
                    connection.sendall(answer[: self._chance.randrange(len(answer))])
                    return
                connection.sendall(answer)
