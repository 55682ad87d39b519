"""A database that cannot be used is one line and exit code 2, whatever is wrong with it and whoever asks."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from cosell.cli.main import run
from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite import connection
from tests.cli.doors import commands, doors_of


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(b"Dear partner, " * 5000)


def cut_short(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 + 100])


def cut_to_the_quick(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: connection.PAGE_BYTES + 100])


def scrambled(path: Path) -> None:
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + b"\xff" * (len(content) - half))


def scrambled_where_solutions_are(path: Path) -> None:
    _scrambled_where(path, "solution")


def scrambled_where_records_are(path: Path) -> None:
    _scrambled_where(path, "opportunity_record")


def _scrambled_where(path: Path, table: str) -> None:
    database = sqlite3.connect(path)
    roots = database.execute("SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?", (table,)).fetchall()
    database.close()
    content = bytearray(path.read_bytes())
    for (root,) in roots:
        content[(root - 1) * connection.PAGE_BYTES : root * connection.PAGE_BYTES] = b"\xff" * connection.PAGE_BYTES
    path.write_bytes(content)


def of_another_program(path: Path) -> None:
    path.unlink()
    stranger = sqlite3.connect(path)
    stranger.execute("CREATE TABLE song (title TEXT)")
    stranger.close()


def not_begun(path: Path) -> None:
    path.unlink()
    new = connection.open_connection(str(path))
    new.close()


def of_a_newer_cosell(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 999")
    database.close()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_installation(path: Path) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("DELETE FROM installation")
    database.close()


KINDS: list[Callable[[Path], None]] = [
    emptied,
    garbage,
    cut_short,
    cut_to_the_quick,
    scrambled,
    of_another_program,
    not_begun,
    of_a_newer_cosell,
    a_folder,
    without_installation,
]
COMMANDS = {
    "list": [],
    "search": [],
    "seed": ["--count", "1"],
    "load": ["given.json"],
    "dump": ["--to", "backup.jsonl"],
    "backup": ["backup.jsonl"],
    "reset": ["--yes"],
    "solutions": [],
    "solutions add": ["Data Hub"],
    "doctor": ["--port", "0"],
    "serve": ["--port", "0"],
}
MAY_FILL = {("seed", emptied), ("load", emptied), ("solutions add", emptied), ("serve", emptied)} | {
    (words, not_begun) for words in ("seed", "load", "solutions add", "serve")
}
"""An empty file, and a database in which nothing was ever made, are as good as none."""
MEETS_NO_DAMAGE = {("serve", scrambled), ("solutions", scrambled), ("solutions add", scrambled)}
"""Solutions lie before the opportunities, and a server has to be asked for something first."""
SALVAGED = [("dump", cut_short), ("dump", scrambled)]
"""What a dump writes in part."""
DUMPED = [("dump", without_installation), ("backup", without_installation)]
"""What they do not need."""


def test_every_command_with_a_database_is_tried() -> None:
    named = {words for words, command in commands() if "--db" in doors_of(command)}
    assert {words.partition(" ")[0] for words in COMMANDS} == named - {"restore", "migrate"}, (
        "they look at the schema alone"
    )


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with some opportunities, in the working directory, beside a file to load and an earlier backup."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 20)
    assert run(["seed", "--count", "60", "--db", "cosell.db"]) == 0
    (tmp_path / "given.json").write_text('{"Id": "O7", "LastModifiedDate": "2025-03-04T05:06:07Z"}')
    (tmp_path / "backup.jsonl").write_text("what was kept\n")
    return tmp_path / "cosell.db"


@pytest.mark.parametrize(
    ("words", "spoil"),
    [
        pytest.param(words, spoil, id=f"{words} {spoil.__name__}")
        for words in COMMANDS
        for spoil in KINDS
        if (words, spoil) not in MAY_FILL | MEETS_NO_DAMAGE
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    database: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], words: str
) -> None:
    spoil(database)
    capsys.readouterr()
    code = run([*words.split(), *COMMANDS[words]])
    told = capsys.readouterr()
    if words == "doctor":
        assert (code, told.err) == (int(spoil not in (emptied, not_begun, without_installation)), "")
    elif (words, spoil) in SALVAGED:
        assert (code, told.err.count("\n")) == (1, 1)
        assert "could not be read" in told.err
    elif (words, spoil) in DUMPED:
        assert (code, told.err) == (0, "")
    else:
        assert (code, told.out, told.err.count("\n")) == (2, "", 1)
        assert told.err.startswith("cosell: cosell.db ")
        assert "; " in told.err
    if (words, spoil) not in DUMPED:
        assert Path("backup.jsonl").read_text() == "what was kept\n"


def test_what_the_damage_has_not_met_is_reported_and_added_to_as_before(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["solutions"]) == 0
    before = capsys.readouterr().out
    scrambled_where_records_are(database)
    assert (run(["solutions"]), capsys.readouterr().out) == (0, before)
    assert run(["solutions", "add", "Data Hub"]) == 0
    added = capsys.readouterr().out.strip()
    assert run(["solutions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(added)] == before.splitlines()
    assert len(lines) == len(before.splitlines()) + 1


@pytest.mark.parametrize("words", ["solutions", "solutions add"])
def test_what_the_damage_has_met_is_one_line(database: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    scrambled_where_solutions_are(database)
    capsys.readouterr()
    assert run([*words.split(), *COMMANDS[words]]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == (
        "",
        "cosell: cosell.db is damaged; write what is left with: cosell dump --db cosell.db\n",
    )


@contextmanager
def held(path: Path) -> Iterator[None]:
    """A lock that nobody else reads through."""
    holder = apsw.Connection(str(path))
    holder.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("UPDATE counter SET value = value")
    yield
    holder.execute("ROLLBACK")
    holder.close()


@pytest.mark.parametrize("words", [words for words in COMMANDS if words != "doctor"])
def test_a_locked_database_is_one_line(database: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    rollback = apsw.Connection(str(database))
    rollback.execute("PRAGMA journal_mode = DELETE").fetchall()
    rollback.close()
    capsys.readouterr()
    with held(database):
        assert run([*words.split(), *COMMANDS[words]]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "cosell: cosell.db is locked by another program; wait for it, or end it\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (apsw.FullError, "cannot be written, because the disk is full"),
        (apsw.ReadOnlyError, "cannot be written; see to the permissions"),
        (apsw.IOError, "cannot be used: "),
        (apsw.CorruptError, "is damaged; write what is left with: cosell dump --db cosell.db"),
    ],
)
@pytest.mark.parametrize("words", ["seed", "load", "reset", "solutions add"])
def test_a_database_that_fails_on_the_way_is_one_line(
    database: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    error: type[apsw.Error],
    said: str,
) -> None:
    before = run(["dump"]), capsys.readouterr().out

    def fails(_: object) -> None:
        raise error("it fails")

    with monkeypatch.context() as patched:
        patched.setattr("cosell.store.sqlite.store.Closing.write", fails)
        assert run([*words.split(), *COMMANDS[words]]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith(f"cosell: cosell.db {said}")
    assert (run(["dump"]), capsys.readouterr().out) == before


def test_a_server_whose_clock_cannot_be_kept_is_one_line(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()

    def fails(*_: object) -> None:
        raise StoreUnavailable("full") from apsw.FullError("full")

    monkeypatch.setattr("cosell.store.sqlite.store.SqliteStore.put_course", fails)
    assert run(["serve", "--port", "0", "--clock", "frozen"]) == 2
    assert capsys.readouterr().err.startswith("cosell: cosell.db cannot be written, because the disk is full; ")
