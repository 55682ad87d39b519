"""`cosell backup` and `cosell restore`: a whole database, whoever works with it and whenever it is killed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from cosell.cli.main import run as run_here
from cosell.engine import Engine
from cosell.store.access import Access
from cosell.store.sqlite import backup
from tests.conftest import Finished, Server
from tests.store.caller import Caller, record

Run = Callable[..., Finished]
Here = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with 50 opportunities, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "deals.db"
    assert run_here(["seed", "--count", "50", "--db", str(path)]) == 0
    return path


@pytest.fixture
def here(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs a command in this process, in a folder that has the database: its exit code, and what it has said."""
    shutil.copy(seeded, tmp_path)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_here(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def names() -> set[str]:
    return {path.name for path in Path().iterdir()}


def test_what_is_restored_is_what_was_backed_up(here: Here) -> None:
    before = here("dump", "--db", "deals.db")[1]
    assert here("backup", "kept.db", "--db", "deals.db")[1].startswith("backed up deals.db to kept.db: 50 opportun")
    assert Path("kept.db").stat().st_mode & 0o777 == 0o600, "the key of page tokens is in it"
    here("reset", "--yes", "--db", "deals.db")
    Path("deals.db").chmod(0o640)
    code, out, _ = here("restore", "kept.db", "--db", "deals.db", "--replace")
    assert (code, out.endswith("what was there before is " + str(Path("deals.db.replaced").absolute()) + "\n")) == (
        0,
        1,
    )
    assert here("dump", "--db", "deals.db")[1] == before
    assert Path("deals.db").stat().st_mode & 0o777 == 0o640, "whoever could use it still can"
    assert here("dump", "--db", "deals.db.replaced")[1] == ""
    assert here("restore", "kept.db", "--db", "new.db")[0] == 0
    assert here("dump", "--db", "new.db")[1] == before
    assert here("restore", "kept.db", "--db", "deals.db", "--replace")[0] == 0, "what was kept gives way to the next"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("backup", "kept.db", "--db", "nothing.db"), "there is no database nothing.db; make one with:"),
        (("backup", "kept.db", "--db", ":memory:"), "a database in memory holds nothing"),
        (("backup", "deals.db", "--db", "deals.db"), "deals.db is the database itself; name another file"),
        (("backup", "nowhere/kept.db", "--db", "deals.db"), "cannot write nowhere/kept.db: No such file or directory"),
        (("backup", "kept.db", "--db", "text.db"), "text.db is not a SQLite database"),
        (("backup", "kept.db", "--db", "foreign.db"), "foreign.db is the database of another program"),
        (("backup", "kept.db", "--db", "bare.db"), "bare.db is not a database of cosell's"),
        (("backup", "kept.db", "--db", "damaged.db"), "damaged.db is damaged"),
        (("backup", "kept.db", "--db", "newer.db"), "newer.db was written by a newer cosell; upgrade cosell, or"),
        (("restore", "newer.db", "--db", "new.db"), "newer.db was written by a newer cosell; upgrade cosell, or"),
        (("restore", "deals.db", "--db", ":memory:"), "a database in memory is gone"),
        (("restore", "deals.db", "--db", "deals.db", "--replace"), "deals.db is the database itself"),
        (("restore", "deals.db", "--db", "text.db"), "text.db already exists; say --replace, which keeps it"),
        (("restore", "deals.db", "--db", "nowhere/new.db"), "cannot write nowhere/new.db"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_everything_as_it_was(
    here: Here, arguments: tuple[str, ...], told: str
) -> None:
    Path("text.db").write_text("not a database, but long enough to be looked at as one" * 10)
    for name, statement in (("foreign.db", "CREATE TABLE other (a)"), ("bare.db", "PRAGMA application_id = 7")):
        with closing(apsw.Connection(name)) as made:
            made.execute(statement)
    shutil.copy("deals.db", "newer.db")
    with closing(apsw.Connection("newer.db")) as newer:
        newer.execute("PRAGMA user_version = 99")
    content = bytearray(Path("deals.db").read_bytes())
    content[len(content) // 2 :: 7] = b"\xff" * len(content[len(content) // 2 :: 7])
    Path("damaged.db").write_bytes(content)
    before = names()
    code, out, err = here(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
    assert names() - before <= {f"{name}{log}" for name in before for log in ("-wal", "-shm")}


def test_a_backup_beside_a_server_holds_nobody_up_and_is_restored_once_it_has_stopped(
    serve: Callable[..., Server], run: Run, tmp_path: Path
) -> None:
    server = serve("--db", "deals.db")
    client = server.client()
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    assert run("backup", "kept.db", "--db", "deals.db").code == 0
    second = client.create_opportunity(Catalog="Sandbox", ClientToken="second")["Id"]
    refused = run("restore", "kept.db", "--db", "deals.db", "--replace")
    assert (refused.code, refused.err) == (
        2,
        "cosell: deals.db is in use; stop the server or the command that has it open\n",
    )
    assert client.get_opportunity(Catalog="Sandbox", Identifier=second)["Id"] == second
    server.kill()  # its log has what its file has not
    assert run("restore", "kept.db", "--db", "deals.db", "--replace").code == 0
    for name, count in (("deals.db", 1), ("deals.db.replaced", 2)):
        with closing(apsw.Connection(str(tmp_path / name))) as database:
            assert database.execute("SELECT count(*) FROM opportunity").get == count


def test_a_backup_is_of_one_moment_however_much_is_written_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 1)
    path, is_done = tmp_path / "deals.db", threading.Event()
    engine = Engine.open(str(path))
    Caller(engine).put([record(f"O{number}") for number in range(1_000, 1_100)])

    def write() -> None:
        number = 2_000
        while not is_done.is_set():
            Caller(engine).put([record(f"O{number}")])
            number += 1

    writing = threading.Thread(target=write)
    writing.start()
    made = backup.back_up(str(path), tmp_path / "kept.db")
    is_done.set()
    writing.join()
    engine.close()
    kept = Engine.open(str(tmp_path / "kept.db"), access=Access.READ)
    (scope,) = kept.store.scopes()
    with kept.store.read(scope) as tx:
        assert tx.count() == made.opportunities
        later = made.opportunities - 100
        for number in [*range(1_000, 1_100), *range(2_000, 2_000 + later)]:
            assert tx.record(f"O{number}") is not None
    kept.close()


KILLED = """
import os, signal
from cosell.cli.main import main
from cosell.store.sqlite import backup
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
backup.{place} = die
main()
"""


@pytest.mark.parametrize("place", ["_copy", "_checked", "put_in_place", "_put_aside"])
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_command_that_is_killed_leaves_what_was_there(here: Here, place: str, command: str) -> None:
    shutil.copy("deals.db", "kept.db")
    here("reset", "--yes", "--db", "deals.db")
    before = here("dump", "--db", "kept.db")[1]
    arguments = {"backup": ["kept.db", "--db", "deals.db"], "restore": ["kept.db", "--db", "deals.db", "--replace"]}
    program = [sys.executable, "-c", KILLED.format(place=place), command, *arguments[command]]
    killed = subprocess.run(program, check=False, env=os.environ)
    if (command, place) == ("backup", "_put_aside"):
        assert killed.returncode == 0, "a backup puts nothing aside"
        return
    assert killed.returncode == -signal.SIGKILL
    assert here("dump", "--db", "kept.db")[1] == before
    there = "deals.db.replaced" if (command, place) == ("restore", "put_in_place") else "deals.db"
    assert here("dump", "--db", there)[::2] == (
        0,
        f"dumped 0 opportunities of {there} (account 000000000000, catalog Sandbox) to stdout\n",
    )
    assert here(command, *arguments[command])[0] == 0
    assert command == "backup" or here("dump", "--db", "deals.db.replaced")[0] == 0
    assert not [name for name in names() if ".partial" in name]


def test_two_commands_that_write_one_file_are_told_of_each_other(here: Here) -> None:
    with backup._partial(Path("kept.db").resolve()):
        code, _, err = here("backup", "kept.db", "--db", "deals.db")
    assert (code, "another command writes" in err) == (2, True)
