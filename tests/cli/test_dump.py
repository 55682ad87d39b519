"""`cosell dump`: what it writes, `cosell load` takes back, byte by byte."""

import errno
import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

import cosell
from cosell.auth.open_access import DEFAULT_ACCOUNT
from cosell.cli.main import run as run_here
from cosell.context import Scope
from cosell.store.open import open_dump
from cosell.store.sqlite.connection import PAGE_BYTES
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, COSELL, OTHER_ACCOUNT, Finished

Run = Callable[..., Finished]


def test_a_dump_that_is_loaded_into_an_empty_database_dumps_the_same_bytes(run: Run, tmp_path: Path) -> None:
    run("seed", "--count", "400", "--db", "first.db")
    done = run("dump", "--db", "first.db", "--to", "pipeline.jsonl")
    assert (
        done.out == "dumped 400 opportunities of first.db (account 000000000000, catalog Sandbox) to pipeline.jsonl\n"
    )
    loaded = run("load", "pipeline.jsonl", "--db", "second.db")
    assert (loaded.code, loaded.err) == (0, "")
    assert loaded.out.endswith("; stamps kept\n")
    assert run("dump", "--db", "second.db").out == (tmp_path / "pipeline.jsonl").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.glob(".*.partial")] == []


def test_opportunities_come_in_the_order_of_their_numbers(run: Run) -> None:
    stamp = "2025-03-04T05:06:07Z"
    given = "".join(json.dumps({"Id": f"O{number}", "LastModifiedDate": stamp}) + "\n" for number in (10, 9, 2, 100))
    run("load", "-", given=given)
    done = run("dump")
    assert [json.loads(line)["Id"] for line in done.out.splitlines()] == ["O2", "O9", "O10", "O100"]
    assert done.err == "dumped 4 opportunities of cosell.db (account 000000000000, catalog Sandbox) to stdout\n"


def test_a_dump_holds_one_account_and_catalog(run: Run) -> None:
    run("seed", "--count", "3", "--account", ACCOUNT, "--catalog", "AWS")
    assert run("dump", "--account", ACCOUNT, "--catalog", "AWS").out.count("\n") == 3
    assert run("dump", "--account", ACCOUNT).out == ""
    assert run("dump", "--account", OTHER_ACCOUNT, "--catalog", "AWS").out == ""


def test_a_file_that_cannot_be_written_is_one_line(run: Run) -> None:
    run("seed", "--count", "1")
    done = run("dump", "--to", "nowhere/pipeline.jsonl")
    assert done.code == 2
    assert done.err == (
        "cosell: cannot write nowhere/pipeline.jsonl: No such file or directory; name another file with --to\n"
    )


@pytest.fixture
def seeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A working directory with a database of 700 opportunities and an earlier backup."""
    monkeypatch.chdir(tmp_path)
    assert run_here(["seed", "--count", "700"]) == 0
    (tmp_path / "backup.jsonl").write_text("what was kept\n")
    capsys.readouterr()
    return tmp_path


def test_a_dump_that_fails_half_way_leaves_the_earlier_file(seeded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cosell.whole_file.os.fsync", full)
    assert run_here(["dump", "--to", "backup.jsonl"]) == 2
    assert (seeded / "backup.jsonl").read_text() == "what was kept\n"
    assert list(seeded.glob(".*")) == []


def test_a_file_keeps_its_permissions_and_a_link_its_place(seeded: Path) -> None:
    (seeded / "kept").mkdir()
    (seeded / "backup.jsonl").rename(seeded / "kept" / "backup.jsonl")
    (seeded / "kept" / "backup.jsonl").chmod(0o640)
    (seeded / "backup.jsonl").symlink_to("kept/backup.jsonl")
    assert run_here(["dump", "--to", "backup.jsonl"]) == 0
    assert (seeded / "backup.jsonl").is_symlink()
    written = seeded / "kept" / "backup.jsonl"
    assert written.read_text().count("\n") == 700
    assert stat.S_IMODE(written.stat().st_mode) == 0o640
    assert [file.name for file in written.parent.iterdir()] == ["backup.jsonl"]


@pytest.mark.parametrize("to", ["-", "/dev/stdout", "/dev/fd/1"])
def test_standard_output_has_more_names_than_one(run: Run, tmp_path: Path, to: str) -> None:
    run("seed", "--count", "3")
    plain, named = run("dump"), run("dump", "--to", to)
    assert (named.code, named.out) == (0, plain.out)
    assert "dumped 3 opportunities" in named.err
    with (tmp_path / "log").open("w") as log:
        log.write("before\n")
        log.flush()
        subprocess.run([*COSELL, "dump", "--to", to], cwd=tmp_path, stdout=log, check=True, timeout=60)
    assert (tmp_path / "log").read_text() == f"before\n{plain.out}"


def test_a_pipe_with_a_name_is_written_as_it_is_read(seeded: Path) -> None:
    os.mkfifo(seeded / "pipe")
    with subprocess.Popen([*COSELL, "dump", "--to", "pipe"], cwd=seeded, stderr=subprocess.PIPE) as dumping:
        assert (seeded / "pipe").read_text().count("\n") == 700
        assert dumping.wait(60) == 0
    assert stat.S_ISFIFO((seeded / "pipe").stat().st_mode)


def test_a_dump_whose_reader_pauses_lets_the_log_go_into_the_file(seeded: Path) -> None:
    with open_dump("cosell.db", Scope(DEFAULT_ACCOUNT, "Sandbox")) as dump:
        records = dump.records()
        next(records)
        writer = apsw.Connection("cosell.db")
        writer.execute("UPDATE counter SET value = value + 1 WHERE counter_id = 0")
        busy, in_log, in_file = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0]
        assert (busy, in_log, in_file) == (0, 0, 0)
        writer.close()
        assert sum(1 for _ in records) == 699


def test_what_is_created_after_the_start_is_left_out_and_what_is_changed_is_as_committed(seeded: Path) -> None:
    client = completing(cosell.connect("cosell.db"))
    client.list_opportunities(Catalog="Sandbox")
    with open_dump("cosell.db", Scope(DEFAULT_ACCOUNT, "Sandbox")) as dump:
        records = dump.records()
        first = json.loads(next(records))
        later = [client.create_opportunity(Catalog="Sandbox", ClientToken=f"{number}")["Id"] for number in range(3)]
        run_here(["load", str(_with_title(seeded, first, "O1000600"))])
        found = {record["Id"]: record for record in map(json.loads, records)}
    assert len(found) == 699
    assert found.keys().isdisjoint(later)
    assert found["O1000600"]["PartnerOpportunityIdentifier"] == "changed meanwhile"


def _with_title(folder: Path, record: dict[str, Any], identifier: str) -> Path:
    changed = {**record, "Id": identifier, "PartnerOpportunityIdentifier": "changed meanwhile"}
    (folder / "changed.json").write_text(json.dumps(changed))
    return folder / "changed.json"


PAGE = PAGE_BYTES


def lines_of(path: str) -> set[str]:
    return set(Path(path).read_text(encoding="utf-8").splitlines())


def overwrite(table: str, which: str = "pagetype = 'leaf' LIMIT 1 OFFSET 1") -> None:
    """Damage one page of a table or index of cosell.db."""
    database = apsw.Connection("cosell.db")
    page: Any = database.execute(f"SELECT pageno FROM dbstat WHERE name = ? AND {which}", (table,)).get
    database.close()
    with Path("cosell.db").open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)


ROOT_PAGE = "path = '/'"
LAST_LEAF = "pagetype = 'leaf' ORDER BY path DESC LIMIT 1"


def test_what_is_left_of_a_damaged_database_is_written_and_the_rest_counted(
    seeded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_here(["dump", "--to", "whole.jsonl"])
    overwrite("opportunity_record")
    capsys.readouterr()
    assert run_here(["dump", "--to", "new.jsonl"]) == 1
    told = capsys.readouterr()
    lost = lines_of("whole.jsonl") - lines_of("new.jsonl")
    assert lines_of("new.jsonl") < lines_of("whole.jsonl")
    assert told.out.startswith(f"dumped {700 - len(lost)} opportunities of cosell.db ")
    assert told.err.startswith(f"cosell: cosell.db is damaged: {len(lost)} opportunit")
    assert run_here(["load", "new.jsonl", "--db", "again.db"]) == 0


def test_without_the_index_the_rest_is_found_and_an_earlier_file_is_kept(
    seeded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_here(["seed", "--count", "50", "--account", ACCOUNT])
    run_here(["dump", "--to", "whole.jsonl"])
    overwrite("opportunity_record")
    overwrite("opportunity_by_id_key")
    capsys.readouterr()
    assert run_here(["dump", "--to", "backup.jsonl"]) == 1
    told = capsys.readouterr()
    assert told.err == "cosell: cosell.db is damaged: an unknown number could not be read; restore a backup\n"
    assert told.out.endswith(" to backup.jsonl.salvaged\n")
    assert (seeded / "backup.jsonl").read_text() == "what was kept\n"
    assert set() < lines_of("backup.jsonl.salvaged") < lines_of("whole.jsonl")


def test_a_record_that_is_no_json_any_more_is_not_written(seeded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = apsw.Connection("cosell.db")
    stranger.execute("UPDATE opportunity_record SET record = substr(record, 1, 40) WHERE opportunity_id IN (3, 5)")
    stranger.close()
    assert run_here(["dump"]) == 1
    told = capsys.readouterr()
    assert told.out.count("\n") == 698
    assert "2 opportunities could not be read" in told.err


def test_without_an_index_that_leads_anywhere_records_are_found_by_their_row(
    seeded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_here(["seed", "--count", "50", "--account", ACCOUNT])
    run_here(["dump", "--to", "whole.jsonl"])
    overwrite("opportunity_by_id_key", ROOT_PAGE)
    capsys.readouterr()
    assert run_here(["dump", "--to", "new.jsonl"]) == 0
    assert lines_of("new.jsonl") == lines_of("whole.jsonl")
    overwrite("opportunity_record", LAST_LEAF)
    assert run_here(["dump", "--account", ACCOUNT]) == 1
    told = capsys.readouterr()
    assert 0 < told.out.count('"Id":') < 50
    assert "an unknown number could not be read" in told.err


def test_what_is_removed_while_it_is_dumped_is_no_damage(seeded: Path) -> None:
    with open_dump("cosell.db", Scope(DEFAULT_ACCOUNT, "Sandbox")) as dump:
        records = dump.records()
        next(records)
        assert run_here(["reset", "--yes"]) == 0
        assert sum(1 for _ in records) < 699
        assert not dump.is_incomplete
