"""From the readiness line to the end."""

import json
import re
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.complete_opportunity import complete
from tests.conftest import Finished, Server
from tests.serve.conftest import HEALTHY, connected, fetched, get, until_closed, wait_until_nobody_listens

HEAD = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSPartnerCentralSelling.CreateOpportunity\r\n"
    b"Content-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
)


def test_the_first_line_says_where_it_answers(serve: Callable[..., Server]) -> None:
    server = serve("--port", "0")
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]*", server.url)
    assert get(server, "/healthz") == HEALTHY
    assert get(server, "/readyz") == (200, "ready\n")


def test_an_older_model_is_served_by_every_worker(serve: Callable[..., Server]) -> None:
    server = serve("--db", "pipeline.db", "--workers", "2", "--model", "2026-06")
    for _ in range(8):
        assert get(server, "/healthz") == (200, "ok, service model 2026-06\n")
        refused = fetched(f"{server.url}/SearchOpportunities", method="POST")
        assert (refused[0], "UnknownOperationException" in refused[1]) == (404, True)


def test_a_model_that_is_not_kept_is_reported(run: Callable[..., Finished]) -> None:
    told = run("serve", "--port", "0", "--model", "2024-01")
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "--model '2024-01' is not the month of a service model; choose from 2026-06, 2026-10, 20" in told.err


def test_an_ipv6_loopback_is_served_too(serve: Callable[..., Server]) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    server = serve("--host", "::1")
    assert server.url.startswith("http://[::1]:")
    assert server.client().list_opportunities(Catalog="AWS")["OpportunitySummaries"] == []


def test_a_taken_port_is_reported_in_one_line(serve: Callable[..., Server], run: Callable[..., Finished]) -> None:
    port = str(serve().port)
    refused = run("serve", "--port", port)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"cosell: port {port} is in use; stop the other server, or take --port 0\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--host", "0.0.0.0"], "--host '0.0.0.0' lets anyone who reaches it read and change everything"),
        (["--host", "example.com"], "--host 'example.com' is not an IP address"),
        (["--host", "192.0.2.1", "--insecure", "--port", "0"], "cannot listen on 192.0.2.1:0"),
        (["--db", "mysql://localhost/pipeline"], "cannot open mysql:// databases"),
        (["--db", "no/such/folder.db"], "no/such/folder.db cannot be opened"),
        (["--workers", "2", "--db", ":memory:"], "several workers cannot share :memory:"),
        (["--port", "70000"], "--port '70000' is not a whole number from 0 to 65535"),
    ],
)
def test_what_cannot_be_served_is_reported_in_one_line(
    run: Callable[..., Finished], arguments: list[str], line: str
) -> None:
    refused = run("serve", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("cosell: ")
    assert line in refused.err
    assert refused.err.count("\n") == 1


def test_beyond_loopback_it_listens_where_that_is_said_aloud(serve: Callable[..., Server]) -> None:
    assert get(serve("--host", "0.0.0.0", "--insecure"), "/healthz")[0] == 200


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_answer_in_progress_arrives_although_the_server_is_told_to_stop(
    serve: Callable[..., Server], tmp_path: Path, workers: str
) -> None:
    server = serve("--db", "pipeline.db", "--workers", workers)
    body = json.dumps(complete(Catalog="Sandbox", ClientToken="under-way")).encode()
    with connected(server) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert b"100 Continue" in connection.recv(1024)  # the server waits for the body: it is under way
        lock = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        connection.sendall(body)
        server.process.terminate()
        wait_until_nobody_listens(server)
        lock.execute("ROLLBACK")
        lock.close()
        answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"Id":"O1000001"' in answer
    server.process.communicate(timeout=30)
    assert server.process.returncode == 0
    identifiers = serve("--db", "pipeline.db").client("000000000000").list_opportunities(Catalog="Sandbox")
    assert [summary["Id"] for summary in identifiers["OpportunitySummaries"]] == ["O1000001"]


def test_an_idle_client_does_not_hold_up_the_end(serve: Callable[..., Server]) -> None:
    server = serve()
    with connected(server):
        code, log = server.stop()
    assert code == 0
    assert '"event": "stopped"' in log


def test_a_database_that_does_not_answer_makes_it_unready_but_not_dead(
    serve_after: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve_after("import cosell.store.patience as p; p.LOCK_TIMEOUT_S = 0.05", "--db", "pipeline.db")
    lock = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    status, reason = get(server, "/readyz")
    assert status == 503
    assert reason.startswith("database: the writer has been at work for")
    assert get(server, "/healthz") == HEALTHY
    client = server.client()
    assert client.list_opportunities(Catalog="AWS")["OpportunitySummaries"] == []
    with pytest.raises(client.exceptions.ClientError, match="The database does not answer") as unavailable:
        client.create_opportunity(Catalog="AWS", ClientToken="locked-out")
    assert unavailable.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    lock.execute("ROLLBACK")
    lock.close()
    assert get(server, "/readyz") == (200, "ready\n")
    assert client.create_opportunity(Catalog="AWS", ClientToken="locked-out")["Id"]
