"""A disk turns read-only under a running server: nothing acknowledged is lost, readiness and refusals say why."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Finished, Server
from tests.events.test_serving import until_settled
from tests.misfortunes.conftest import Clients, FailingDisk, until_ready, until_unready
from tests.misfortunes.test_lost_files import announced, listed
from tests.serve.conftest import get

WHY = "it is read-only ("


@pytest.fixture
def start(serve: Callable[..., Server], failing_disk: FailingDisk, tmp_path: Path) -> Callable[[], Server]:
    """Starts a server on the disk, with a sink elsewhere."""
    return lambda: serve(
        "--db", str(failing_disk.folder / "pipeline.db"), "--sink", f"file:{tmp_path / 'events.jsonl'}"
    )


def check_that_it_only_reads(server: Server, clients: Clients) -> None:
    """Changes are refused with the reason, and so is readiness; what is there can be read."""
    told = clients.until_refused()
    assert "ServiceUnavailableException" in told
    assert f"The database does not answer: {WHY}" in told
    assert until_unready(server).startswith(f"database: {WHY}")
    for _ in range(5):
        acknowledged = set(clients.acknowledged.values())
        assert acknowledged <= set(listed(server))
    assert [get(server, page)[0] for page in ("/healthz", "/metrics", "/console/")] == [200, 200, 200]


def check_that_nothing_is_lost(server: Server, clients: Clients, events: Path) -> None:
    until_settled(server)
    there = listed(server)
    assert set(clients.acknowledged.values()) <= set(there)
    assert len(set(clients.acknowledged.values())) == len(clients.acknowledged), "one opportunity for each token"
    assert announced(events) == there


def test_files_that_may_not_be_written_for_a_while_lose_nothing(
    start: Callable[[], Server], failing_disk: FailingDisk, tmp_path: Path
) -> None:
    server = start()
    with Clients(server) as clients:
        for _ in range(2):
            clients.until_more(20)
            assert get(server, "/readyz") == (200, "ready\n")
            failing_disk.freeze()
            check_that_it_only_reads(server, clients)
            failing_disk.thaw()
            until_ready(server)
        clients.until_more(20)
    check_that_nothing_is_lost(server, clients, tmp_path / "events.jsonl")
    code, log = server.stop()
    assert code == 0
    told = [line for line in map(json.loads, log.splitlines()) if line["event"].startswith("database ")]
    assert [line["event"] for line in told] == ["database fails", "database works again"] * 2
    assert all(line["reason"].startswith(WHY) for line in told if line["event"].endswith(" fails"))


def test_a_disk_that_has_turned_read_only_loses_nothing(
    start: Callable[[], Server], run: Callable[..., Finished], failing_disk: FailingDisk, tmp_path: Path
) -> None:
    server = start()
    with Clients(server) as clients:
        clients.until_more(20)
        with clients.quiet():
            failing_disk.fail()
        check_that_it_only_reads(server, clients)
        told = run("doctor", "--port", "0", "--db", str(failing_disk.folder / "pipeline.db"))
        assert told.code == 1
        assert "is read-only" in told.out
    assert server.stop()[0] == 0
    failing_disk.replace()
    server = start()
    assert get(server, "/readyz") == (200, "ready\n")
    check_that_nothing_is_lost(server, clients, tmp_path / "events.jsonl")
