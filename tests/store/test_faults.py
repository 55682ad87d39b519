"""A database that fails at any of its steps: the caller is told to try again, and no step is half done."""

import errno
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest

from cosell.engine import Engine
from cosell.errors import UserError
from cosell.store import patience
from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite import SqliteStore, connection
from cosell.store.sqlite.readers import PooledReaders
from cosell.store.sqlite.scope_numbers import ScopeNumbers
from cosell.store.sqlite.sql_connection import SqliteConnection
from tests.store.caller import Caller, HandClock, Refused, record

ERRORS = [apsw.FullError, apsw.IOError, apsw.BusyError, apsw.CorruptError]
UNAVAILABLE = ("ServiceUnavailableException", 503)
STEPS = {"execute", "executemany", "rows", "row", "value", "run", "run_many"}
MANNERS = ["instead of the step", "after the step", "from the step on"]


class Failing:
    """A connection whose n-th step fails: instead of it, after it, or with every one that follows."""

    def __init__(self, sound: apsw.Connection, nth: int, error: type[apsw.Error], manner: str) -> None:
        self._sound = sound
        self._left = nth
        self._error = error
        self._manner = manner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._sound, name)
        return partial(self._step, found) if name in STEPS else found

    def _step(self, perform: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0 and self._manner == "after the step":
            perform(*arguments)
            raise self._error
        if self._left == 0 or (self._left < 0 and self._manner == "from the step on"):
            raise self._error
        return perform(*arguments)

    @property
    def has_failed(self) -> bool:
        """Whether the n-th step was reached."""
        return self._left <= 0


class FailingReaders:
    """Lends one connection that fails."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection

    def borrow(self) -> SqliteConnection:
        return self._connection

    def give_back(self, _: apsw.Connection) -> None:
        """It is lent again."""

    def close(self) -> None:
        """It is closed by whoever made it."""


@contextmanager
def failing_at(store: SqliteStore, nth: int, error: type[apsw.Error], manner: str) -> Iterator[Callable[[], bool]]:
    """The store with connections that fail; tells whether one did."""
    writer = store._writer
    reader = writer if store._path == ":memory:" else connection.open_connection(store._path)
    bad = [Failing(sound, nth, error, manner) for sound in (writer, reader)]
    store._writer = bad[0]  # type: ignore[assignment]
    readers = store.readers
    store.readers = FailingReaders(bad[-1])  # type: ignore[arg-type]
    store.scope_numbers = ScopeNumbers()
    yield lambda: any(connection.has_failed for connection in bad)
    store._writer = writer
    store.readers = readers
    if reader is not writer:
        reader.close()


def refusal(ask: Callable[[Caller], Any], caller: Caller) -> tuple[str, int] | None:
    """The name and status of the error that is answered, if one is."""
    try:
        ask(caller)
    except Refused as refused:
        return refused.name, refused.status
    return None


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """These are faults of SQLite's."""
    return sqlite_engine


@pytest.fixture
def store(engine: Engine) -> SqliteStore:
    assert isinstance(engine.store, SqliteStore)
    return engine.store


def everything(store: SqliteStore) -> list[Any]:
    """All that is in the database."""
    tables = ("installation", "scope", "opportunity", "opportunity_record", "client_token", "outbox")
    return [store._writer.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


CHANGES: dict[str, Callable[[Caller], Any]] = {
    "create": lambda caller: caller.create("second", Customer={"Account": {"CompanyName": "b"}}),
    "create as a newcomer": lambda caller: Caller(caller.engine, "777788889999").create("first"),
    "update": lambda caller: caller.update("O1000001", Customer={"Account": {"CompanyName": "c"}}),
}
READINGS: dict[str, Callable[[Caller], Any]] = {
    "get": lambda caller: caller.get("O1000001"),
    "list": lambda caller: caller.page(),
    "list what is counted first": lambda caller: caller.page(
        CreatedDate={"AfterCreatedDate": 0},
        LifeCycleStage=["Prospect"],
        Sort={"SortBy": "Identifier", "SortOrder": "ASCENDING"},
    ),
    "list in a scope of nobody": lambda caller: Caller(caller.engine, "777788889999").page(),
}


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_fails_is_there_wholly_or_not_at_all(
    caller: Caller, store: SqliteStore, change: str, error: type[apsw.Error], manner: str
) -> None:
    caller.create("first")
    before = everything(store)
    for nth in range(1, 100):
        with failing_at(store, nth, error, manner) as has_failed:
            refused = refusal(CHANGES[change], caller)
        assert refused == (UNAVAILABLE if has_failed() else None)
        if store._writer.in_transaction:  # even the undoing failed, so the next change begins with it
            caller.create("first")
        if everything(store) != before:
            break
    assert not has_failed() or manner == "after the step", "only a commit that was not heard of may change anything"
    assert len(everything(store)[-1]) == len(before[-1]) + 1, "one change, one event"
    assert [found["Id"] for found in caller.records()] == ["O1000001", "O1000002"][: 2 if change == "create" else 1]


def test_a_change_whose_success_was_not_heard_is_not_made_twice(caller: Caller, store: SqliteStore) -> None:
    for nth in range(1, 100):
        with failing_at(store, nth, apsw.IOError, "after the step"), pytest.raises(Refused, match="ServiceUnavailable"):
            caller.create("first")
        if caller.records():
            break
    assert caller.create("first")["Id"] == "O1000001"
    assert len(caller.records()) == 1


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.EROFS, "it is read-only"),  # the disk has turned so under the open file
        (errno.EPERM, "it is read-only"),  # the file has become immutable
        (errno.EIO, "its disk fails"),
    ],
)
def test_a_disk_that_has_turned_read_only_is_told_from_one_that_fails(
    caller: Caller, store: SqliteStore, number: int, why: str
) -> None:
    with failing_at(store, 1, apsw.IOError, "from the step on"):
        store._writer.system_errno = number
        with pytest.raises(Refused, match=f"The database does not answer: {why} "):
            caller.create("first")


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("reading", READINGS)
def test_a_reading_that_fails_says_try_again(
    caller: Caller, store: SqliteStore, reading: str, error: type[apsw.Error]
) -> None:
    caller.create("first")
    for nth in range(1, 100):
        with failing_at(store, nth, error, "instead of the step") as has_failed:
            refused = refusal(READINGS[reading], caller)
        assert refused == (UNAVAILABLE if has_failed() else None)
        if not has_failed():
            break
    assert nth > 1
    assert refusal(READINGS[reading], caller) is None


@pytest.mark.parametrize("nth", [1, 2])
def test_a_defect_keeps_no_connection_from_the_next_reader(caller: Caller, store: SqliteStore, nth: int) -> None:
    caller.create("first")
    with failing_at(store, nth, apsw.SQLError, "instead of the step"):
        assert refusal(READINGS["get"], caller) == ("InternalServerException", 500)
    with ThreadPoolExecutor(1) as other_thread:
        assert other_thread.submit(refusal, READINGS["get"], caller).result(timeout=30) is None


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Caller, apsw.Connection]]:
    """A caller with one opportunity, and a stranger's connection to the same file. Nobody waits long."""
    monkeypatch.setattr(patience, "LOCK_TIMEOUT_S", 0.02)
    path = str(tmp_path / "held.db")
    engine = Engine.open(path, clock=HandClock())
    stranger = apsw.Connection(path)
    caller = Caller(engine)
    caller.create("first")
    yield caller, stranger
    stranger.close()
    engine.close()


def test_a_change_behind_a_strangers_lock_says_try_again(held: tuple[Caller, apsw.Connection]) -> None:
    caller, stranger = held
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refused) as refused:
        caller.create("second")
    assert (refused.value.name, refused.value.status) == ("ServiceUnavailableException", 503)
    with pytest.raises(StoreUnavailable):
        caller.engine.store.check()
    assert len(caller.page()["OpportunitySummaries"]) == 1, "readers do not wait for writers"
    stranger.execute("ROLLBACK")
    caller.engine.store.check()
    assert caller.create("second")["Id"] == "O1000002"


def test_a_file_that_can_no_longer_be_opened_says_try_again(
    held: tuple[Caller, apsw.Connection], tmp_path: Path
) -> None:
    caller, _ = held
    store = caller.engine.store
    assert isinstance(store, SqliteStore)
    assert store._place is not None
    store.readers = PooledReaders(store._place, partial(connection.open_connection, store._path, create=False))
    for file in tmp_path.iterdir():
        file.unlink()
    tmp_path.rmdir()
    with pytest.raises(Refused) as refused:
        caller.page()
    assert (refused.value.name, refused.value.status) == ("ServiceUnavailableException", 503)


def test_a_locked_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 20)
    stranger = apsw.Connection(str(tmp_path / "locked.db"))
    stranger.execute("PRAGMA journal_mode = WAL")
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="locked"):
        Engine.open(str(tmp_path / "locked.db"))
    stranger.close()


@pytest.mark.parametrize("manner", MANNERS[:2])
def test_a_migration_that_fails_is_there_wholly_or_not_at_all(tmp_path: Path, manner: str) -> None:
    path = str(tmp_path / "new.db")
    for nth in range(1, 100):
        sound = connection.open_connection(path)
        failing = Failing(sound, nth, apsw.FullError, manner)
        with suppress(apsw.FullError):
            connection.migrate(failing, b"key")  # type: ignore[arg-type]
        sound.close()
        after = apsw.Connection(path)
        done, newest = connection.schema_versions(after)
        tables = after.execute("SELECT count(*) FROM sqlite_schema").get
        after.close()
        if done == newest:
            break
        assert (tables == 0) == (done == 0)
    assert nth > 10
    engine = Engine.open(path)
    Caller(engine).put([record("O1")])
    engine.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("PRAGMA user_version = 99", "newer cosell"),
        ("DROP TABLE installation", "another program"),
    ],
)
def test_a_database_that_is_not_ours_is_left_alone(tmp_path: Path, statement: str, told: str) -> None:
    path = str(tmp_path / "foreign.db")
    Engine.open(path).close()
    foreign = apsw.Connection(path)
    foreign.execute(statement)
    foreign.close()
    with pytest.raises(UserError, match=told) as refused:
        Engine.open(path)
    assert refused.value.next_step


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear partner, " * 100)
    with pytest.raises(UserError, match="is not a SQLite database"):
        Engine.open(str(file))
    with pytest.raises(UserError, match="cannot be opened"):
        Engine.open(str(tmp_path / "no folder" / "new.db"))
    with pytest.raises(UserError, match="mysql"):
        Engine.open("mysql://somewhere")


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///", "file:", "file::memory:", "file:x.db?mode=memory", "sqlite:///file:x.db"]
)
def test_a_database_that_each_connection_would_have_for_itself_is_refused(
    run: Callable[..., Any], tmp_path: Path, url: str
) -> None:
    for command in (("serve", "--port", "0"), ("seed", "--count", "1")):
        refused = run(*command, "--db", url)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.endswith(f"{url!r} names no file; name one, such as cosell.db, or :memory: with --db\n")
    assert "names no file" in run("doctor", "--port", "0", "--db", url).out
    assert list(tmp_path.iterdir()) == []
