"""`cosell requests`: from what a client has sent to a test, in a terminal."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.admin.conftest import ask, done, refused
from tests.conftest import Finished, Server
from tests.saved_tests.connector import SECRET, Connector

Run = Callable[..., Finished]


def test_calls_are_listed_and_found_by_operation_account_and_status(connector: Connector, run: Run) -> None:
    created = connector.create("crm-1")
    with pytest.raises(ClientError):
        connector.create("wrong", LifeCycle={"Stage": "Won"})
    connector.get(created["Id"])
    url = ("--url", connector.server.url)
    own = ("requests", *url, "--account", connector.account)
    lines = [line.split("  ") for line in run(*own).out.splitlines()]
    assert [line[3] for line in lines] == ["GetOpportunity", "CreateOpportunity", "CreateOpportunity"]
    assert {line[2] for line in lines} == {connector.account}
    assert lines[1][4:] == ["400", "ValidationException; LifeCycle.Stage INVALID_ENUM_VALUE"]
    assert [line[0] for line in lines] == [call["id"] for call in connector.calls()]
    assert len(run(*own, "--operation", "CreateOpportunity").out.splitlines()) == 2
    assert len(run(*own, "--status", "400").out.splitlines()) == 1
    assert len(run(*own, "--limit", "1").out.splitlines()) == 1
    shown = [json.loads(line) for line in run(*own, "--json").out.splitlines()]
    assert shown == connector.calls()
    assert SECRET not in json.dumps(shown)
    none = run(*own, "--operation", "SubmitOpportunity")
    assert (none.code, none.out, none.err) == (0, "", "No such call yet.\n")


def test_where_nobody_has_called_that_is_said(serve: Callable[..., Server], run: Run) -> None:
    silent = run("requests", "--url", serve("--db", ":memory:").url)
    assert (silent.code, silent.out, silent.err) == (0, "", "No call yet.\n")


def test_a_saved_test_passes_where_cosell_is_installed(connector: Connector, run: Run, tmp_path: Path) -> None:
    created = connector.create("crm-1")
    connector.get(created["Id"])
    url = ("--url", connector.server.url)
    saved = run("requests", "save-test", "test_last.py", *url, "--account", connector.account, "--last", "1")
    assert saved.out == (
        f"saved 1 call of account {connector.account} in test_last.py; run it with: python -m pytest test_last.py\n"
    )
    call = connector.calls()[1]["id"]
    assert run("requests", "save-test", "test_call.py", *url, "--call", call, "--reveal").code == 0
    assert (
        run(
            "requests", "save-test", "test_token.py", *url, "--client-token", "crm-1", "--account", connector.account
        ).code
        == 0
    )
    assert SECRET in (tmp_path / "test_call.py").read_text()
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "3 passed" in finished.stdout, finished.stdout


def test_a_file_that_is_there_stays(connector: Connector, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connector.create("crm-1")
    file = tmp_path / "test_mine.py"
    file.write_text("mine")
    wanted = ("--url", connector.server.url, "--account", connector.account)
    told = refused(capsys, "requests", "save-test", str(file), *wanted)
    assert told == f"cosell: {file} already exists; name another file, or remove it\n"
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (("--call", "1-1"), "No worker has such a call any more; each keeps its last 100; see: cosell requests --help"),
        (("--call", "1-1", "--last", "2"), "an id names one call; leave out last, account and client_token"),
        (("--last", "500"), "--last '500' is not a whole number from 1 to 100; see: cosell requests save-test --help"),
        (
            ("--account", "12"),
            "--account '12' is not an account of twelve digits; give one such as 111122223333",
        ),
        (
            ("--client-token", "never sent"),
            "No worker has such a call any more; each keeps its last 100; see: cosell requests --help",
        ),
    ],
)
def test_what_cannot_be_saved_is_reported_and_leaves_no_file(
    connector: Connector, tmp_path: Path, capsys: pytest.CaptureFixture[str], wanted: tuple[str, ...], told: str
) -> None:
    connector.create("crm-1")
    file = tmp_path / "test_none.py"
    assert (
        refused(capsys, "requests", "save-test", str(file), "--url", connector.server.url, *wanted)
        == f"cosell: {told}\n"
    )
    assert not file.exists()


def test_calls_of_several_accounts_are_no_test(
    saving_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = Connector(saving_server), Connector(saving_server)
    one.create("crm-1")
    other.create("crm-1")
    url = ("--url", saving_server.url)
    told = refused(capsys, "requests", "save-test", str(tmp_path / "test_none.py"), *url, "--last", "2")
    assert told.startswith(f"cosell: these calls are those of {one.account}, {other.account}, and a test has one")


def test_a_call_that_names_no_operation_is_no_test(
    connector: Connector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connector.send("Nonsense", b"{}")
    newest = done(ask(connector.server, "GET", "requests?limit=1"))["requests"][0]["id"]
    told = refused(
        capsys, "requests", "save-test", str(tmp_path / "test_none.py"), "--url", connector.server.url, "--call", newest
    )
    assert told == "cosell: This call names no operation, so no client sends it; see: cosell requests --help\n"


def test_calls_that_several_workers_have_answered_are_one_test(
    serve: Callable[..., Server], run: Run, tmp_path: Path
) -> None:
    connector = Connector(serve("--workers", "2", "--db", "two.db"))
    for number in range(12):
        connector.create(f"crm-{number}")
    url = ("--url", connector.server.url)
    assert run("requests", "save-test", "test_two.py", *url, "--last", "12").code == 0
    text = (tmp_path / "test_two.py").read_text()
    tokens = [line.partition('"')[2].partition('"')[0] for line in text.splitlines() if "ClientToken=" in line]
    assert tokens == [f"crm-{number}" for number in range(12)]
