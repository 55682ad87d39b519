"""Opening a database: several at once, and looking at one without changing it."""

import threading
from pathlib import Path
from typing import Any

import apsw
import pytest

from cosell.engine import Engine
from cosell.errors import UserError
from cosell.rules.identifiers import FIRST_OPPORTUNITY, id_key
from cosell.store.diagnosis import Diagnosis
from cosell.store.open import diagnose, sqlite_version
from cosell.store.sqlite import connection, diagnosis
from tests.conftest import ACCOUNT
from tests.store.caller import Caller, Refused, record

NEWEST = len(connection._migrations())


def test_many_who_open_a_new_file_at_once_share_it(tmp_path: Path) -> None:
    together = threading.Barrier(4)
    engines: list[Engine] = []

    def open_engine() -> None:
        together.wait()
        engines.append(Engine.open(str(tmp_path / "new.db")))

    threads = [threading.Thread(target=open_engine) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({engine.store.token_key for engine in engines}) == 1
    assert len(engines) == 4
    identifiers = {Caller(engine).create(f"token {number}")["Id"] for number, engine in enumerate(engines)}
    assert len(identifiers) == 4
    for engine in engines:
        engine.close()


class Overtaken:
    """A connection that is overtaken by another migration just before its own takes the lock."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._own = connection.open_connection(path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def execute(self, statement: str, *bindings: Any) -> apsw.Cursor:
        """Let the other one go first."""
        if statement == "BEGIN IMMEDIATE":
            Engine.open(self._path).close()
        return self._own.execute(statement, *bindings)


def test_a_migration_that_is_overtaken_does_nothing(tmp_path: Path) -> None:
    overtaken = Overtaken(str(tmp_path / "new.db"))
    connection.migrate(overtaken, b"the slower one's key")  # type: ignore[arg-type]
    assert overtaken.execute("SELECT token_key FROM installation").get != b"the slower one's key"
    overtaken.close()


def test_a_later_migration_finds_what_was_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "old.db")
    old = Engine.open(path)
    first = Caller(old).create("token")
    old.close()
    later = tmp_path / "9999_notes.sql"
    later.write_text("CREATE TABLE note (text TEXT NOT NULL);")
    files = [*connection._migrations(), later]
    monkeypatch.setattr(connection, "_migrations", lambda: files)
    for _ in range(2):
        new = Engine.open(path)
        assert new.store.token_key == old.store.token_key
        assert Caller(new).create("token") == first
        new.close()
    changed(Path(path), "INSERT INTO note VALUES ('migrated')")


def test_every_statement_of_a_migration_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = tmp_path / "9999_notes.sql"
    later.write_text("""
        PRAGMA foreign_key_check;
        SELECT count(*) FROM opportunity; -- both answer with rows; and this is not an end of one: ;
        CREATE TABLE note (text TEXT NOT NULL);
        CREATE TRIGGER echoed AFTER INSERT ON note WHEN NEW.text = 'echo' BEGIN
            SELECT 'a;b';
            INSERT INTO note VALUES ('echoed');
        END;
        INSERT INTO note VALUES ('kept') RETURNING text;
        INSERT INTO note VALUES ('echo');
    """)
    files = [*connection._migrations(), later]
    monkeypatch.setattr(connection, "_migrations", lambda: files)
    path = tmp_path / "new.db"
    Engine.open(str(path)).close()
    assert apsw.Connection(str(path)).execute("SELECT text FROM note").fetchall() == [("kept",), ("echo",), ("echoed",)]


def test_a_new_database_keeps_the_key_that_signs_tokens(tmp_path: Path) -> None:
    first = Engine.open(str(tmp_path / "kept.db"))
    first.close()
    second = Engine.open(str(tmp_path / "kept.db"))
    assert second.store.token_key == first.store.token_key
    assert len(first.store.token_key) == 32
    second.close()


def test_events_of_an_older_schema_are_still_to_be_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.db"
    files = connection._migrations()
    monkeypatch.setattr(connection, "_migrations", lambda: files[:1])
    Engine.open(str(path)).close()
    about = '"detail":{"opportunity":{"identifier":"O7"}}'
    event = f'{{"detail-type":"Opportunity Created","time":"2026-05-04T09:15:22Z",{about}}}'
    changed(path, "INSERT INTO scope VALUES (5, '111122223333', 'Sandbox', 0)")
    changed(path, f"INSERT INTO outbox VALUES (41, 5, 'an-id', 'bO7', CAST('{event}' AS BLOB))")
    monkeypatch.undo()
    Engine.open(str(path)).close()
    kept = apsw.Connection(str(path)).execute("SELECT * FROM outbox").fetchall()
    receiver = ("111122223333", "Sandbox")
    assert kept == [(41, *receiver, "O7", "Opportunity Created", "an-id", 1_777_886_122_000, event.encode())]


def test_numbers_stamps_positions_and_tokens_of_an_older_schema_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    files = connection._migrations()
    monkeypatch.setattr(connection, "_migrations", lambda: files[:7])
    connection.migrate(old := apsw.Connection(str(path)), bytes(32))
    for statement in (
        f"INSERT INTO scope VALUES (5, '{ACCOUNT}', 'Sandbox', 4102444800000)",
        "UPDATE installation SET next_number = 41",
        "INSERT INTO outbox VALUES (70, '1', 'Sandbox', 'O7', 'Opportunity Created', 'an-id', 0, x'00')",
        "DELETE FROM outbox",
        f"INSERT INTO opportunity_change VALUES (80, 5, '{id_key('O7')}', 0, NULL)",
        f"INSERT INTO opportunity_change VALUES (81, 5, '{id_key('O7')}', 0, x'00')",
        "INSERT INTO client_token VALUES (5, 'CreateOpportunity', 'token', x'00', x'00', 4102444800000)",
    ):
        old.execute(statement)
    old.close()
    monkeypatch.undo()
    engine = Engine.open(str(path))
    caller = Caller(engine)
    with pytest.raises(Refused, match="ConflictException"):
        caller.create("token")
    new = caller.create("new")
    assert new["Id"] == f"O{FIRST_OPPORTUNITY + 41}"
    assert new["LastModifiedDate"] == "2100-01-01T00:00:00.001Z"
    assert [waiting.position for waiting in engine.store.outbox.after(0, 10)] == [71]
    with engine.store.read(caller.scope) as tx:
        assert [change.position for change in tx.history("O7", 10)] == [81]
    caller.update(new["Id"])
    with engine.store.read(caller.scope) as tx:
        assert [change.position for change in tx.history(new["Id"], 10)] == [83]
    engine.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with something in it."""
    path = tmp_path / "cosell.db"
    engine = Engine.open(str(path))
    Caller(engine).put(
        [record(f"O{number}", Customer={"Account": {"CompanyName": "x" * 100}}) for number in range(200)]
    )
    engine.close()
    return path


def diagnosed(url: str) -> Diagnosis:
    """The one thing that there is to say of a database in a file."""
    (found,) = diagnose(url)
    return found


def changed(path: Path, statement: str) -> None:
    """Run a statement on a database, as a stranger."""
    stranger = apsw.Connection(str(path))
    stranger.execute(statement)
    stranger.close()


def test_a_sound_database_is_found_sound_and_left_as_it_is(database: Path) -> None:
    before = database.read_bytes()
    found = diagnosed(str(database))
    assert found.fact.endswith(f"is writable and whole, schema {NEWEST}")
    assert found.remedy == ""
    assert database.read_bytes() == before


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = diagnosed(str(tmp_path / "new.db"))
    assert "does not exist yet" in found.fact
    assert found.remedy == ""
    assert list(tmp_path.iterdir()) == []
    assert diagnosed(":memory:").remedy == ""
    nowhere = diagnosed(str(tmp_path / "nowhere" / "new.db"))
    assert "is not a folder to write to" in nowhere.fact
    assert nowhere.remedy


def test_an_older_schema_is_no_defect(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    found = diagnosed(str(tmp_path / "empty.db"))
    assert f"schema 0 becomes {NEWEST}" in found.fact
    assert found.remedy == ""


@pytest.mark.parametrize(
    ("statement", "fact"),
    [("PRAGMA user_version = 99", f"this cosell knows {NEWEST}"), ("DROP TABLE installation", "another program")],
)
def test_what_would_not_be_opened_is_reported(database: Path, statement: str, fact: str) -> None:
    changed(database, statement)
    found = diagnosed(str(database))
    assert fact in found.fact
    assert found.remedy
    with pytest.raises(UserError):
        Engine.open(str(database))


def test_a_damaged_database_is_reported(database: Path) -> None:
    content = bytearray(database.read_bytes())
    half = len(content) // 2
    content[half:] = b"\xff" * half
    database.write_bytes(content)
    found = diagnosed(str(database))
    assert "is damaged" in found.fact
    assert found.remedy


def test_what_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear partner, " * 100)
    assert "is not a SQLite database" in diagnosed(str(tmp_path / "letter.txt")).fact
    found = diagnosed(str(tmp_path))
    assert "cannot be written: its files cannot be opened" in found.fact
    assert found.remedy
    with pytest.raises(UserError, match="mysql"):
        diagnose("mysql://somewhere")


def test_a_locked_database_is_reported(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "PATIENCE_MS", 20)
    stranger = apsw.Connection(str(database))
    stranger.execute("BEGIN IMMEDIATE")
    found = diagnosed(str(database))
    assert "is locked by another writer" in found.fact
    assert found.remedy
    stranger.close()


def test_the_library_is_apsws_own() -> None:
    assert sqlite_version() == apsw.sqlite_lib_version()
