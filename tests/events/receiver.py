"""Somebody who receives webhooks: checks each with the public library, and answers as it is told."""

import json
import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATIENCE_S = 60


class Receiver:
    """Listens on a port of its own. `status` is what it answers; `events` are those it took, in order."""

    def __init__(self) -> None:
        self.status: int | Callable[[dict[str, Any]], int] = 204
        self.events: list[dict[str, Any]] = []
        self.asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.headers: list[dict[str, str]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                Webhook(SECRET).verify(body, headers)
                event = json.loads(body)
                assert headers["webhook-id"] == event["id"]
                status = receiver.status if isinstance(receiver.status, int) else receiver.status(event)
                receiver.headers.append(headers)
                if 200 <= status < 300:
                    receiver.events.append(event)
                receiver.asked.put(event)
                self.send_response(status)
                if status == 307:
                    self.send_header("location", receiver.url + "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next(self) -> dict[str, Any]:
        """The next event that is offered, taken or not."""
        return self.asked.get(timeout=PATIENCE_S)

    def until(self, count: int) -> list[str]:
        """The opportunities of the first `count` different events that were taken, in the order of their arrival."""
        while len({event["id"] for event in self.events}) < count:
            self.next()
        first = {event["id"]: event["detail"]["opportunity"]["identifier"] for event in reversed(self.events)}
        return [first[event_id] for event_id in dict.fromkeys(event["id"] for event in self.events)]
