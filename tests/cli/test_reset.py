"""`cosell reset`: one account's catalog is emptied, only on purpose, and readers of it are not led astray."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import cosell
from tests.conftest import ACCOUNT, COSELL, Finished

Run = Callable[..., Finished]


@pytest.fixture
def seeded(run: Run) -> Run:
    run("seed", "--count", "12", "--account", ACCOUNT)
    run("seed", "--count", "5", "--account", ACCOUNT, "--catalog", "AWS")
    return run


def test_only_the_account_and_catalog_that_are_named_are_emptied(seeded: Run) -> None:
    done = seeded("reset", "--yes", "--account", ACCOUNT)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"removed 12 opportunities of cosell.db (account {ACCOUNT}, catalog Sandbox)\n"
    assert seeded("dump", "--account", ACCOUNT).out == ""
    assert seeded("dump", "--account", ACCOUNT, "--catalog", "AWS").out.count("\n") == 5


def test_off_a_terminal_it_wants_to_be_told(seeded: Run) -> None:
    done = seeded("reset", "--account", ACCOUNT, given="y\n")
    assert (done.code, done.err) == (2, "cosell: nobody is there to confirm the reset; say --yes if you mean it\n")
    assert seeded("dump", "--account", ACCOUNT).out.count("\n") == 12


@pytest.mark.parametrize(("answer", "code", "left"), [(b"y\n", 0, 0), (b"n\n", 130, 12)])
def test_on_a_terminal_it_asks(seeded: Run, tmp_path: Path, answer: bytes, code: int, left: int) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COSELL, "reset", "--account", ACCOUNT], cwd=tmp_path, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs
    )
    os.close(theirs)
    asked = b""
    while not asked.endswith(b"]: "):
        asked += os.read(ours, 1024)
    os.write(ours, answer)
    process.communicate(timeout=60)
    os.close(ours)
    assert f"Remove 12 opportunities of cosell.db (account {ACCOUNT}, catalog Sandbox)?".encode() in asked
    assert process.returncode == code
    assert seeded("dump", "--account", ACCOUNT).out.count("\n") == left


def test_stamps_and_identifiers_go_on(seeded: Run, tmp_path: Path) -> None:
    client = cosell.connect(str(tmp_path / "cosell.db"), account=ACCOUNT)
    seen = client.list_opportunities(Catalog="Sandbox", MaxResults=1)["OpportunitySummaries"][0]["LastModifiedDate"]
    seeded("reset", "--yes", "--account", ACCOUNT)
    done = seeded("seed", "--count", "12", "--account", ACCOUNT)
    assert "12 stamps moved after" in done.out
    again = client.list_opportunities(
        Catalog="Sandbox", MaxResults=50, LastModifiedDate={"AfterLastModifiedDate": seen}
    )["OpportunitySummaries"]
    assert {summary["Id"] for summary in again} == {f"O{1_000_018 + number}" for number in range(12)}
