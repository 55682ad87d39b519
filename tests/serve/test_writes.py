"""Many changes at once: each is answered once it is durable, and nobody's failure is another's."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tests.complete_opportunity import complete
from tests.conftest import ACCOUNT, Server
from tests.serve.conftest import connected, until_closed

MANY = 100
"""More than become durable together."""


def request(token: str, body: str | None = None) -> bytes:
    """CreateOpportunity as it goes over the wire."""
    text = (body or json.dumps(complete(Catalog="Sandbox", ClientToken=token))).encode()
    return (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSPartnerCentralSelling.CreateOpportunity\r\n"
        b"Content-Type: application/x-amz-json-1.0\r\nConnection: close\r\n"
        b"Authorization: AWS4-HMAC-SHA256 Credential=%b/\r\nContent-Length: %d\r\n\r\n%b"
    ) % (ACCOUNT.encode(), len(text), text)


def test_changes_that_wait_for_the_database_are_all_answered(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve("--db", "pipeline.db")
    lock = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    connections = [connected(server) for _ in range(MANY + 3)]
    for number, connection in enumerate(connections[:MANY]):
        connection.sendall(request(f"number {number}"))
    connections[MANY].sendall(request("number 0"))  # once more
    connections[MANY + 1].sendall(request("", "no JSON"))
    connections[MANY + 2].sendall(request("gone"))
    connections[MANY + 2].close()
    lock.execute("ROLLBACK")
    lock.close()
    answers = [until_closed(connection) for connection in connections[: MANY + 2]]
    for connection in connections:
        connection.close()
    assert {answer.split()[1] for answer in answers[: MANY + 1]} == {b"200"}
    assert answers[MANY + 1].split()[1] == b"400"
    created = [json.loads(answer.partition(b"\r\n\r\n")[2])["Id"] for answer in answers[: MANY + 1]]
    assert len(set(created)) == MANY
    assert created[MANY] == created[0]
    stamps = [json.loads(answer.partition(b"\r\n\r\n")[2])["LastModifiedDate"] for answer in answers[:MANY]]
    assert len(set(stamps)) == MANY, "changes that are durable together still have stamps of their own"
    assert server.stop()[0] == 0
    client = serve("--db", "pipeline.db").client()
    for identifier in created:
        assert client.get_opportunity(Catalog="Sandbox", Identifier=identifier)["Id"] == identifier
