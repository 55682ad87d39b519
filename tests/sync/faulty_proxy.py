"""A proxy before a server that makes some calls fail, as a seed tells it.

Of a call it does one of these: pass it on; answer that the account calls too often, or that the service failed; close
the connection before or after the server has been asked; cut the answer's body off.
"""

import http.client
import random
import socket
from contextlib import closing, suppress
from typing import Final

from tests.sync.listener import Listener

FAULTS: Final = ("throttled", "failed", "closed before", "closed after", "cut")
_ANSWERS: Final = {
    "throttled": (400, b'{"__type":"ThrottlingException","Message":"Rate exceeded"}'),
    "failed": (500, b'{"__type":"InternalServerException","Message":"Try again"}'),
}


class FaultyProxy(Listener):
    """Listens on `url`. `rate` is the part of calls that fail; it may be changed at any time."""

    def __init__(self, server_port: int, seed: int, rate: float) -> None:
        self.rate = rate
        self.faults = 0
        self._server_port = server_port
        self._chance = random.Random(seed)
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        """See `Listener`."""
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
