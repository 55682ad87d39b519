"""`cosell events tail` follows a server that breaks lines, goes away, or is none."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from cosell.cli import admin
from cosell.errors import UserError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
RESET = struct.pack("ii", 1, 0)


@contextmanager
def server_that_says(answers: Sequence[bytes], asked: list[bytes]) -> Iterator[str]:
    """Gives one answer to each connection, and then resets it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        for said in answers:
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(said)
                connection.recv(1)  # until the client has read so far as to want more, or is gone
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join()
    listener.close()


def test_a_line_that_breaks_is_taken_up_where_it_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "RECONNECT_AFTER_S", 0)
    monkeypatch.setattr(admin, "TIMEOUT_S", 0.2)
    asked: list[bytes] = []
    answers = [
        HEAD + b": cosell\nid: 6\n\nid: 7\ndata: one\n\nid: 8\nda",
        HEAD.replace(b"200 OK", b"503 Service Unavailable"),
        HEAD + b"id: 8\ndata: two\n\n",
    ]
    with server_that_says(answers, asked) as url:
        events = admin.events(url, account="111122223333")
        assert [next(events), next(events)] == ["one", "two"]
        events.close()  # type: ignore[attr-defined]
    assert [b"last-event-id: 7" in request.lower() for request in asked] == [False, True, True], (
        "what was cut off comes again"
    )
    assert all(b"GET /_cosell/events?account=111122223333 " in request for request in asked)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "is not cosell"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>", "is not a cosell, or an older one (status 404)"),
    ],
)
def test_a_server_that_is_no_cosell_is_reported_in_one_line(answer: bytes, told: str) -> None:
    with server_that_says([answer], []) as url, pytest.raises(UserError) as refused:
        admin.ask(url, "events/sinks")
    assert told in refused.value.message


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(UserError, match="is not an address of a server"):
        next(admin.events("file:///etc/passwd"))
