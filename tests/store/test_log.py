"""The write-ahead log grows while somebody reads a former state, and is cut once nobody does."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from cosell.engine import Engine
from cosell.store.sqlite import SqliteStore, connection
from tests.store.caller import Caller, HandClock

LIMIT = 500_000
ENOUGH = 40
"""Changes that make the log longer than that."""


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """A caller of a database whose log is to be short."""
    monkeypatch.setattr(connection, "LOG_LIMIT_BYTES", LIMIT)
    monkeypatch.setattr("cosell.store.sqlite.store.LOG_LIMIT_BYTES", LIMIT)
    engine = Engine.open(str(tmp_path / "pipeline.db"), clock=HandClock())
    yield Caller(engine)
    engine.close()


@pytest.fixture
def store(caller: Caller) -> SqliteStore:
    assert isinstance(caller.engine.store, SqliteStore)
    return caller.engine.store


def change(caller: Caller) -> None:
    """Let the log be longer than its limit, unless it was cut meanwhile."""
    for number in range(ENOUGH):
        caller.create(f"{number} after {len(caller.records())}")


def test_a_log_that_a_reader_has_let_grow_is_cut_when_the_reader_has_gone(
    caller: Caller, store: SqliteStore, tmp_path: Path
) -> None:
    change(caller)
    stranger = apsw.Connection(str(tmp_path / "pipeline.db"))
    stranger.execute("BEGIN")
    stranger.execute("SELECT count(*) FROM opportunity").fetchall()
    change(caller)
    before = store.log_bytes()
    assert store.shorten_log() == before > LIMIT, "what is read stays"
    stranger.close()
    assert store.shorten_log() == 0
    assert len(caller.records()) == 2 * ENOUGH


def test_writers_do_not_wait_while_the_log_cannot_be_cut(caller: Caller, store: SqliteStore, tmp_path: Path) -> None:
    change(caller)
    stranger = apsw.Connection(str(tmp_path / "pipeline.db"))
    stranger.execute("BEGIN IMMEDIATE")
    before = store.log_bytes()
    assert store.shorten_log() == before, "another writer is in its way"
    stranger.close()
    caller.create("after")
    assert store.shorten_log() <= LIMIT < before


def test_a_log_is_cut_by_writers_too(caller: Caller, store: SqliteStore, tmp_path: Path) -> None:
    """A command beside no server has nobody who looks after its log."""
    store._writer.execute("PRAGMA wal_autocheckpoint = 10").fetchall()
    stranger = apsw.Connection(str(tmp_path / "pipeline.db"))
    caller.create("first")
    stranger.execute("BEGIN")
    stranger.execute("SELECT count(*) FROM opportunity").fetchall()
    change(caller)
    before = store.log_bytes()
    stranger.close()
    caller.create("makes the checkpoint")
    caller.create("begins the log anew")
    assert store.log_bytes() <= LIMIT < before


def test_a_reader_that_did_not_finish_does_not_keep_the_log_from_being_cut(caller: Caller, store: SqliteStore) -> None:
    change(caller)
    reader = store.readers.borrow()
    unfinished = reader.execute("SELECT * FROM opportunity")
    next(unfinished)
    store.readers.give_back(reader)
    change(caller)
    assert store.log_bytes() > LIMIT
    assert store.shorten_log() == 0


def test_a_database_in_memory_has_no_log() -> None:
    engine = Engine.open(":memory:")
    assert engine.store.log_bytes() == engine.store.shorten_log() == 0
    engine.close()
