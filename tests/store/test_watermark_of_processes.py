"""Sixteen writers in four processes, which stand still and are killed, and nobody who follows misses a change.

AWS's recipe asks for everything since the latest change that was seen, so a change may never appear behind a later one.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cosell.engine import Engine
from tests.postgres import Postgres
from tests.store.caller import Caller
from tests.store.test_watermark import Follower

SECONDS: Final = float(os.environ.get("COSELL_TEST_WATERMARK_SECONDS", "4"))
"""How long they write; CONTRIBUTING.md says how to let them write for longer."""
HOURS: Final = (0, 1, -1, 0)


class Writers:
    """The processes that write to one database."""

    def __init__(self, url: str, locked: str) -> None:
        self._url, self._locked = url, locked
        self._started = 0
        self._processes = [self._start(hours) for hours in HOURS]
        for process in self._processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"

    def _start(self, hours: int) -> "subprocess.Popen[str]":
        self._started += 1
        program = [sys.executable, "-m", "tests.store.stalling_writers"]
        return subprocess.Popen(
            [*program, self._url, str(self._started), str(hours), self._locked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )

    def kill_one(self) -> None:
        """End one as a power cut would, in the middle of something, and start another."""
        victim = self._processes.pop(0)
        victim.kill()
        victim.communicate(timeout=30)
        self._processes.append(self._start(0))

    def stop(self) -> None:
        """End all of them."""
        for process in self._processes:
            process.kill()
            process.communicate(timeout=30)


@pytest.fixture(params=["file", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres").new_schema())
    return str(tmp_path / "shared.db")


def missed(url: str, locked: str = "locked") -> Iterator[tuple[int, set[tuple[str, str]]]]:
    """How many changes there were, and those that a follower had not seen in the end."""
    engine = Engine.open(url)
    caller = Caller(engine)
    caller.create("first")
    follower = Follower(caller.page)
    writers = Writers(url, locked)
    try:
        ends = time.monotonic() + SECONDS
        kills = time.monotonic() + SECONDS / 2
        while time.monotonic() < ends:
            follower.look()
            if time.monotonic() > kills:
                writers.kill_one()
                kills = ends
    finally:
        writers.stop()
    follower.look()
    stored = {(record["Id"], record["LastModifiedDate"]) for record in caller.records()}
    yield len(stored), stored - follower.seen.items()
    engine.close()


def test_a_follower_of_many_processes_misses_nothing(url: str) -> None:
    for count, unseen in missed(url):
        assert unseen == set()
        assert count > 20


def test_without_the_lock_of_the_clock_row_it_would(postgres: Postgres) -> None:
    for _ in range(10):
        for _, unseen in missed(postgres.new_schema(), "unlocked"):
            if unseen:
                return
    pytest.fail("the test above proves nothing: it passes without the lock, too")
