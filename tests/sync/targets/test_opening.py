"""Which database a URL names, and that nothing is written where no mirror belongs."""

import sqlite3
import sys
from pathlib import Path

import apsw
import duckdb
import psycopg
import pytest

from cosell.errors import UserError
from cosell.sync.target import MirrorBusy
from cosell.sync.targets import keys, schema, structure
from cosell.sync.targets import open as open_room
from cosell.sync.targets import sqlite as sqlite_room
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from cosell.sync.targets.schema import migrate, steps_of
from tests.postgres import Postgres
from tests.sync.targets.rows import documents, keep, row, summary

CREATE_OTHER = "CREATE TABLE customer (name varchar(9))"
"""What another program has made."""


def execute(url: str, statement: str) -> None:
    """Run a statement past cosell."""
    scheme, _, rest = url.partition(":///")
    if scheme == "sqlite":
        connection = sqlite3.connect(rest)
        connection.execute(statement)
        connection.commit()
        connection.close()
    elif scheme == "duckdb":
        with duckdb.connect(rest) as opened:
            opened.execute(statement)
    else:
        with psycopg.connect(url) as connected:
            connected.execute(statement.encode())


def tables(url: str) -> list[str]:
    """The names of all tables that a database has."""
    scheme, _, rest = url.partition(":///")
    if scheme == "sqlite":
        connection = sqlite3.connect(rest)
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        connection.close()
    elif scheme == "duckdb":
        with duckdb.connect(rest) as opened:
            found = opened.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    else:
        with psycopg.connect(url) as connected:
            found = connected.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
    return [name for (name,) in found]


def _be_the_first_cosell(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(open_room, "steps_of", lambda dialect: steps_of(dialect)[:1])
    patch.setattr(structure, "check", lambda _: None)
    patch.setattr(keys, "keep", lambda *_: None)


@pytest.fixture
def first_version(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mirror as the first cosell left it, with two opportunities."""
    with monkeypatch.context() as patch:
        _be_the_first_cosell(patch)
        with open_target(url) as mirror:
            keep(mirror, row("O1"), row("O2", LifeCycle={"Stage": "Qualified"}), details=True)
    return url


@pytest.mark.parametrize(
    ("given", "file", "name"),
    [
        ("pipeline.db", "pipeline.db", "sqlite"),
        ("sqlite:///pipeline.duckdb", "pipeline.duckdb", "sqlite"),
        ("pipeline.duckdb", "pipeline.duckdb", "duckdb"),
        ("duckdb:///pipeline.db", "pipeline.db", "duckdb"),
        ("sub/pipeline", "sub/pipeline", "sqlite"),
    ],
)
def test_a_url_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, file: str, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    with open_target(given) as mirror:
        assert mirror.database.dialect.name == name
        assert (tmp_path / file).exists()


def test_a_mirror_is_opened_again_as_it_was(url: str) -> None:
    with open_target(url) as mirror:
        keep(mirror, row("O1"))
    with open_target(url, create=False) as mirror:
        assert documents(mirror) == [summary("O1")]
        mirror.close()


@pytest.mark.parametrize(
    "given", ["oracle://host/database", "mysql://host", "https://example.com", "", "sqlite:///", "duckdb:///"]
)
def test_a_url_that_names_no_database_is_refused(given: str) -> None:
    with pytest.raises(UserError, match=r"no mirror can live at|no file is named"):
        open_target(given)


@pytest.mark.parametrize("given", ["none.db", "none.duckdb", "sqlite:///none.db", "duckdb:///none.db"])
def test_looking_makes_no_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="there is no mirror none"):
        open_target(given, create=False)
    assert list(tmp_path.iterdir()) == []


def test_looking_into_an_empty_database_leaves_it_empty(url: str) -> None:
    execute(url, CREATE_OTHER)
    execute(url, "DROP TABLE customer")
    with pytest.raises(UserError, match="this database is empty, not a mirror"):
        open_target(url, create=False)
    assert tables(url) == []


def test_the_database_of_another_program_is_left_as_it_was(url: str, database: str) -> None:
    execute(url, CREATE_OTHER)
    file = Path(url.removeprefix(f"{database}:///"))
    before = file.read_bytes() if database == "sqlite" else b""
    with pytest.raises(UserError, match="this database has tables, but is not a mirror"):
        open_target(url)
    assert tables(url) == ["customer"]
    if database == "sqlite":
        assert file.read_bytes() == before
        assert list(file.parent.iterdir()) == [file]


def test_a_mirror_of_a_newer_cosell_is_left_as_it_was(url: str) -> None:
    with open_target(url) as mirror:
        keep(mirror, row("O1"))
        newest = len(steps_of(mirror.database.dialect))
    execute(url, f"INSERT INTO mirror_migration VALUES ({newest + 1}, 'newer')")
    with pytest.raises(UserError, match="written by a newer cosell"):
        open_target(url)


def test_an_older_mirror_is_brought_up_to_date(first_version: str) -> None:
    assert "opportunity" in tables(first_version)
    with open_target(first_version, create=False) as mirror:
        assert [one["Id"] for one in documents(mirror)] == ["O1", "O2"]
        assert mirror.database.rows("SELECT stage FROM open_pipeline_by_stage WHERE stage IS NOT NULL") == [
            ("Qualified",)
        ]
        assert mirror.database.rows("SELECT number, name FROM mirror_migration ORDER BY number") == [
            (1, "tables"),
            (2, "ages"),
            (3, "views"),
            (4, "verification"),
            (5, "latest"),
            (6, "days"),
            (7, "cosell_motion_reason"),
            (8, "keys"),
            (9, "key_orders"),
        ]
        assert keep(mirror, row("O3")).new == 1


def test_a_mirror_that_is_held_is_not_changed_under_its_holder(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _be_the_first_cosell(patch)
        held = open_target(url)
    with held, held.lock("an older cosell"):
        with pytest.raises(MirrorBusy, match="held by an older cosell"):
            open_target(url)
        assert schema.version(held.database) == 1


def test_two_processes_that_make_a_mirror_do_not_meet(url: str, database: str) -> None:
    with open_target(url) as mirror, mirror.lock(schema.MIGRATING):
        with open_target(url) as other:
            assert other.counts().opportunities == 0
        if database == "postgres":
            execute(url, "DROP TABLE sync_state CASCADE")
            with pytest.raises(MirrorBusy, match="held by another process"):
                open_target(url, repair=True)


def test_a_step_that_fails_leaves_the_mirror_as_it_was(mirror: Mirror) -> None:
    keep(mirror, row("O1"))
    steps = steps_of(mirror.database.dialect)
    broken = "CREATE TABLE half (one integer); CREATE TABLE opportunity (one integer)"
    with pytest.raises(Exception, match="already exists"):
        migrate(mirror.database, [*steps, ("broken", broken)])
    assert schema.version(mirror.database) == len(steps)
    assert documents(mirror) == [summary("O1")]
    migrate(mirror.database, [*steps, ("repaired", "CREATE TABLE half (one integer)")])
    assert schema.version(mirror.database) == len(steps) + 1


def test_every_statement_of_a_step_is_run(mirror: Mirror) -> None:
    steps = steps_of(mirror.database.dialect)
    asking = (
        "SELECT 1; CREATE TABLE late (one integer); SELECT one FROM late; /* ; */ INSERT INTO late VALUES (7); -- end"
    )
    migrate(mirror.database, [*steps, ("asking", asking)])
    assert mirror.database.rows("SELECT one FROM late") == [(7,)]


@pytest.mark.parametrize("name", ["notes.txt", "notes.duckdb"])
def test_a_file_that_is_no_database_is_left_as_it_was(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("dear diary, " * 400)
    with pytest.raises(UserError, match=r"is not a SQLite database|cannot open .* as a DuckDB database"):
        open_target(str(file))
    assert file.read_text() == "dear diary, " * 400
    assert list(tmp_path.iterdir()) == [file]


def test_a_database_that_does_not_answer_while_it_is_made_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "mirror.db")
    other = apsw.Connection(path)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(sqlite_room, "BUSY_TIMEOUT_MS", 1)
    with pytest.raises(UserError, match="cannot open the mirror: BusyError"):
        open_target(path)
    other.execute("ROLLBACK")
    with open_target(path) as mirror:
        assert mirror.counts().opportunities == 0
    other.close()


@pytest.mark.parametrize("name", ["mirror.db", "mirror.duckdb"])
def test_a_folder_that_does_not_exist_is_reported(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot open"):
        open_target(str(tmp_path / "none" / name))


def test_a_server_that_does_not_answer_is_reported_without_the_password() -> None:
    with pytest.raises(UserError, match="cannot open the database") as refused:
        open_target("postgresql://ana:seesaw@127.0.0.1:1/mirror")
    assert "seesaw" not in refused.value.message + refused.value.next_step


def test_a_url_that_postgres_does_not_understand_is_reported_without_the_password() -> None:
    with pytest.raises(UserError, match="this is not a URL of a PostgreSQL database") as refused:
        open_target("postgresql://ana:seesaw@127.0.0.1/mirror?nonsense=1")
    assert "seesaw" not in refused.value.message + refused.value.next_step


def test_a_schema_that_does_not_exist_is_reported(postgres: Postgres) -> None:
    with pytest.raises(UserError, match="none of the schemas of the search path exists"):
        open_target(f"{postgres.url('postgres')}?options=-csearch_path%3Dnowhere")


def test_rights_that_are_missing_are_reported(postgres: Postgres) -> None:
    url = postgres.new_database()
    execute(url, "CREATE ROLE reader LOGIN")
    reading = url.replace("postgres@", "reader@")
    with pytest.raises(UserError, match="cannot make the tables: permission denied for schema public"):
        open_target(reading)
    with open_target(url) as mirror:
        keep(mirror, row("O1"))
    execute(url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    with open_target(reading) as mirror:
        assert mirror.counts().opportunities == 1
        assert mirror.database.rows("SELECT opportunities FROM open_pipeline_by_stage") == [(1,)]
    execute(url, "DROP OWNED BY reader")
    execute(url, "DROP ROLE reader")


def test_a_server_that_takes_risks_does_not_take_them_with_a_mirror(postgres: Postgres) -> None:
    url = f"{postgres.new_schema()}%20-csynchronous_commit%3Doff"
    with open_target(url) as mirror:
        assert mirror.database.rows("SELECT current_setting('synchronous_commit')") == [("on",)]


def test_without_duckdb_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.delitem(sys.modules, "cosell.sync.targets.duckdb", raising=False)
    with pytest.raises(UserError, match="DuckDB is not installed") as refused:
        open_target(f"duckdb:///{tmp_path}/mirror.duckdb")
    assert refused.value.next_step == "install it with: pip install 'cosell[duckdb]'"


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "cosell.sync.targets.postgres", raising=False)
    with pytest.raises(UserError, match="psycopg cannot be loaded") as refused:
        open_target("postgresql://localhost/mirror")
    assert refused.value.next_step == "install it with: pip install 'cosell[postgres]'"


def test_sqlite_acknowledges_what_is_on_the_disk(tmp_path: Path) -> None:
    with open_target(str(tmp_path / "mirror.db")) as mirror:
        assert mirror.database.rows("PRAGMA journal_mode") == [("wal",)]
        assert mirror.database.rows("PRAGMA synchronous") == [(2,)]
