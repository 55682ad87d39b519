"""Whoever returns to a kept state finds it again, and readers by watermark miss nothing of it."""

import hashlib
import itertools
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosell.engine import Engine
from cosell.errors import UserError
from cosell.store.interface import StoreUnavailable
from cosell.store.postgres.tables import OURS
from cosell.store.sql.bringing_back import SEARCH
from cosell.store.sqlite import connection
from tests.conftest import OTHER_ACCOUNT
from tests.postgres import Postgres
from tests.store.caller import NOON_MS, Caller, HandClock, Record, moment, record


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def without_stamp(rows: list[Record]) -> list[Record]:
    return [{**row, "LastModifiedDate": None} for row in rows]


def test_what_changed_comes_back_with_a_new_stamp_and_the_rest_with_its_own(engine: Engine, clock: HandClock) -> None:
    caller = Caller(engine)
    caller.put([record(f"O{number}", last_modified_ms=NOON_MS - number) for number in range(1, 6)])
    before = caller.records()
    kept = engine.store.states.keep("before")
    assert (kept.name, kept.opportunities) == ("before", 5)
    clock.now_ms += 1000
    caller.update("O2", OpportunityType="Expansion")
    caller.update("O4", OpportunityType="Expansion")
    newer = caller.create("later")["Id"]
    clock.now_ms += 1000
    done = engine.store.states.return_to("before", clock.now_ms)
    assert (done.changed, done.removed) == (2, 1)
    after = caller.records()
    assert without_stamp(after) == without_stamp(before)
    stamps = {row["Id"]: row["LastModifiedDate"] for row in after}
    assert [stamps["O1"], stamps["O3"], stamps["O5"]] == [moment(NOON_MS - number) for number in (1, 3, 5)]
    assert [stamps["O4"], stamps["O2"]] == [moment(clock.now_ms), moment(clock.now_ms + 1)]
    assert caller.create("again")["Id"] > newer


def test_what_was_reset_comes_back(engine: Engine, clock: HandClock) -> None:
    callers = [Caller(engine), Caller(engine, OTHER_ACCOUNT)]
    for caller in callers:
        caller.put([record("O1"), record("O2")])
        with engine.store.write(caller.scope) as tx:
            tx.put_tags("opportunity/O1", {"a": "b"})
    engine.store.states.keep("full")
    with engine.store.write(callers[0].scope) as tx:
        tx.clear()
    done = engine.store.states.return_to("full", clock.now_ms)
    assert (done.changed, done.removed) == (2, 0)
    assert [row["Id"] for row in callers[0].records()] == ["O1", "O2"]
    for caller in callers:
        with engine.store.read(caller.scope) as reading:
            assert reading.tags("opportunity/O1") == {"a": "b"}


def test_client_tokens_belong_to_the_state(engine: Engine) -> None:
    caller = Caller(engine)
    engine.store.states.keep("empty")
    first = caller.create("token")["Id"]
    engine.store.states.return_to("empty", NOON_MS)
    assert caller.create("token")["Id"] != first


def test_the_agenda_of_aws_belongs_to_the_state(engine: Engine) -> None:
    caller = Caller(engine)
    waiting = {"Stage": "Prospect", "ReviewStatus": "Submitted"}
    caller.put([record("O1", LifeCycle=waiting)])
    engine.store.states.keep("waiting")
    with engine.store.write(caller.scope) as tx:
        tx.clear()
    engine.store.states.return_to("waiting", NOON_MS + 5)
    (due,) = engine.store.due_reviews(NOON_MS, 10)
    assert (due.identifier, due.due_ms) == ("O1", NOON_MS)
    with engine.store.read(caller.scope) as tx:
        entry = tx.review_entry("O1")
    assert entry is not None
    assert entry.submission == 1


def test_whoever_follows_the_changes_is_told_of_a_return(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2")])
    engine.store.states.keep("two")
    caller.update("O1", OpportunityType="Expansion")
    with engine.store.read(caller.scope) as tx:
        reached = tx.step(None).reached
    engine.store.states.return_to("two", NOON_MS)
    with engine.store.read(caller.scope) as tx:
        step = tx.step(reached)
        assert not step.begins
        assert [json.loads(moved.then)["Id"] for moved in step.moved] == ["O1"]
    caller.create("third")
    engine.store.states.return_to("two", NOON_MS)
    with engine.store.read(caller.scope) as tx:
        assert tx.step(reached).begins


def test_pages_and_filters_find_what_came_back(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put(
        [record(f"O{number}", LifeCycle={"Stage": "Qualified", "ReviewStatus": "Approved"}) for number in (1, 2)]
    )
    engine.store.states.keep("two")
    with engine.store.write(caller.scope) as tx:
        tx.clear()
    engine.store.states.return_to("two", NOON_MS)
    page = caller.page(LifeCycleStage=["Qualified"], LastModifiedDate={"AfterLastModifiedDate": moment(NOON_MS)})
    assert {row["Id"] for row in page["OpportunitySummaries"]} == {"O1", "O2"}


def test_a_state_can_be_kept_anew_listed_and_forgotten(engine: Engine) -> None:
    states = engine.store.states
    assert states.names() == []
    states.keep("b")
    states.keep("a.1")
    Caller(engine).create("one")
    assert states.keep("b").opportunities == 1
    assert states.names() == ["a.1", "b"]
    states.return_to("b", NOON_MS)
    assert len(Caller(engine).records()) == 1
    states.forget("b")
    assert states.names() == ["a.1"]
    for refused in (lambda: states.return_to("b", NOON_MS), lambda: states.forget("b")):
        with pytest.raises(UserError, match="'b'"):
            refused()


@pytest.mark.parametrize("name", ["", ".hidden", "../up", "a/b", "x" * 65, "naïve"])
def test_what_is_no_name_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(UserError, match="name"):
        engine.store.states.keep(name)


def test_states_outlive_a_restart_and_belong_to_one_database(tmp_path: Path) -> None:
    path = str(tmp_path / "first.db")
    engine = Engine.open(path)
    Caller(engine).create("one")
    engine.store.states.keep("one")
    with engine.store.write(Caller(engine).scope) as tx:
        tx.clear()
    engine.close()
    engine = Engine.open(path)
    assert engine.store.states.return_to("one", NOON_MS).changed == 1
    engine.close()
    (tmp_path / "first.db-snapshots").rename(tmp_path / "second.db-snapshots")
    other = Engine.open(str(tmp_path / "second.db"))
    with pytest.raises(UserError, match="not one of this database"):
        other.store.states.return_to("one", NOON_MS)
    assert Caller(other).records() == []
    other.close()


def test_a_return_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine.open(str(tmp_path / "kept.db"), clock=HandClock())
    caller = Caller(engine)
    caller.put([record("O1"), record("O2")])
    engine.store.states.keep("two")
    caller.update("O1", OpportunityType="Expansion")
    caller.create("third")
    before = caller.records()
    monkeypatch.setattr("cosell.store.sqlite.saved_states._copy_other_tables", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        engine.store.states.return_to("two", NOON_MS)
    assert caller.records() == before
    monkeypatch.undo()
    (tmp_path / "kept.db-snapshots" / "two.db").write_bytes(b"broken" * 1000)
    with pytest.raises((StoreUnavailable, UserError)):
        engine.store.states.return_to("two", NOON_MS)
    assert caller.records() == before
    engine.close()


STEP = st.sampled_from(["keep", "return", "create", "update", "reset"])


@settings(max_examples=30, deadline=None)
@given(st.lists(STEP, max_size=14))
def test_a_reader_by_watermark_sees_every_state_whatever_was_returned_to(steps: list[str]) -> None:
    clock = HandClock()
    engine = Engine.open(":memory:", clock=clock)
    caller = Caller(engine)
    engine.store.states.keep("kept")
    seen: dict[str, Record] = {}
    newest = moment(0)
    for number, step in enumerate(steps):
        clock.now_ms += number % 3
        existing = caller.records()
        if step == "keep":
            engine.store.states.keep("kept")
        elif step == "return":
            engine.store.states.return_to("kept", clock.now_ms)
        elif step == "create":
            caller.create(str(number))
        elif step == "update" and existing:
            caller.update(existing[number % len(existing)]["Id"], PartnerOpportunityIdentifier=str(number))
        elif step == "reset":
            with engine.store.write(caller.scope) as tx:
                tx.clear()
        page = caller.page(LastModifiedDate={"AfterLastModifiedDate": newest}, MaxResults=100)
        for row in page["OpportunitySummaries"]:
            seen[row["Id"]] = row
            newest = max(newest, row["LastModifiedDate"])
        for row in caller.page(MaxResults=100)["OpportunitySummaries"]:
            assert seen[row["Id"]] == row
    engine.close()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Engine]:
    """A database with two opportunities in the snapshot `two`, and three by now."""
    engine = Engine.open(str(tmp_path / "kept.db"), clock=HandClock())
    Caller(engine).put([record("O1"), record("O2")])
    engine.store.states.keep("two")
    Caller(engine).create("third")
    yield engine
    engine.close()


def _checksum(file: Path) -> Path:
    return file.with_suffix(".sha256")


def _with_its_checksum(file: Path, content: bytes) -> None:
    """Another content, as somebody would put it there who knows of checksums."""
    file.write_bytes(content)
    _checksum(file).write_text(f"{hashlib.sha256(content).hexdigest()}  {file.name}\n")


def _statement(statement: str) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        snapshot = apsw.Connection(str(file))
        snapshot.execute(statement)
        snapshot.close()
        _with_its_checksum(file, file.read_bytes())

    return spoil


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _replace(file: Path) -> None:
    other = Engine.open(str(file.parent / "other"))
    other.store.states.keep("other")
    other.close()
    (file.parent / "other-snapshots" / "other.db").replace(file)


def _replace_with_checksum(file: Path) -> None:
    _replace(file)
    _with_its_checksum(file, file.read_bytes())


NOT_AS_MADE = "is not as it was made"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.write_bytes(b""), NOT_AS_MADE),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), NOT_AS_MADE),
        (lambda file: file.write_bytes(b"Dear partner"), NOT_AS_MADE),
        (_flip, NOT_AS_MADE),
        (_replace, NOT_AS_MADE),
        (lambda file: _checksum(file).write_bytes(b"\xff\n\n"), NOT_AS_MADE),
        (lambda file: _checksum(file).unlink(), "has no checksum"),
        (lambda file: _checksum(file).write_bytes(b""), "has no checksum"),
        (lambda file: _with_its_checksum(file, b""), "is not a database of cosell's"),
        (_replace_with_checksum, "is not one of this database"),
        (_statement("DELETE FROM installation"), "is not one of this database"),
        (_statement("DROP TABLE installation"), "is not a database of cosell's"),
        (_statement("PRAGMA user_version = 999"), "was made by a newer cosell"),
    ],
)
def test_a_snapshot_that_is_not_what_was_kept_is_refused(
    kept: Engine, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    before = Caller(kept).records()
    spoil(tmp_path / "kept.db-snapshots" / "two.db")
    with pytest.raises(UserError, match=f"the snapshot two {said}") as refused:
        kept.store.states.return_to("two", NOON_MS)
    assert refused.value.next_step
    assert Caller(kept).records() == before
    kept.store.states.keep("two")
    assert kept.store.states.return_to("two", NOON_MS).removed == 0
    kept.store.states.forget("two")
    assert [file.name for file in (tmp_path / "kept.db-snapshots").iterdir() if file.name.startswith("two")] == []


def test_a_snapshot_agrees_with_a_checksum_at_every_moment(
    kept: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in range(1, 20):
        steps = itertools.count(1)

        def fails(descriptor: int, steps: "itertools.count[int]" = steps, nth: int = nth) -> None:
            if next(steps) == nth:
                raise OSError(5, "Input/output error")
            os.fdatasync(descriptor)

        with monkeypatch.context() as patched:
            patched.setattr("cosell.whole_file.os.fsync", fails)
            try:
                kept.store.states.keep("two")
                whole = True
            except StoreUnavailable:
                whole = False
        kept.store.states.return_to("two", NOON_MS)
        if whole:
            break
    assert nth > 3


def test_a_snapshot_is_checked_by_other_programs_too(kept: Engine, tmp_path: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "two.sha256"],
        cwd=tmp_path / "kept.db-snapshots",
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "two.db: OK\n"


def test_a_snapshot_of_an_older_schema_comes_back_and_stays_as_it_is(
    kept: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "kept.db-snapshots" / "two.db"
    before = snapshot.read_bytes()
    later = tmp_path / "9999_notes.sql"
    later.write_text("CREATE TABLE note (text TEXT NOT NULL);")
    files = [*connection._migrations(), later]
    monkeypatch.setattr(connection, "_migrations", lambda: files)
    kept.close()
    engine = Engine.open(str(tmp_path / "kept.db"), clock=HandClock())
    assert engine.store.states.return_to("two", NOON_MS).removed == 1
    assert [row["Id"] for row in Caller(engine).records()] == ["O1", "O2"]
    engine.close()
    assert snapshot.read_bytes() == before


def test_a_folder_of_snapshots_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    engine = Engine.open(str(tmp_path / "kept.db"))
    (tmp_path / "kept.db-snapshots").write_text("no folder")
    with pytest.raises(StoreUnavailable, match=r"kept\.db-snapshots"):
        engine.store.states.keep("one")
    engine.close()


def test_states_in_postgresql_outlive_a_restart_and_belong_to_every_process(postgres: Postgres) -> None:
    url = postgres.new_schema()
    first = Engine.open(url, clock=HandClock())
    caller = Caller(first)
    caller.put([record("O1"), record("O2")])
    kept = first.store.states.keep("two")
    assert (kept.opportunities, kept.bytes > 0) == (2, True)
    first.close()
    second, third = (Engine.open(url, clock=HandClock()) for _ in range(2))
    Caller(second).create("later")
    assert third.store.states.names() == ["two"]
    assert third.store.check() == 0
    third.store.states.return_to("two", NOON_MS)
    assert [row["Id"] for row in Caller(second).records()] == ["O1", "O2"]
    second.store.states.forget("two")
    with pytest.raises(UserError, match="there is no snapshot 'two'"):
        third.store.states.return_to("two", NOON_MS)
    assert third.store.check() == 0
    for engine in (second, third):
        engine.close()


def test_a_state_of_another_version_of_cosell_is_refused_and_a_return_that_fails_changes_nothing(
    postgres: Postgres,
) -> None:
    url = postgres.new_schema()
    engine = Engine.open(url, clock=HandClock())
    caller = Caller(engine)
    caller.put([record("O1")])
    for name in ("older", "broken"):
        engine.store.states.keep(name)
    caller.update("O1", OpportunityType="Expansion")
    before = caller.records()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("UPDATE saved_state SET schema_version = 0 WHERE name = 'older'")
        other.execute("ALTER TABLE saved_state_2_tag_set DROP COLUMN tags")
    with pytest.raises(UserError, match="the snapshot older was made by another version of cosell"):
        engine.store.states.return_to("older", NOON_MS)
    with pytest.raises(StoreUnavailable, match="its tables are not all there"):
        engine.store.states.return_to("broken", NOON_MS)
    assert caller.records() == before
    engine.close()


def test_whoever_adds_a_table_has_to_say_what_becomes_of_it(postgres: Postgres) -> None:
    url = postgres.new_schema()
    engine = Engine.open(url)
    with psycopg.connect(url, autocommit=True) as other:
        there = {
            name
            for (name,) in other.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
            if not name.startswith(SEARCH)
        }
        assert there == OURS
        other.execute("CREATE TABLE notes_of_the_operator AS SELECT 1 AS note")
        engine.store.states.keep("one")
        other.execute("UPDATE notes_of_the_operator SET note = 2")
        engine.store.states.return_to("one", NOON_MS)
        assert other.execute("SELECT note FROM notes_of_the_operator").fetchall() == [(2,)]
        other.execute("DROP TABLE notes_of_the_operator")
    assert engine.store.check() == 0
    engine.close()
