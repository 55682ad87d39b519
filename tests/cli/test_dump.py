"""`cosell dump`: what it writes, `cosell load` takes back, byte by byte."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Finished

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
    assert [path.name for path in tmp_path.glob("*.partial")] == []


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
    done = run("dump", "--to", "nowhere/pipeline.jsonl")
    assert done.code == 2
    assert done.err == (
        "cosell: cannot write nowhere/pipeline.jsonl: No such file or directory; name another file with --to\n"
    )
