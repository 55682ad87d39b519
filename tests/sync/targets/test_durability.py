"""What was acknowledged is there, what was not is there wholly or not at all, and a database that fails says so."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import apsw
import pytest

from cosell.sync.target import MirrorBusy, MirrorUnavailable
from cosell.sync.targets import sqlite as sqlite_room
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from tests.postgres import Postgres
from tests.store.caller import NOON_MS
from tests.sync.targets.pages_program import page, state
from tests.sync.targets.rows import IDENTITY, documents, keep, row, summary

KILLS = 3
PATIENCE_S = 30


def killed_after(url: str, pages: int, extra_bytes: int) -> int:
    """The last page that a program has acknowledged before it was killed, `extra_bytes` of acknowledgement later."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.targets.pages_program", url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(pages):
        process.stdout.readline()
    process.stdout.read(extra_bytes)
    process.kill()
    rest, _ = process.communicate()
    return int(rest.split()[-1]) if rest.split() else -1


def opened_soon(url: str) -> Mirror:
    """The mirror, once its database has noticed that the program is gone."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        mirror = open_target(url)
        try:
            with mirror.lock("the test"):
                return mirror
        except MirrorBusy:
            mirror.close()
            assert time.monotonic() < deadline


def test_a_kill_loses_no_page_and_leaves_no_half_of_one(url: str) -> None:
    chance = random.Random(11)
    for _ in range(KILLS):
        acknowledged = killed_after(url, chance.randint(1, 12), chance.randint(0, 1))
        with opened_soon(url) as mirror:
            last = json.loads(mirror.state() or b"")["page"]
            assert last >= acknowledged
            assert mirror.state() == state(last)
            kept = {one.id: one for one in mirror.summaries(None, 100_000)}
            assert kept == {one.id: one for number in range(last + 1) for one in page(number)}
            assert mirror.database.rows("SELECT opportunity_id, amount FROM expected_customer_spend ORDER BY 1") == [
                ("O1", last),
                ("O2", last),
            ]
            assert mirror.counts().changes == 4 * last
            assert mirror.counts().details_wanted == last + 3


class FailsAt:
    """A method that fails at its n-th call."""

    def __init__(self, method: Callable[..., object], call: int) -> None:
        self._method = method
        self._left = call

    def __call__(self, *arguments: object) -> object:
        self._left -= 1
        if not self._left:
            raise MirrorUnavailable("out of space")
        return self._method(*arguments)


@pytest.mark.parametrize("method", ["put", "run"])
def test_a_page_that_fails_at_any_statement_leaves_nothing(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    keep(mirror, row("O1"), run=1)
    before = (documents(mirror), mirror.counts(), mirror.state(), mirror.identity())
    page_of_two = [row("O1", NOON_MS + 1), row("O2")]
    for call in count(1):
        with monkeypatch.context() as patch:
            patch.setattr(mirror.database, method, FailsAt(getattr(mirror.database, method), call))
            try:
                mirror.keep_page(1, IDENTITY, page_of_two, b'{"page":9}', NOON_MS, want_details=True)
                break
            except MirrorUnavailable:
                assert (documents(mirror), mirror.counts(), mirror.state(), mirror.identity()) == before
    assert call > 2
    assert [one["Id"] for one in documents(mirror)] == ["O1", "O2"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_another_program_locks_for_long_is_unavailable(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_room, "BUSY_TIMEOUT_MS", 1)
    with open_target(url) as mirror:
        keep(mirror, row("O1"), run=1)
        other = apsw.Connection(url.removeprefix("sqlite:///"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(MirrorUnavailable, match="BusyError"):
            keep(mirror, row("O2"), run=1)
        assert mirror.summaries(None, 9) == [row("O1")]
        other.close()
        assert keep(mirror, row("O2"), run=1).new == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_is_unavailable_until_there_is_room(url: str) -> None:
    with open_target(url) as mirror:
        keep(mirror, row("O1"), run=1)
        ((pages,),) = mirror.database.rows("PRAGMA page_count")
        mirror.database.rows(f"PRAGMA max_page_count = {pages}")
        many = [row(f"O{number}", LifeCycle={"NextSteps": "call " * 50}) for number in range(100)]
        with pytest.raises(MirrorUnavailable, match="FullError"):
            keep(mirror, *many, run=1)
        assert documents(mirror) == [summary("O1")]
        mirror.database.rows("PRAGMA max_page_count = 100000")
        assert keep(mirror, *many, run=1).new == 99


def test_a_closed_mirror_is_unavailable(mirror: Mirror) -> None:
    mirror.close()
    mirror.close()
    with pytest.raises(MirrorUnavailable):
        mirror.counts()
    with pytest.raises(MirrorUnavailable):
        keep(mirror, row("O1"), run=1)


def test_a_server_that_crashes_loses_no_page() -> None:
    server = Postgres()
    try:
        url = server.new_database()
        with open_target(url) as mirror, mirror.lock("me"):
            keep(mirror, row("O1"), run=1)
            server.crash()
            with pytest.raises(MirrorUnavailable):
                keep(mirror, row("O2"), run=1)
        server.start()
        with open_target(url) as mirror, mirror.lock("me"):
            assert documents(mirror) == [summary("O1")]
            assert keep(mirror, row("O2"), run=1).new == 1
    finally:
        server.stop()


@pytest.mark.parametrize("database", ["duckdb"], indirect=True)
def test_a_file_of_duckdb_is_for_one_process(url: str, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.targets.lock_program", url, "ana"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(MirrorBusy, match="held by ana"):
        open_target(url, create=False)
    process.communicate("")
    (Path(url.removeprefix("duckdb:///"))).touch()
    with open_target(url) as mirror:
        assert mirror.counts().opportunities == 0
