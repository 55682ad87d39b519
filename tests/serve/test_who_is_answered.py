"""An open server answers programs and its own pages, whatever they ask for, and no page of a stranger."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cosell.serve.origin import names_of, objection
from tests.complete_opportunity import complete
from tests.conftest import ACCOUNT, Finished, Server
from tests.serve.conftest import connected, until_closed

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

CREATE = json.dumps(complete(Catalog="Sandbox", ClientToken="1"))
LIST = '{"Catalog": "Sandbox"}'
PLAIN_JSON = {"Content-Type": "application/json"}
TARGET = {"X-Amz-Target": "AWSPartnerCentralSelling.CreateOpportunity", "Content-Type": "application/x-amz-json-1.0"}
API = [
    ("POST", "/", CREATE, TARGET),
    ("POST", "/CreateOpportunity", CREATE, PLAIN_JSON),
    ("POST", "/CreateOpportunity", CREATE, {"Content-Type": "text/plain"}),
    ("POST", "/ListOpportunities", LIST, PLAIN_JSON),
    ("GET", "/", None, {}),
    ("OPTIONS", "/CreateOpportunity", None, {"Access-Control-Request-Method": "POST"}),
    ("POST", "/nothing", "{}", PLAIN_JSON),
]
OTHERS = [
    *(("GET", path, None, {}) for path in ("/healthz", "/readyz", "/metrics", "/console/", "/console", "/_cosell/")),
    ("HEAD", "/metrics", None, {}),
    ("GET", "/_cosell/requests", None, {}),
    ("POST", "/_cosell/reset", "{}", PLAIN_JSON),
    ("POST", "/_cosell/seed", "{}", PLAIN_JSON),
    ("OPTIONS", "/_cosell/seed", None, {"Access-Control-Request-Method": "POST"}),
    ("POST", "/console/", "csrf=1", {"Content-Type": "application/x-www-form-urlencoded"}),
]
STRANGERS = [
    {"Host": "evil.example"},
    {"Host": "evil.example:4280"},
    {"Host": "10.0.0.1:4280"},
    {"Host": "localhost.evil.example"},
    {"Host": "127.0.0.1.evil.example:4280"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "null"},
    {"Origin": ""},
]
MALFORMED = [
    *(
        "",
        " ",
        "[::1",
        "::1]",
        "[::1]x",
        "[]",
        "[evil]",
        "[127.0.0.1]",
        "a b",
        "a/b",
        "user@localhost",
        "http://localhost",
    ),
    *(
        "localhost:port",
        "localhost:1:2",
        "localhost:123456",
        ".",
        "..",
        "a..b",
        ":80",
        "\xff",
        "[" * 5000,
        "a" * 5000 + "%",
    ),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in which nothing is ever created. Nobody reads its log meanwhile, so it must not be long."""
    server = Server("--db", ":memory:", "--log-level", "error", cwd=tmp_path_factory.mktemp("strangers"))
    yield server
    server.stop()


def asked(
    server: Server, method: str, path: str, body: str | None, headers: dict[str, str]
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()


def is_empty(server: Server) -> bool:
    return server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


@pytest.mark.parametrize("stranger", STRANGERS, ids=str)
def test_no_path_answers_pages_of_strangers(server: Server, stranger: dict[str, str]) -> None:
    for method, path, body, headers in [*API, *OTHERS]:
        status, _, text = asked(server, method, path, body, headers | stranger)
        assert status == 403, (method, path)
        assert method == "HEAD" or next(iter(stranger)) in text, (method, path)
    assert is_empty(server)


@pytest.mark.parametrize(("method", "path", "body", "headers"), API, ids=str)
def test_a_client_of_aws_can_read_why_it_is_refused(
    server: Server, method: str, path: str, body: str | None, headers: dict[str, str]
) -> None:
    status, told, text = asked(server, method, path, body, headers | {"Host": "evil.example"})
    assert (status, told["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert told["x-amzn-requestid"]
    assert json.loads(text)["__type"].endswith("#AccessDeniedException")
    assert "evil.example" in json.loads(text)["message"]
    assert "--allow-host evil.example" in json.loads(text)["message"]


@pytest.mark.parametrize(("method", "path", "body", "headers"), OTHERS, ids=str)
def test_whoever_asks_for_something_else_reads_it_as_text_or_as_the_admin_api_tells_it(
    server: Server, method: str, path: str, body: str | None, headers: dict[str, str]
) -> None:
    _, told, text = asked(server, method, path, body, headers | {"Host": "evil.example"})
    is_admin = path.startswith("/_cosell/")
    assert told["content-type"] == ("application/json" if is_admin else "text/plain; charset=utf-8")
    assert "x-amzn-errortype" not in told
    assert "evil.example" in (json.loads(text)["error"] if is_admin else text) or method == "HEAD"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.0.0.2", "[::1]", "[0::1]"])
@pytest.mark.parametrize("port", ["", ":", ":80", None])
def test_the_names_of_this_machine_are_answered_also_to_its_own_pages(
    server: Server, name: str, port: str | None
) -> None:
    host = name + (f":{server.port}" if port is None else port)
    for headers in ({"Host": host}, {"Host": host, "Origin": f"http://{host.lower()}"}):
        assert asked(server, "GET", "/healthz", None, headers)[0] == 200
        assert asked(server, "GET", "/_cosell/requests", None, headers)[0] == 200
        assert asked(server, "POST", "/ListOpportunities", LIST, PLAIN_JSON | headers)[0] == 200


def test_a_server_is_called_by_the_names_that_it_was_given(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:", "--allow-host", "Pipeline.example", "--allow-host", "host.docker.internal")
    for host in ("pipeline.example", "PIPELINE.example:4280", "host.docker.internal:4280", "127.0.0.1"):
        assert asked(server, "POST", "/ListOpportunities", LIST, PLAIN_JSON | {"Host": host})[0] == 200
    for host in ("evil.example", "x.pipeline.example", "docker.internal"):
        assert asked(server, "POST", "/ListOpportunities", LIST, PLAIN_JSON | {"Host": host})[0] == 403
    page = {"Host": "pipeline.example", "Origin": "https://pipeline.example"}  # behind a proxy that speaks TLS
    assert asked(server, "GET", "/_cosell/requests", None, page)[0] == 200


@pytest.mark.parametrize("name", ["http://pipeline.example", "pipeline.example:4280", "", "*", "a b"])
def test_a_name_that_no_server_can_have_is_reported(run: Callable[..., Finished], name: str) -> None:
    for command in ("serve", "console"):
        told = run(command, "--port", "0", "--allow-host", name)
        assert told.code == 2
        assert told.err.startswith("cosell: ")
        assert "is not a name of a host" in told.err


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        *(("192.0.2.7:4280", True), ("[2001:db8::1]:4280", True), ("cosell:4280", True), ("localhost", True)),
        *((socket.gethostname(), True), ("evil.example", False), ("pipeline.example", True)),
    ],
)
def test_beyond_loopback_addresses_and_names_that_no_stranger_can_have_are_answered(
    host: str, *, answered: bool
) -> None:
    names = names_of("0.0.0.0", ["pipeline.example"])
    assert (objection([(b"host", host.encode())], names) is None) == answered


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://pipeline.example", "https://pipeline.example"),
        ("HTTPS://Pipeline.Example:443/", "https://pipeline.example"),
        ("http://pipeline.example:80", "http://pipeline.example"),
        ("https://pipeline.example:8443", "https://pipeline.example:8443"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_pages_of_the_public_address_are_answered_whatever_host_the_proxy_names(url: str, origin: str) -> None:
    names = names_of("127.0.0.1", [], url)
    host = urlsplit(origin).netloc.encode()
    for named in (host, b"127.0.0.1:4280"):
        assert objection([(b"host", named), (b"origin", origin.encode())], names) is None
        for stranger in (b"https://evil.example", b"null", b"", origin.encode() + b":1"):
            assert objection([(b"host", named), (b"origin", stranger)], names) is not None
    assert objection([(b"host", b"evil.example")], names) is not None


@pytest.mark.parametrize(
    ("url", "told"),
    [
        *((url, "give it like https://pipeline.example") for url in ("pipeline.example", "ftp://a", "https://", "/")),
        *((url, "give it like https://") for url in ("https://a:b@c", "https://a:port", "https://[x]", "https://ä.de")),
        *((f"https://pipeline.example{end}", "give it a name of its own") for end in ("/cosell", "/?a", "?a=b", "#a")),
    ],
)
def test_a_public_address_that_cannot_be_is_reported_in_one_line(
    run: Callable[..., Finished], url: str, told: str
) -> None:
    finished = run("serve", "--port", "0", "--public-url", url)
    assert (finished.code, finished.out) == (2, "")
    assert told in finished.err
    assert len(finished.err.splitlines()) <= 2


@pytest.fixture
def stranger(server: Server) -> "PartnerCentralSellingAPIClient":
    """A boto3 client that calls the server by a name that is not its own."""
    client = server.client(ACCOUNT)

    def call_by_another_name(request: Any, **_: object) -> None:
        request.headers["Host"] = "pipeline.example"

    client.meta.events.register("before-send", call_by_another_name)
    return client


def test_boto3_tells_why_it_is_refused(stranger: "PartnerCentralSellingAPIClient") -> None:
    with pytest.raises(ClientError) as refusal:
        stranger.list_opportunities(Catalog="Sandbox")
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "--allow-host pipeline.example" in refusal.value.response["Error"]["Message"]
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


PATHS = ("/", "/CreateOpportunity", "/healthz", "/metrics", "/console/", "/_cosell/requests", "/a%ff", "*")


def said(server: Server, *lines: bytes) -> int:
    """The status of the answer to these lines."""
    with connected(server) as connection:
        connection.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]))
        answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.")
    return int(answer.split()[1])


@pytest.mark.parametrize("host", MALFORMED, ids=lambda host: host[:20])
def test_a_host_that_is_none_is_a_malformed_request(server: Server, host: str) -> None:
    for path in PATHS:
        assert said(server, b"GET %b HTTP/1.1" % path.encode(), b"Host: " + host.encode("latin-1")) == 400, path


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_request_names_its_host_once(server: Server, version: bytes) -> None:
    for path in PATHS:
        first = b"GET %b HTTP/%b" % (path.encode(), version)
        assert said(server, first) == 400
        assert said(server, first, b"Host: localhost", b"Host: localhost") == 400
        assert said(server, first, b"Host: localhost", b"Host: evil.example") == 400


def test_a_whole_address_as_the_target_is_a_name_too(server: Server) -> None:
    assert said(server, b"GET http://evil.example/metrics HTTP/1.1") == 403
    assert said(server, b"GET http://evil.example/metrics HTTP/1.1", b"Host: evil.example") == 403
    assert said(server, b"GET http://127.0.0.1/healthz HTTP/1.1", b"Host: 127.0.0.1") == 200
    assert said(server, b"CONNECT evil.example:443 HTTP/1.1", b"Host: evil.example:443") == 403


HOSTS = st.one_of(
    st.binary(max_size=60),
    st.text("[]:.%/@a0-_\\ \t", max_size=30).map(str.encode),
    st.ip_addresses().map(lambda address: str(address).encode()),
    st.ip_addresses(v=6).map(lambda address: b"[%b]" % str(address).encode()),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(b"[", b"")
@example(b"[::1]:", b"http://[")
@given(HOSTS, HOSTS)
def test_no_host_and_no_origin_is_too_strange_for_an_answer(server: Server, host: bytes, origin: bytes) -> None:
    lines = [b"GET /healthz HTTP/1.1", b"Host: " + host.translate(None, b"\r\n\0")]
    if origin:
        lines.append(b"Origin: " + origin.translate(None, b"\r\n\0"))
    assert said(server, *lines) in (200, 400, 403)
