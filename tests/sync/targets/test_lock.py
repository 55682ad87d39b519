"""One sync at a time: the second one learns who holds the mirror, and a killed one holds nothing."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cosell.errors import UserError
from cosell.sync.target import MirrorBusy, MirrorUnavailable
from cosell.sync.targets import lock_file
from cosell.sync.targets.holder import this_process
from cosell.sync.targets.open import open_target
from tests.postgres import Postgres
from tests.store.caller import NOON_MS, moment
from tests.sync.targets.rows import documents, keep, row

PATIENCE_S = 30
HOLDER = "ana, process 4711 on höst7, since yesterday"


@pytest.fixture
def other_process(url: str) -> Callable[[], "subprocess.Popen[str]"]:
    """Starts a process that holds the mirror."""

    def start() -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.sync.targets.lock_program", url, HOLDER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    return start


def refused_holder(url: str) -> str:
    """Who is told to hold the mirror."""
    with pytest.raises(MirrorBusy) as refused, open_target(url) as mirror, mirror.lock("me"):
        pass
    assert refused.value.message == f"the mirror is held by {refused.value.holder}"
    return refused.value.holder


def test_the_second_process_learns_who_holds_the_mirror(
    url: str, other_process: Callable[[], "subprocess.Popen[str]"]
) -> None:
    process = other_process()
    assert refused_holder(url) == HOLDER
    process.communicate("")
    assert process.returncode == 0
    with open_target(url) as mirror, mirror.lock("me"):
        assert keep(mirror, row("O1")).new == 1


def test_a_killed_process_holds_nothing(url: str, other_process: Callable[[], "subprocess.Popen[str]"]) -> None:
    process = other_process()
    process.kill()
    process.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with open_target(url) as mirror, mirror.lock("me"):
                assert keep(mirror, row("O1")).new == 1
                return
        except MirrorBusy:  # until the database's server has noticed
            assert time.monotonic() < deadline


def test_a_lock_ends_with_its_block(url: str) -> None:
    with open_target(url) as mirror, open_target(url) as other:
        with mirror.lock("first"):
            with pytest.raises(MirrorBusy, match="held by first"), other.lock("second"):
                pass
            keep(mirror, row("O1"))
        with pytest.raises(RuntimeError), other.lock("second"):
            raise RuntimeError
        with mirror.lock("third"):
            keep(mirror, row("O2"))


@pytest.mark.parametrize("database", ["sqlite", "duckdb"], indirect=True)
def test_a_mirror_is_one_by_whichever_name(url: str, tmp_path: Path, database: str) -> None:
    path = Path(url.removeprefix(f"{database}:///"))
    other_name = tmp_path / f"link.{database}"
    with open_target(url) as mirror, mirror.lock("first"):
        other_name.symlink_to(path)
        assert refused_holder(f"{database}:///{other_name}") == "first"
    assert not path.with_name(f"{path.name}.lock").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_lock_file_that_was_removed_locks_nothing(url: str) -> None:
    path = Path(f"{url.removeprefix('sqlite:///')}.lock")
    with open_target(url) as mirror, open_target(url) as other, mirror.lock("first"):
        path.unlink()
        with other.lock("second"):
            path.unlink()


@pytest.mark.parametrize("again", [False, True])
def test_a_lock_file_that_its_holder_removes_meanwhile_is_locked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    path = lock_file.lock_file(tmp_path / "mirror.db")
    flock = fcntl.flock
    locked: list[int] = []

    def overtaken(descriptor: int, how: int) -> None:
        flock(descriptor, how)
        if not locked:
            path.unlink()  # as the holder does at its end
            if again:
                path.touch()  # as the next one does at once
        locked.append(descriptor)

    monkeypatch.setattr(fcntl, "flock", overtaken)
    with lock_file.locked(tmp_path / "mirror.db", "ana"):
        assert len(locked) == 2
        assert lock_file.holder_of(tmp_path / "mirror.db") == "ana"
    assert lock_file.holder_of(tmp_path / "mirror.db") == "another process"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_folder_without_room_for_a_lock_is_reported(url: str) -> None:
    with open_target(url) as mirror:
        Path(f"{url.removeprefix('sqlite:///')}.lock").mkdir()
        with pytest.raises(UserError, match=r"cannot lock .*: Is a directory"), mirror.lock("me"):
            pass


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_lost_connection_is_a_lost_lock_and_writes_nothing(url: str, postgres: Postgres) -> None:
    with open_target(url) as mirror, mirror.lock("first"):
        keep(mirror, row("O1"))
        postgres.end_connections(url)
        with pytest.raises(MirrorUnavailable):
            keep(mirror, row("O2"))
        with open_target(url) as other, other.lock("second"):
            with pytest.raises(MirrorUnavailable):
                keep(mirror, row("O3"))
            assert [one["Id"] for one in documents(other)] == ["O1"]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_mirrors_in_two_schemas_are_held_apart(quick_url: Callable[[], str]) -> None:
    with open_target(quick_url()) as one, open_target(quick_url()) as other, one.lock("first"), other.lock("second"):
        assert keep(one, row("O1")) == keep(other, row("O1"))


def test_a_holder_says_who_and_since_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ana")
    said = this_process(NOON_MS)
    assert said.startswith(f"ana, process {os.getpid()} on ")
    assert said.endswith(f", since {moment(NOON_MS)}")


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 123_456)
    assert this_process(NOON_MS).startswith("user 123456, process")
