"""A command that only makes sense on a database that is there refuses another one, and makes and changes nothing."""

from pathlib import Path

import pytest

from cosell.cli.main import run
from tests.cli.doors import commands, doors_of

MAY_CREATE = {"serve", "seed", "load", "migrate", "restore", "solutions", "sync"}
"""They fill a database, or serve it: `solutions` only with `add`, `sync` only once the service answers."""
LOOKS = {"doctor"}
"""It says what it finds, also where there is nothing."""
NEEDS_ONE = {
    "list": ["--db", "typo.db"],
    "search": ["--db", "typo.db"],
    "dump": ["--db", "typo.db", "--to", "backup.jsonl"],
    "backup": ["--db", "typo.db", "backup.jsonl"],
    "reset": ["--db", "typo.db", "--yes"],
    "mirror export": ["--mirror", "typo.db", "--csv", "exported"],
    "console": ["--mirror", "typo.db", "--port", "0"],
    "sync status": ["--mirror", "typo.db"],
    "sync verify": ["--mirror", "typo.db", "--url", "http://127.0.0.1:9"],
    "solutions list": ["--db", "typo.db"],
}


def test_every_command_with_a_database_says_whether_it_makes_one() -> None:
    named = {words for words, command in commands() if doors_of(command)}
    assert named == MAY_CREATE | LOOKS | (NEEDS_ONE.keys() - {"solutions list"})


def refused(folder: Path, capsys: pytest.CaptureFixture[str], words: str, path: str) -> str:
    """The line in which a command refuses a database. Nothing in the folder has changed."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    arguments = [*words.split(), *(path if word == "typo.db" else word for word in NEEDS_ONE[words])]
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith("cosell: ")
    assert "; " in told.err, "there is no next step"
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    return told.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a backup in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "backup.jsonl").write_text("what was kept\n")
    return tmp_path


@pytest.mark.parametrize("words", NEEDS_ONE)
def test_a_database_that_is_not_there_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], words: str) -> None:
    assert "typo.db" in refused(folder, capsys, words, "typo.db")
    assert "typo.db" in refused(folder, capsys, words, "no/folder/typo.db")


@pytest.mark.parametrize("words", [words for words, options in NEEDS_ONE.items() if "--db" in options])
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing.db", "nothing.db is empty"),
        (".", ". is a folder"),
        ("backup.jsonl/typo.db", "there is no database"),
        (":memory:", "in memory holds nothing"),
        ("\0.db", "cannot be the name of a database"),
        ("\udcff.db", "cannot be the name of a database"),
        (f"{'x' * 300}.db", "cannot open"),
        ("mysql://somewhere/db", "cannot open mysql:// databases"),
    ],
)
def test_what_is_no_database_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], words: str, path: str, said: str
) -> None:
    (folder / "nothing.db").touch()
    assert said in refused(folder, capsys, words, path)


def test_the_next_step_makes_the_database(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--db", "a b.db"]) == 2
    assert capsys.readouterr().err == "cosell: there is no database a b.db; make one with: cosell seed --db 'a b.db'\n"
    assert run(["seed", "--count", "1", "--db", "a b.db"]) == 0
    assert run(["list", "--db", "a b.db"]) == 0
    assert (folder / "a b.db").exists()
