"""Requests that are too long or too slow are answered or cut off, and the next one is served."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Server
from tests.serve.conftest import connected, get, until_closed

MIB = 1024 * 1024
HEAD = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSPartnerCentralSelling.ListOpportunities\r\n"
    b"Content-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
)
SHORT_LIMITS = (
    "import cosell.serve.app, cosell.serve.server\n"
    "import cosell.serve.deadlines; cosell.serve.deadlines.SWEEP_S = 0.05\n"
    "cosell.serve.app.BODY_TIMEOUT_S = 0.2; cosell.serve.server.HEADER_TIMEOUT_MS = 300"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(cwd=tmp_path_factory.mktemp("limits"))
    yield server
    server.stop()


def said(server: Server, *parts: bytes) -> bytes:
    """All that comes back for these bytes; the server may stop listening before their end."""
    with connected(server) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return until_closed(connection)


def sized(length: int) -> list[bytes]:
    return [HEAD, b"Content-Length: %d\r\n\r\n" % length, b" " * length]


def chunked(length: int) -> list[bytes]:
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    return [HEAD, b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * (length // 0x8000), b"1\r\n \r\n0\r\n\r\n"]


@pytest.mark.parametrize("body", [sized, chunked])
@pytest.mark.parametrize("length", [MIB + 1, 8 * MIB])
def test_a_body_beyond_a_mebibyte_is_refused(server: Server, body: Callable[[int], list[bytes]], length: int) -> None:
    answer = said(server, *body(length))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["__type"].endswith("#RequestEntityTooLargeException")
    assert get(server, "/readyz")[0] == 200


@pytest.mark.parametrize("body", [sized, chunked])
def test_a_body_of_a_mebibyte_is_read(server: Server, body: Callable[[int], list[bytes]]) -> None:
    answer = said(server, *body(MIB - 0x8000))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"SerializationException" in answer


@pytest.mark.parametrize("headers", [b"X-Long: " + b"x" * 20_000, b"\r\n".join([b"X-Many: x"] * 2_000)])
def test_a_head_beyond_sixteen_kibibytes_is_refused(server: Server, headers: bytes) -> None:
    assert said(server, HEAD, headers, b"\r\n\r\n").startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("rubbish", [b"rubbish\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n"])
def test_what_is_not_http_is_refused(server: Server, rubbish: bytes) -> None:
    assert said(server, rubbish).startswith(b"HTTP/1.1 400 ")


def test_slow_senders_are_cut_off(serve_after: Callable[..., Server]) -> None:
    server = serve_after(SHORT_LIMITS)
    with connected(server) as silent, connected(server) as slow_head:
        slow_head.sendall(HEAD)
        assert until_closed(silent) == b""
        assert until_closed(slow_head) == b""
    for head in [HEAD, HEAD.replace(b"Connection: close\r\n", b"")] * 3:
        with connected(server) as slow_body:
            slow_body.sendall(head + b'Content-Length: 100\r\n\r\n{"Catalog"')
            answer = until_closed(slow_body)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["__type"].endswith("#RequestTimeoutException")
    assert get(server, "/readyz")[0] == 200


def test_a_client_that_goes_away_in_the_middle_does_no_harm(server: Server) -> None:
    for _ in range(5):
        with connected(server) as connection:
            connection.sendall(HEAD + b'Content-Length: 100\r\n\r\n{"Catalog"')
    assert get(server, "/readyz")[0] == 200
