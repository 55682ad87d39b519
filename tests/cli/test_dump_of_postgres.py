"""`cosell dump` of a PostgreSQL database: one moment, in bounded memory, and of a damaged one what can be read."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from cosell.cli.main import run as run_here
from cosell.context import Scope
from cosell.errors import UserError
from cosell.store.open import open_dump
from tests.conftest import ACCOUNT
from tests.postgres import Postgres

COUNT = 40
Cosell = Callable[..., tuple[int, str, str]]


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
def url(postgres: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """A database with some opportunities, of which few are read at a time."""
    monkeypatch.setattr(importlib.import_module("cosell.store.postgres.dump"), "PAGE", 7)
    url = postgres.new_database()
    assert run_here(["seed", "--count", str(COUNT), "--db", url, "--account", ACCOUNT]) == 0
    capsys.readouterr()
    return url


def spoil(postgres: Postgres, url: str, relation: str, page: int) -> None:
    """Write something else over one page of a table or an index, on the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT pg_relation_filepath(%s::regclass)", (relation,)).fetchone()
        assert row is not None
    postgres.crash()
    with (postgres.hba.parent / row[0]).open("r+b") as file:
        file.seek(page * 8192)
        file.write(b"\xff" * 8192)
    postgres.start()


def test_records_that_cannot_be_read_are_counted(typed: Cosell, url: str, postgres: Postgres) -> None:
    whole = typed("dump", "--db", url, "--account", ACCOUNT)[1].splitlines()
    Path("kept.jsonl").write_text("of yesterday\n")
    spoil(postgres, url, "opportunity_record", 2)
    code, _, err = typed("dump", "--db", url, "--account", ACCOUNT, "--to", "kept.jsonl")
    assert code == 1
    written = Path("kept.jsonl.salvaged").read_text().splitlines()
    lost = len(whole) - len(written)
    assert 0 < lost < COUNT / 2
    assert set(written) < set(whole)
    assert f"is damaged: {lost} opportunit" in err
    assert "could not be read; restore a backup" in err
    assert Path("kept.jsonl").read_text() == "of yesterday\n"


def test_what_no_index_leads_to_is_told(typed: Cosell, url: str, postgres: Postgres) -> None:
    spoil(postgres, url, "opportunity_by_id_key", 1)
    code, _, err = typed("dump", "--db", url, "--account", ACCOUNT)
    assert code == 1
    assert "is damaged: an unknown number could not be read" in err


def test_a_record_that_is_gone_is_counted(typed: Cosell, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM opportunity_record WHERE id_key = (SELECT max(id_key) FROM opportunity)")
    code, out, err = typed("dump", "--db", url, "--account", ACCOUNT)
    assert (code, len(out.splitlines())) == (1, COUNT - 1)
    assert "is damaged: 1 opportunity could not be read" in err


def test_a_table_that_is_lost_is_told(typed: Cosell, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE opportunity_record")
    code, out, err = typed("dump", "--db", url, "--account", ACCOUNT)
    assert (code, out) == (2, "")
    assert "its tables are not all there (42P01); restore a backup" in err


def test_a_dump_is_of_one_moment(url: str) -> None:
    with open_dump(url, Scope(ACCOUNT, "Sandbox")) as dump:
        records: Iterator[bytes] = dump.records()
        read = [next(records)]
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM opportunity")
            connection.execute("DELETE FROM opportunity_record")
        read += records
        assert (len(read), dump.is_incomplete) == (COUNT, False)


def test_an_account_without_opportunities_has_none_to_dump(typed: Cosell, url: str) -> None:
    assert typed("dump", "--db", url, "--account", "999988887777")[:2] == (0, "")


def test_a_server_that_goes_away_is_told(url: str, postgres: Postgres) -> None:
    def cut_off() -> None:
        with open_dump(url, Scope(ACCOUNT, "Sandbox")) as dump:
            for _ in dump.records():
                postgres.end_connections(url)

    with pytest.raises(UserError, match="cannot be read: it is shutting down"):
        cut_off()
