"""`cosell seed`: the same arguments give the same bytes, and whoever follows the catalog misses nothing."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import cosell
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, COSELL, Finished, Server

Run = Callable[..., Finished]

DAY = "2026-06-30T12:00:00Z"


def test_the_same_count_seed_and_moment_give_the_same_bytes(run: Run) -> None:
    for name in ("a.db", "b.db"):
        assert run("seed", "--count", "300", "--seed", "7", "--now", DAY, "--db", name).code == 0
    run("seed", "--count", "300", "--seed", "8", "--now", DAY, "--db", "c.db")
    first, second, other = (run("dump", "--db", name).out for name in ("a.db", "b.db", "c.db"))
    assert first.count("\n") == 300
    assert first == second
    assert first != other


def test_one_line_tells_what_was_done_and_nothing_else_is_printed(run: Run) -> None:
    done = run("seed", "--count", "10", "--db", "pipeline.db", "--account", ACCOUNT, "--catalog", "AWS")
    assert done.out == f"seeded 10 opportunities into pipeline.db (account {ACCOUNT}, catalog AWS)\n"
    assert done.err == ""
    assert (
        run("seed", "--count", "0").out
        == "seeded 0 opportunities into cosell.db (account 000000000000, catalog Sandbox)\n"
    )


def test_a_client_lists_what_was_seeded_in_every_order(run: Run, tmp_path: Path) -> None:
    count = 6_000  # enough for the indexes to be made anew
    assert run("seed", "--count", str(count), "--db", "pipeline.db", "--account", ACCOUNT).code == 0
    client = completing(cosell.connect(str(tmp_path / "pipeline.db"), account=ACCOUNT))
    pages = client.get_paginator("list_opportunities").paginate(
        Catalog="Sandbox",
        LifeCycleStage=["Committed"],
        Sort={"SortBy": "CustomerCompanyName", "SortOrder": "ASCENDING"},
        PaginationConfig={"PageSize": 100},
    )
    committed = [summary for page in pages for summary in page["OpportunitySummaries"]]
    names = [summary["Customer"]["Account"]["CompanyName"].casefold() for summary in committed]
    assert names == sorted(names)
    assert 0 < len(committed) < count
    newest, *_ = client.list_opportunities(Catalog="Sandbox", MaxResults=1)["OpportunitySummaries"]
    details = client.get_opportunity(Catalog="Sandbox", Identifier=newest["Id"])
    assert details["LastModifiedDate"] == newest["LastModifiedDate"]
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="next")
    assert created["Id"] == f"O{1_000_001 + count}"
    assert created["LastModifiedDate"] > newest["LastModifiedDate"]


def test_seeding_again_appends_behind_whatever_a_reader_has_seen(run: Run, tmp_path: Path) -> None:
    run("seed", "--count", "50", "--db", "pipeline.db", "--account", ACCOUNT)
    client = completing(cosell.connect(str(tmp_path / "pipeline.db"), account=ACCOUNT))
    seen = client.list_opportunities(Catalog="Sandbox", MaxResults=100)["OpportunitySummaries"]
    watermark = seen[0]["LastModifiedDate"]
    done = run("seed", "--count", "40", "--seed", "2", "--db", "pipeline.db", "--account", ACCOUNT)
    assert "stamps moved after the existing ones" in done.out
    fresh = client.list_opportunities(
        Catalog="Sandbox", MaxResults=100, LastModifiedDate={"AfterLastModifiedDate": watermark}
    )["OpportunitySummaries"]
    stamps = {summary["LastModifiedDate"] for summary in fresh}
    assert len(fresh) == 41, "the last one seen and all that are new"
    assert len(stamps) == 41
    assert {summary["Id"] for summary in fresh[:-1]} == {f"O{1_000_051 + number}" for number in range(40)}
    assert all(summary["CreatedDate"] <= summary["LastModifiedDate"] for summary in fresh)


def test_the_moment_that_it_looks_back_from_is_an_argument(run: Run) -> None:
    run("seed", "--count", "30", "--now", "2031-01-15T00:00:00Z", "--db", "later.db")
    assert '"CreatedDate":"2030-' in run("dump", "--db", "later.db").out


def test_without_a_moment_the_pipeline_looks_back_from_today_by_the_clock_of_the_database(
    run: Run, serve: Callable[..., Server]
) -> None:
    serve("--db", "moved.db", "--clock", "frozen:2031-01-15T09:30:00Z").stop()
    for name, today in (("usual.db", datetime.now(UTC)), ("moved.db", datetime(2031, 1, 15, tzinfo=UTC))):
        assert run("seed", "--count", "300", "--db", name).code == 0
        records = [json.loads(line) for line in run("dump", "--db", name).out.splitlines()]
        newest = max(datetime.fromisoformat(record["LastModifiedDate"]) for record in records)
        assert today - timedelta(days=5) < newest <= today


@pytest.mark.parametrize("text", ["yesterday", "0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z"])
def test_a_moment_that_is_none_is_refused_in_one_line(run: Run, text: str) -> None:
    done = run("seed", "--now", text)
    assert done.code == 2
    assert f"'{text}' is not a moment" in done.err
    assert "Traceback" not in done.err


def test_after_ctrl_c_the_database_is_as_before(run: Run, tmp_path: Path) -> None:
    run("seed", "--count", "5", "--db", "pipeline.db")
    before = run("dump", "--db", "pipeline.db").out
    process = subprocess.Popen(
        [*COSELL, "seed", "--count", "2000000", "--db", "pipeline.db", "--catalog", "AWS"], cwd=tmp_path
    )
    log = tmp_path / "pipeline.db-wal"
    while process.poll() is None and not (log.exists() and log.stat().st_size > 1_000_000):
        pass
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert run("dump", "--db", "pipeline.db").out == before
    assert run("dump", "--db", "pipeline.db", "--catalog", "AWS").out == ""


@pytest.mark.parametrize("command", ["seed", "load"])
def test_progress_is_shown_on_a_terminal_only(run: Run, tmp_path: Path, command: str) -> None:
    run("seed", "--count", "600", "--db", "source.db")
    (tmp_path / "source.jsonl").write_text(run("dump", "--db", "source.db").out)
    arguments = {"seed": ["seed", "--count", "600"], "load": ["load", "source.jsonl"]}[command]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COSELL, *arguments],
        cwd=tmp_path,
        stderr=theirs,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the terminal is gone with the program
        pass
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0
    assert out.count("\n") == 1
    assert ("seeding" if command == "seed" else "storing").encode() in shown
