"""HTTP without a client, and a line to a server that loses answers."""

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

from tests.conftest import ACCOUNT, Server

TARGET = "AWSPartnerCentralSelling."


def raw(
    server: Server,
    operation: str,
    request: Any,
    *,
    path_style: bool = False,
    more_headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[http.client.HTTPResponse, Any]:
    """The response, already read, and its JSON."""
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-1/any/aws4_request"}
    if path_style:
        headers["Content-Type"] = "application/json; charset=UTF-8"
    else:
        headers |= {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": TARGET + operation}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(
            "POST", f"/{operation}" if path_style else "/", json.dumps(request), {**headers, **more_headers}
        )
        response = connection.getresponse()
        return response, json.loads(response.read())
    finally:
        connection.close()


class Line:
    """A port that passes everything on to a server, but closes before the first `answers_lost` answers come back."""

    def __init__(self, port: int, *, answers_lost: int) -> None:
        self._port = port
        self._to_lose = answers_lost
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with near, socket.create_connection(("127.0.0.1", self._port)) as far:
                far.sendall(_message(near))
                answer = _message(far)
                if self._to_lose:
                    self._to_lose -= 1
                else:
                    near.sendall(answer)


def _message(connection: socket.socket) -> bytes:
    """A whole HTTP message that tells its body's length."""
    message = b""
    while b"\r\n\r\n" not in message:
        message += connection.recv(65536)
    head, _, body = message.partition(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
