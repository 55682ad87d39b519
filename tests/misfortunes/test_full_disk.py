"""A disk is full, and has room again: nothing acknowledged is lost, each event arrives, readiness tells the truth."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Finished, Server
from tests.events.test_serving import until_settled
from tests.misfortunes.conftest import Clients, Disk, SmallDisk, until_ready, until_unready
from tests.serve.conftest import get


def test_a_disk_that_is_full_for_a_while_loses_nothing(
    serve: Callable[..., Server], disk: Disk, tmp_path: Path
) -> None:
    server = serve("--db", str(disk.folder / "pipeline.db"), "--sink", f"file:{tmp_path / 'events.jsonl'}")
    with Clients(server) as clients:
        for _ in range(2):
            clients.until_more(20)
            assert get(server, "/readyz") == (200, "ready\n")
            disk.fill(server)
            told = clients.until_refused()
            reason = until_unready(server)
            assert reason.startswith(("database: its disk is full (", "database: its disk fails ("))
            assert "ServiceUnavailableException" in told
            assert any(
                f"The database does not answer: {full}" in told for full in ("its disk is full", "its disk fails")
            )
            assert [get(server, page)[0] for page in ("/healthz", "/metrics")] == [200, 200]
            listed = server.client().list_opportunities(Catalog="Sandbox", MaxResults=1)
            assert listed["OpportunitySummaries"], "what is there can be read"
            disk.empty(server)
            until_ready(server)
        clients.until_more(20)
    until_settled(server)
    pages = server.client().get_paginator("list_opportunities").paginate(Catalog="Sandbox")
    there = [one["Id"] for page in pages for one in page["OpportunitySummaries"]]
    acknowledged = sorted(clients.acknowledged.values())
    assert set(acknowledged) <= set(there)
    assert len(acknowledged) == len(set(acknowledged)), "one opportunity for each token"
    written = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    about = {event["id"]: event["detail"]["opportunity"]["identifier"] for event in written}
    assert sorted(about.values()) == sorted(there), "one event for each opportunity"
    code, log = server.stop()
    assert code == 0
    lines = [json.loads(line) for line in log.splitlines()]
    events = [line["event"] for line in lines if line["event"].startswith("database ")]
    assert events == ["database fails", "database works again"] * 2
    assert all("reason" in line for line in lines if line["event"].endswith(" fails"))


def test_doctor_says_that_the_disk_is_full(run: Callable[..., Finished], small_disk: SmallDisk) -> None:
    database = str(small_disk.folder / "pipeline.db")
    assert run("seed", "--count", "5", "--db", database).code == 0
    assert "is writable and whole" in run("doctor", "--port", "0", "--db", database).out
    small_disk.fill()
    told = run("doctor", "--port", "0", "--db", database)
    assert told.code == 1
    assert f"{database} cannot be written: its disk is full (" in told.out
    small_disk.empty()
    assert run("doctor", "--port", "0", "--db", database).code == 0


def test_doctor_says_that_the_file_system_is_read_only(run: Callable[..., Finished], small_disk: SmallDisk) -> None:
    database = str(small_disk.folder / "pipeline.db")
    assert run("seed", "--count", "5", "--db", database).code == 0
    small_disk.remount("ro")
    told = run("doctor", "--port", "0", "--db", database)
    assert told.code == 1
    assert f"{database} is read-only; check its rights, and how its file system is mounted" in told.out
