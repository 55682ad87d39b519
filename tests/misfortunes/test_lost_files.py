"""A database whose files are deleted, moved away or replaced under a running server, and are back."""

import json
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import apsw
import pytest
from botocore.exceptions import ClientError

from tests.conftest import Finished, Server
from tests.events.test_serving import until_settled
from tests.misfortunes.conftest import Clients, until_ready, until_unready
from tests.serve.conftest import get
from tests.serve.test_workers import workers_of

GONE = "database: its file was deleted or moved away\n"


def identifiers_in(server: Server) -> list[str]:
    """All that the server lists, once it has a connection for it: none is opened to a file that is gone."""
    while True:
        with suppress(ClientError):
            return listed(server)


def listed(server: Server) -> list[str]:
    """All that the server lists."""
    pages = server.client().get_paginator("list_opportunities").paginate(Catalog="Sandbox")
    return sorted(one["Id"] for page in pages for one in page["OpportunitySummaries"])


def announced(events: Path) -> list[str]:
    """What a sink has got, each event once."""
    written = [json.loads(line) for line in events.read_text().splitlines()]
    about = {event["id"]: event["detail"]["opportunity"]["identifier"] for event in written}
    return sorted(about.values())


def move(files: Sequence[Path], folder: Path) -> list[Path]:
    """Move files into a folder: where they are now."""
    return [file.rename(folder / file.name) for file in files]


@pytest.mark.parametrize("what", ["the file", "all files", "the folder"])
def test_a_database_that_was_gone_and_is_back_goes_on_and_nothing_is_lost(
    serve: Callable[..., Server], tmp_path: Path, what: str
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    server = serve("--db", "home/pipeline.db", "--sink", "file:events.jsonl")
    with Clients(server) as clients:
        for _ in range(2):
            clients.until_more(10)
            assert get(server, "/readyz") == (200, "ready\n")
            if what == "the folder":
                home.rename(elsewhere)
            else:
                elsewhere.mkdir(exist_ok=True)
                moved = move(sorted(home.glob("pipeline.db" if what == "the file" else "pipeline.db*")), elsewhere)
            assert until_unready(server) == GONE
            assert "The database does not answer: its file was deleted or moved away." in clients.until_refused()
            acknowledged = set(clients.acknowledged.values())
            assert acknowledged <= set(identifiers_in(server)), "what is open can be read"
            assert not (home / "pipeline.db").exists(), "no other database is made in its place"
            if what == "the folder":
                elsewhere.rename(home)
            else:
                move(moved, home)
            until_ready(server)
        clients.until_more(10)
    until_settled(server)
    there = identifiers_in(server)
    assert set(clients.acknowledged.values()) <= set(there)
    assert len(set(clients.acknowledged.values())) == len(clients.acknowledged), "one opportunity for each token"
    assert announced(tmp_path / "events.jsonl") == there
    code, log = server.stop()
    assert code == 0
    told = [json.loads(line) for line in log.splitlines()]
    assert [line["event"] for line in told if line["event"].startswith("database ")] == [
        "database fails",
        "database works again",
    ] * 2
    assert "its file was deleted or moved away" in {line.get("reason") for line in told if line["event"] == "failed"}
    assert identifiers_in(serve("--db", "home/pipeline.db")) == there


def test_another_database_in_its_place_is_not_mixed_with_it(
    serve: Callable[..., Server], run: Callable[..., Finished], tmp_path: Path
) -> None:
    assert run("seed", "--count", "5", "--db", "other.db", "--account", "111122223333").code == 0
    server = serve("--db", "pipeline.db", "--sink", "file:events.jsonl")
    with Clients(server) as clients:
        clients.until_more(5)
        for suffix in ("", "-wal", "-shm"):
            (tmp_path / f"pipeline.db{suffix}").unlink()
        (tmp_path / "other.db").rename(tmp_path / "pipeline.db")
        clients.until_refused()
        clients.until_refused()
        reason = until_unready(server)
        acknowledged = set(clients.acknowledged.values())
    assert reason == "database: another file lies in the place of its file: only a restart opens that\n"
    assert acknowledged <= set(identifiers_in(server)), "what is read is of the former one"
    assert "another file lies in the place of its file" in clients.refusals[-1]
    server.stop()
    restarted = serve("--db", "pipeline.db")
    assert get(restarted, "/readyz")[0] == 200
    assert len(identifiers_in(restarted)) == 5, "nothing was written into the other one"


def test_a_log_that_was_deleted_is_brought_into_the_file_by_a_restart(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve("--db", "pipeline.db")
    with Clients(server) as clients:
        clients.until_more(5)
        (tmp_path / "pipeline.db-wal").unlink()
        assert "its write-ahead log was deleted or moved away" in clients.until_refused()
        assert until_unready(server) == "database: its write-ahead log was deleted or moved away\n"
    assert server.stop()[0] == 0
    assert set(clients.acknowledged.values()) <= set(identifiers_in(serve("--db", "pipeline.db")))


def test_a_table_that_was_lost_and_is_back_goes_on(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve("--db", "pipeline.db", "--sink", "file:events.jsonl")
    with Clients(server) as clients:
        clients.until_more(5)
        stranger = apsw.Connection(str(tmp_path / "pipeline.db"))
        stranger.set_busy_timeout(60_000)
        stranger.execute("ALTER TABLE outbox RENAME TO mislaid")
        told = clients.until_refused()
        assert "The database does not answer: its tables are not all there (no such table: outbox)." in told
        assert until_unready(server) == "database: its tables are not all there: outbox is lost\n"
        assert get(server, "/metrics")[0] == 200
        assert server.process.stderr is not None
        failure = next(line for line in server.process.stderr if "delivery of events fails" in line)
        stranger.execute("ALTER TABLE mislaid RENAME TO outbox")
        until_ready(server)
        clients.until_more(5)
    stranger.close()
    until_settled(server)
    assert announced(tmp_path / "events.jsonl") == identifiers_in(server)
    _, log = server.stop()
    assert json.loads(failure)["reason"]
    recovery = [line for line in log.splitlines() if "delivery of events" in line][-1]
    assert json.loads(recovery)["event"] == "delivery of events works again"


def test_a_link_to_the_database_that_is_turned_elsewhere_is_noticed(
    serve: Callable[..., Server], run: Callable[..., Finished], tmp_path: Path
) -> None:
    for name in ("first.db", "second.db"):
        assert run("seed", "--count", "1", "--db", name).code == 0
    link = tmp_path / "pipeline.db"
    link.symlink_to("first.db")
    server = serve("--db", "pipeline.db")
    assert get(server, "/readyz")[0] == 200
    link.unlink()
    link.symlink_to("second.db")
    assert "another file lies in the place" in until_unready(server)
    link.unlink()
    link.symlink_to("pipeline.db")
    assert until_unready(server).startswith("database: its file cannot be found: ")
    link.unlink()
    link.symlink_to("first.db")
    until_ready(server)


def test_a_copy_of_the_database_in_its_place_is_another_file(serve: Callable[..., Server], tmp_path: Path) -> None:
    """A backup that was put back under the server has not what the server was told since."""
    server = serve("--db", "pipeline.db")
    shutil.copy(tmp_path / "pipeline.db", tmp_path / "backup.db")
    (tmp_path / "backup.db").replace(tmp_path / "pipeline.db")
    assert "another file lies in the place of its file" in until_unready(server)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are found through Linux's /proc")
def test_a_worker_that_dies_is_not_replaced_by_one_with_another_database(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve("--db", "pipeline.db", "--workers", "2")
    with Clients(server) as clients:
        clients.until_more(5)
        before = workers_of(server)
        (tmp_path / "pipeline.db").rename(tmp_path / "elsewhere.db")
        clients.until_refused()
        os.kill(min(before), signal.SIGKILL)
        assert server.process.stderr is not None
        while "worker died" not in (line := server.process.stderr.readline()):
            pass
        while '"database fails"' not in line:
            line = server.process.stderr.readline()
        assert not (tmp_path / "pipeline.db").exists(), "no worker makes another database"
        (tmp_path / "elsewhere.db").rename(tmp_path / "pipeline.db")
        while len(workers_of(server) - {min(before)}) < 2:
            pass
        clients.until_more(5)
    assert set(clients.acknowledged.values()) <= set(identifiers_in(server))
    assert server.stop()[0] == 0
