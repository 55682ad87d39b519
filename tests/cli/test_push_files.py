"""What `cosell push` makes of a user's files: rehearsals, names of columns, wrong rows, and an early end."""

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cosell
from cosell.cli.main import run
from cosell.cli.push_report import report_to
from cosell.cli.rehearsed import Rules
from cosell.sync.push.calls import Calls
from cosell.sync.push.row import Result
from cosell.sync.quota import QuotaLedger, Unlimited
from tests.clients.conftest import variables
from tests.conftest import Server

Push = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server("--db", ":memory:", "--log-level", "error", cwd=tmp_path_factory.mktemp("service"))
    yield server
    server.stop()


@pytest.fixture
def push(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Push:
    """Pushes a file of this folder: the exit code, what became of each row, and what was told besides."""
    monkeypatch.chdir(tmp_path)
    for name, value in (variables(server.url) | {"XDG_STATE_HOME": str(tmp_path / "state")}).items():
        monkeypatch.setenv(name, value)

    def pushed(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        code = run(["push", *arguments])
        told = capsys.readouterr()
        return code, [json.loads(line) for line in told.out.splitlines()], told.err

    return pushed


def complete(key: str, **members: Any) -> dict[str, Any]:
    """A row that could be submitted."""
    return cosell.example_opportunity(PartnerOpportunityIdentifier=key, **members)


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [result["outcome"] for result in results]


def test_a_dry_run_refuses_what_cosells_rules_refuse_and_writes_nothing(push: Push) -> None:
    wrong = complete("dry-2", LifeCycle={"Stage": "Won", "TargetCloseDate": "2099-01-31"})
    lacking = {"PartnerOpportunityIdentifier": "dry-3"}
    Path("new.json").write_text(json.dumps([complete("dry-1"), wrong, lacking]))
    code, rehearsed, told = push("new.json", "--dry-run")
    assert (code, outcomes(rehearsed)) == (1, ["created", "refused", "refused"])
    assert told == (
        "3 rows: 1 created, 2 refused\n"
        "A dry run: nothing was written. Checked against cosell's own rules; AWS may refuse more.\n"
    )
    (error,) = rehearsed[1]["errors"]
    assert (error["field"], error["code"], error["value"]) == ("LifeCycle.Stage", "INVALID_ENUM_VALUE", "Won")
    code, done, _ = push("new.json")
    assert (code, outcomes(done)) == (1, outcomes(rehearsed)), "the rehearsal has told what would happen"
    assert [result["errors"] for result in done[1:]] == [result["errors"] for result in rehearsed[1:]]

    good, bad = (
        {"PartnerOpportunityIdentifier": "dry-1", "Project": {"Title": "New"}},
        {"PartnerOpportunityIdentifier": "dry-1", "LifeCycle": {"Stage": "Won"}},
    )
    for row, expected in ((good, "updated"), (bad, "refused")):
        Path("change.json").write_text(json.dumps([row]))
        rehearsed, done = push("change.json", "--dry-run")[1], push("change.json")[1]
        assert outcomes(rehearsed) == outcomes(done) == [expected]
        assert rehearsed[0].get("errors") == done[0].get("errors")


def test_what_cannot_be_read_here_is_not_checked() -> None:
    with Rules("Sandbox") as rules:
        assert rules.judge("update_opportunity", {}, {"Id": "O1", "LifeCycle": "of another shape"}) == ()
        assert "; 1 update could not be checked; AWS may" in rules.summary()


def test_a_file_with_nothing_in_it_is_a_mistake_and_one_without_rows_is_not(push: Push) -> None:
    Path("empty.csv").touch()
    assert push("empty.csv") == (
        2,
        [],
        "cosell: empty.csv: there is nothing in it; give a file with a header, or a JSON array\n",
    )
    Path("none.csv").write_text("stage\n")
    assert push("none.csv") == (0, [], "none.csv has no rows\n")


def test_columns_are_named_once_and_remembered(push: Push) -> None:
    Path("crm.csv").write_text("Our Number,Deal Name,Notes\nmap-1,Move,x\n")
    said = ["--map", "our number=PartnerOpportunityIdentifier", "--map", "Deal Name=Project.Title", "--map", "Notes="]
    code, rows, told = push("crm.csv", "--dry-run", *said, "--map-file", "crm.toml")
    assert (code, [row["key"] for row in rows]) == (1, ["map-1"]), told
    assert [error["code"] for error in rows[0]["errors"]] == ["REQUIRED_FIELD_MISSING"] * len(rows[0]["errors"])
    assert Path("crm.toml").read_text().splitlines()[1] == '"Deal Name" = "Project.Title"'
    assert push("crm.csv", "--dry-run", "--map-file", "crm.toml")[:2] == (code, rows)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "crm.csv: unknown column 'Our Number'; unknown column 'Deal Nam'; fix the header, or say"),
        (("--map", "Our Number"), "--map 'Our Number' has no name before a =; say it like --map"),
        (("--map-file", "crm.csv"), "crm.csv is not TOML at line 1, column"),
    ],
)
def test_a_mistake_in_the_names_of_columns_is_one_line(push: Push, options: tuple[str, ...], told: str) -> None:
    Path("crm.csv").write_text("Our Number,Deal Nam\nmap-1,Move\n")
    code, rows, said = push("crm.csv", *options)
    assert (code, rows, said.count("\n")) == (2, [], 1)
    assert told in said


def test_the_first_error_stops_a_push_only_where_asked(push: Push) -> None:
    rows = [complete("stop-1"), {"PartnerOpportunityIdentifier": "stop-2"}, complete("stop-3")]
    Path("stop.json").write_text(json.dumps(rows))
    code, results, told = push("stop.json", "--stop-at-first-error")
    assert (code, outcomes(results)) == (1, ["created", "refused"])
    assert told == ("2 of 3 rows: 1 created, 1 refused\nResume with: cosell push --stop-at-first-error stop.json\n")
    assert outcomes(push("stop.json")[1]) == ["unchanged", "refused", "created"]


def test_ctrl_c_ends_a_push_with_a_summary_and_the_command_that_goes_on(
    push: Push, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("my rows.json").write_text(json.dumps([complete("stopped-1"), complete("stopped-2")]))
    create = Calls.create
    asked: list[Any] = []

    def interrupted(calls: Calls, operation: str, **request: Any) -> dict[str, Any]:
        asked.append(request)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return create(calls, operation, **request)

    with monkeypatch.context() as patched:
        patched.setattr(Calls, "create", interrupted)
        code, results, told = push("my rows.json", "--url", server.url)
    assert (code, outcomes(results)) == (130, ["created"])
    assert told == f"1 of 2 rows: 1 created\nResume with: cosell push --url {server.url} 'my rows.json'\n"
    assert outcomes(push("my rows.json")[1]) == ["unchanged", "created"]


def test_ctrl_c_at_once_has_pushed_nothing(push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("rows.json").write_text(json.dumps([complete("never")]))

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Calls, "read", interrupted)
    given: Any = io.BytesIO(Path("rows.json").read_bytes())
    given.name = "<stdin>"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(given))
    assert push("-") == (130, [], "Nothing was pushed yet.\nRun it again with the same input.\n")


def test_a_terminal_sees_how_far_a_push_is(
    push: Push, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("two.json").write_text(json.dumps([complete("seen-1"), complete("seen-2")]))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    told = push("two.json")[2]
    assert re.fullmatch(r"(\r\x1b\[K)1 of 2, about \d+ (s|min) left\1{2}2 rows: 2 created\n", told)


@pytest.mark.parametrize(
    ("done", "total", "second", "share", "told"),
    [
        (9, 300, 0.0, 1.0, "9 of 300, about 5 min left"),
        (9, 300, 0.0, 0.1, "9 of 300, about 49 min left"),
        (9, 300, 90.0, 1.0, "9 of 300, about 49 min left"),
        (1, 30, 0.0, 1.0, "1 of 30, about 29 s left"),
        (10, 10_010, 0.0, 1.0, "10 of 10,010, about 24 h left"),
    ],
)
def test_how_long_it_takes_follows_the_quotas(
    tmp_path: Path, done: int, total: int, second: float, share: float, told: str
) -> None:
    times = iter([0.0, second])
    ledger = QuotaLedger.open(tmp_path / "quota.db", "aws/1", share)
    with report_to(str(tmp_path / "report"), total, ledger, lambda: next(times)) as report:
        for line in range(done):
            report.add(Result(line, "created"))
        assert report.progress() == told
    ledger.close()


def test_without_quotas_the_pace_alone_counts(tmp_path: Path) -> None:
    times = iter([0.0, 2.0])
    with report_to(str(tmp_path / "report"), 4, Unlimited(), lambda: next(times)) as report:
        report.add(Result(1, "unchanged"))
        assert report.progress() == "1 of 4, about 6 s left"
