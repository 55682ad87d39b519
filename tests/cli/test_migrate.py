"""`cosell migrate`: the schema of a database, looked at and brought up to date."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

import cosell
from cosell.cli.main import run as run_here
from cosell.store.postgres import migrate as in_postgres
from cosell.store.sqlite import connection as in_sqlite
from tests.docs.pages import ROOT, blocks_of
from tests.postgres import Postgres

PAGE = ROOT / "docs" / "how-to" / "run-on-postgresql.md"
Cosell = Callable[..., tuple[int, str, str]]


@pytest.fixture(params=["file", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that is not there yet, of each kind."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres").new_schema()
        return url
    return str(tmp_path / "new.db")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cosell:
    """Types a command in a folder of its own: its exit code and words."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_here([*arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets there be one more migration for both databases, as in a later version."""
    file = tmp_path / "9999_notes.sql"
    file.write_text("CREATE TABLE note (text TEXT NOT NULL);")

    def upgrade() -> None:
        for room in (in_postgres, in_sqlite):
            files = [*room._migrations(), file]
            monkeypatch.setattr(room, "_migrations", lambda files=files: files)

    return upgrade


def test_a_database_is_made_and_is_up_to_date_then(typed: Cosell, db: str) -> None:
    code, out, _ = typed("migrate", "--check", "--db", db)
    assert code == 1
    assert "has no schema yet; " in out
    code, names, _ = typed("migrate", "--dry-run", "--db", db)
    assert code == 0
    assert names.splitlines()[0] == "0001_opportunities"
    assert typed("list", "--db", db)[0] == 2, "a look at it has made it"
    assert typed("migrate", "--db", db)[:2] == (0, names)
    assert typed("migrate", "--check", "--db", db)[0] == 0
    code, out, err = typed("migrate", "--db", db)
    assert (code, out) == (0, "")
    assert "is up to date, schema " in err
    assert typed("list", "--db", db)[0] == 0


def test_what_a_later_version_adds_is_named_and_made_once(typed: Cosell, db: str, later: Callable[[], None]) -> None:
    assert typed("seed", "--count", "3", "--db", db)[0] == 0
    key = cosell.connect(db).list_opportunities(Catalog="Sandbox", MaxResults=1)["NextToken"]
    later()
    code, out, _ = typed("migrate", "--check", "--db", db)
    assert code == 1
    assert "; 1 migration missing" in out
    assert typed("migrate", "--dry-run", "--db", db)[:2] == (0, "9999_notes\n")
    assert typed("migrate", "--check", "--db", db)[0] == 1, "the rehearsal has changed something"
    assert typed("migrate", "--db", db)[:2] == (0, "9999_notes\n")
    assert typed("migrate", "--db", db)[:2] == (0, "")
    found = cosell.connect(db).list_opportunities(Catalog="Sandbox", NextToken=key)
    assert len(found["OpportunitySummaries"]) == 2, "its tokens have another key"


def test_whoever_looks_at_an_older_database_brings_it_up_to_date(
    typed: Cosell, db: str, later: Callable[[], None]
) -> None:
    assert typed("seed", "--count", "3", "--db", db)[0] == 0
    later()
    assert typed("list", "--db", db)[0] == 0
    assert typed("migrate", "--check", "--db", db)[0] == 0


def test_an_older_database_that_cannot_be_changed_is_refused(
    typed: Cosell, postgres: Postgres, later: Callable[[], None]
) -> None:
    url = postgres.new_schema()
    assert typed("seed", "--count", "3", "--db", url)[0] == 0
    later()
    code, _, err = typed("list", "--db", f"{url}%20-cdefault_transaction_read_only%3Don")
    assert code == 2
    assert "is of an older cosell, and cannot be brought up to date" in err


def test_two_wishes_that_contradict_each_other_are_refused(typed: Cosell, db: str) -> None:
    code, _, err = typed("migrate", "--check", "--dry-run", "--db", db)
    assert code == 2
    assert "contradict each other" in err


def test_what_is_another_programs_is_left_alone(typed: Cosell, tmp_path: Path, postgres: Postgres) -> None:
    url, file = postgres.new_schema(), tmp_path / "bills.db"
    with psycopg.connect(url) as server, closing(sqlite3.connect(file)) as connection:
        for each in (server, connection):
            each.execute("CREATE TABLE bill (number integer)")
    for db in (url, str(file)):
        for how in ([], ["--check"], ["--dry-run"]):
            code, _, err = typed("migrate", *how, "--db", db)
            assert code == 2
            assert "is the database of another program" in err


@pytest.fixture
def servant(postgres: Postgres) -> Iterator[tuple[str, str]]:
    """A database whose owner migrates it, and the URL of a role that may only read and write its rows."""
    url = postgres.new_schema()
    assert run_here(["migrate", "--db", url]) == 0
    schema = url.rpartition("%3D")[2]
    with psycopg.connect(url, autocommit=True) as connection:
        (roles,) = [block.text for block in blocks_of(PAGE) if block.file == "roles.sql"]
        connection.execute(roles.replace(" public ", f" {schema} ").encode())
        yield url, url.replace("postgres@", "cosell_server@")
        connection.execute("DROP OWNED BY cosell_server")
        connection.execute("DROP ROLE cosell_server")


def test_servers_may_run_under_a_role_that_may_not_change_tables(
    typed: Cosell, servant: tuple[str, str], later: Callable[[], None]
) -> None:
    _, url = servant
    assert typed("seed", "--count", "1000", "--db", url)[0] == 0
    client = cosell.connect(url)
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="1", **cosell.example_opportunity())
    assert client.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])
    later()
    code, _, err = typed("list", "--db", url)
    assert code == 2
    assert "so cosell_server can make no tables" in err
