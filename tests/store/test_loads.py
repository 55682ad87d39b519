"""Large loads, clearing, and the rest of a store's doors: whole or not at all, and as fast to read as ever."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from cosell.context import Scope
from cosell.engine import Engine
from cosell.store.opportunity import StoredOpportunity
from cosell.store.sqlite import SqliteStore, connection
from cosell.store.sqlite import store as store_module
from cosell.store.sqlite.indexes import CREATE_INDEXES
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.store.caller import Caller, announced, record, stored_form

MINE, THEIRS = Scope(ACCOUNT, "Sandbox"), Scope(OTHER_ACCOUNT, "AWS")


@pytest.fixture(params=[1, 10_000], ids=["indexes made anew", "indexes kept"])
def worth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """From how many opportunities on a load drops the indexes."""
    monkeypatch.setattr(store_module, "WORTH_NEW_INDEXES", request.param)
    return int(request.param)


@pytest.fixture
def store(sqlite_engine: Engine) -> SqliteStore:
    assert isinstance(sqlite_engine.store, SqliteStore)
    return sqlite_engine.store


def some(count: int, first: int = 0) -> Iterator[StoredOpportunity]:
    return (stored_form(record(f"O{number}", last_modified_ms=number)) for number in range(first, first + count))


def load(store: SqliteStore, counts: dict[Scope, list[int]], second: int) -> None:
    """Insert so many into each scope, the second time from number `second` on; break off where there are none."""
    with store.bulk_load(list(counts), 10) as transactions:
        for scope, numbers in counts.items():
            for first, count in zip((0, second), numbers, strict=False):
                transactions[scope].insert(some(count, first))
                if count == 0:
                    raise RuntimeError("the file ends in the middle of a line")


def settings_of(store: SqliteStore) -> dict[str, Any]:
    """What a load changes for its own time."""
    indexes = store._writer.execute(
        "SELECT sql FROM sqlite_schema WHERE sql LIKE 'CREATE%INDEX opportunity%'"
    ).fetchall()
    pragmas = ("journal_mode", "synchronous", "temp_store", "busy_timeout")
    found: dict[str, Any] = {name: store._writer.execute(f"PRAGMA {name}").get for name in pragmas}
    return found | {"indexes": sorted(str(row[0]) for row in indexes)}


def test_a_load_fills_several_scopes_at_once(sqlite_engine: Engine, store: SqliteStore, worth: int) -> None:
    before = settings_of(store)
    with store.bulk_load([MINE, THEIRS], 1203) as transactions:
        transactions[MINE].insert(some(1200))
        transactions[THEIRS].insert(some(3))
    assert settings_of(store) == before
    assert before["indexes"] == sorted(CREATE_INDEXES)
    mine, theirs = (
        Caller(sqlite_engine, MINE.account, MINE.catalog),
        Caller(sqlite_engine, THEIRS.account, THEIRS.catalog),
    )
    assert len(mine.records()) == 1200
    found = mine.page(MaxResults=2, Sort={"SortBy": "Identifier", "SortOrder": "DESCENDING"})
    assert [summary["Id"] for summary in found["OpportunitySummaries"]] == ["O1199", "O1198"]
    assert [summary["Id"] for summary in theirs.page()["OpportunitySummaries"]] == ["O2", "O1", "O0"]
    with store.read(THEIRS) as tx:
        assert tx.count() == 3
    assert store.scopes() == [MINE, THEIRS]


def test_a_load_into_a_database_with_rows_keeps_them(sqlite_engine: Engine, store: SqliteStore, worth: int) -> None:
    caller = Caller(sqlite_engine)
    caller.create("first")
    with store.bulk_load([MINE], 5) as transactions:
        transactions[MINE].insert(some(5))
    assert len(caller.page()["OpportunitySummaries"]) == 6


@pytest.mark.parametrize("again", [0, 3])
def test_an_identifier_that_comes_twice_undoes_the_whole_load(store: SqliteStore, worth: int, again: int) -> None:
    before = settings_of(store)
    with pytest.raises(KeyError) as refused:
        load(store, {THEIRS: [5], MINE: [5, 1]}, again)
    assert refused.value.args == (f"b{again}",)
    assert settings_of(store) == before
    for scope in (MINE, THEIRS):
        with store.read(scope) as tx:
            assert (tx.count(), list(tx.records())) == (0, [])


def test_a_load_that_breaks_off_leaves_nothing(store: SqliteStore, worth: int) -> None:
    before = settings_of(store)
    with pytest.raises(RuntimeError, match="middle of a line"):
        load(store, {MINE: [5, 0]}, 0)
    assert settings_of(store) == before
    with store.read(MINE) as tx:
        assert tx.count() == 0


def test_a_load_goes_on_beside_an_open_reader(tmp_path: Path, worth: int) -> None:
    engine = Engine.open(str(tmp_path / "busy.db"))
    assert isinstance(engine.store, SqliteStore)
    stranger = apsw.Connection(str(tmp_path / "busy.db"))
    stranger.execute("BEGIN")
    assert stranger.execute("SELECT count(*) FROM opportunity").get == 0
    with engine.store.bulk_load([MINE], 5) as transactions:
        transactions[MINE].insert(some(5))
    assert stranger.execute("SELECT count(*) FROM opportunity").get == 0, "a reader keeps the state that it saw"
    stranger.close()
    assert settings_of(engine.store)["journal_mode"] == "wal"
    assert len(Caller(engine).records()) == 5
    engine.close()


def test_a_reader_that_stays_does_not_make_a_finished_load_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "WORTH_NEW_INDEXES", 1)
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 20)
    engine = Engine.open(str(tmp_path / "busy.db"))
    stranger = apsw.Connection(str(tmp_path / "busy.db"))
    with engine.store.bulk_load([MINE], 5) as transactions:
        transactions[MINE].insert(some(5))
        stranger.execute("BEGIN")
        assert stranger.execute("SELECT count(*) FROM opportunity").get == 0
        stranger.execute("ROLLBACK")
    assert len(Caller(engine).records()) == 5
    stranger.close()
    engine.close()


def test_a_single_insert_of_what_is_there_already_is_refused(caller: Caller) -> None:
    caller.put([record("O1")])
    with pytest.raises(KeyError, match="b7"), caller.engine.store.write(caller.scope) as tx:
        tx.insert(stored_form(record(f"O{number}")) for number in (2, 7, 7))
    with pytest.raises(KeyError, match="b1"):
        caller.put([record("O1")])
    assert [found["Id"] for found in caller.records()] == ["O1"]


def test_clearing_one_scope_leaves_the_others_and_the_stamps(caller: Caller) -> None:
    other = Caller(caller.engine, OTHER_ACCOUNT)
    for who in (caller, other):
        who.create("token")
    last = caller.create("another")["LastModifiedDate"]
    with caller.engine.store.write(caller.scope) as tx:
        assert tx.clear() == 2
        assert tx.remembered("CreateOpportunity", "token", 0) is None
    assert caller.page() == {"OpportunitySummaries": []}
    assert len(other.records()) == 1
    created = caller.create("token")
    assert created["LastModifiedDate"] > last, "a follower of the latest stamp still misses nothing"
    assert created["Id"] == "O1000004", "no identifier is ever given twice"
    assert len(announced(caller.engine)) == 2
    assert len(caller.records()) == len(other.records()) == 1


def test_reserved_numbers_are_never_given(caller: Caller) -> None:
    with caller.engine.store.write(caller.scope) as tx:
        tx.reserve_numbers(41)
        tx.reserve_numbers(7)
    assert caller.create("token")["Id"] == f"O{1_000_001 + 42}"


def test_a_closed_store_closes_its_files(tmp_path: Path) -> None:
    engine = Engine.open(f"sqlite:///{tmp_path}/closing.db")
    caller = Caller(engine)
    caller.create("token")
    with engine.store.read(caller.scope) as late:
        engine.close()
        assert late.count() == 1, "a reader that began before the end comes to its own"
    engine.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["closing.db"]
