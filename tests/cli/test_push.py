"""`cosell push`: a file into a service, from a terminal or a cron job."""

import json
import os
import pty
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import variables
from tests.conftest import COSELL, Finished, Server

CSV = '''\
PartnerOpportunityIdentifier,company_name,Project.Title,stage,Project.DeliveryModels
CRM-1,"Acme, Inc. ""The Best""",日本 🚀,Prospect,"[""SaaS or PaaS"", ""Other""]"
CRM-2,Birch,"two
lines",Qualified,Managed Services
'''
ROWS = 10
KILLS = 4


@pytest.fixture
def surroundings(serve: Callable[..., Server], tmp_path: Path) -> dict[str, str]:
    """Variables that lead to a running cosell that takes rows with little in them, and to state of the test's own."""
    return {**variables(serve("--db", "served.db", "--drafts").url), "XDG_STATE_HOME": str(tmp_path / "state")}


@pytest.fixture
def push(run: Callable[..., Finished], surroundings: dict[str, str]) -> Callable[..., Finished]:
    """Runs `cosell push` there."""

    def pushed(*arguments: str, given: str | None = None) -> Finished:
        return run("push", *arguments, given=given, environment=surroundings)

    return pushed


@pytest.fixture
def dump(run: Callable[..., Finished]) -> Callable[[], list[dict[str, Any]]]:
    """All opportunities of the running cosell, whole, in the order of their creation."""

    def dumped() -> list[dict[str, Any]]:
        told = run("dump", "--db", "served.db", "--account", "111122223333")
        assert told.code == 0, told.err
        records = [json.loads(line) for line in told.out.splitlines()]
        return sorted(records, key=lambda record: int(record["Id"][1:]))

    return dumped


def reported(told: Finished) -> list[tuple[int, str]]:
    """Line and outcome of each row of a report."""
    return [(result["line"], result["outcome"]) for result in map(json.loads, told.out.splitlines())]


def test_a_file_that_is_pushed_again_creates_nothing_twice(
    push: Callable[..., Finished], dump: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(CSV, encoding="utf-8")
    first, again = push("new.csv"), push("new.csv")
    assert (first.code, first.err) == (0, "2 rows: 2 created\n")
    assert reported(first) == [(2, "created"), (3, "created")]
    assert (again.code, again.err) == (0, "2 rows: 2 unchanged\n")
    one, two = dump()
    assert one["Customer"]["Account"]["CompanyName"] == 'Acme, Inc. "The Best"'
    assert one["Project"] == {"Title": "日本 🚀", "DeliveryModels": ["SaaS or PaaS", "Other"]}
    assert two["Project"] == {"Title": "two\nlines", "DeliveryModels": ["Managed Services"]}


def test_rows_that_are_refused_are_reported_with_all_that_is_wrong(
    push: Callable[..., Finished], tmp_path: Path
) -> None:
    rows = [
        {"PartnerOpportunityIdentifier": "CRM-1", "LifeCycle": {"Stage": "Won", "TargetCloseDate": "soon"}},
        {"PartnerOpportunityIdentifier": "CRM-2", "Arn": "arn:mine"},
    ]
    told = push("-", "--report", "report.jsonl", given=json.dumps(rows))
    assert (told.code, told.out) == (1, "")
    assert told.err == "Left out, since only the service writes them: Arn\n2 rows: 1 created, 1 refused\n"
    first, second = map(json.loads, (tmp_path / "report.jsonl").read_text().splitlines())
    assert [(error["field"], error["code"]) for error in first["errors"]] == [
        ("LifeCycle.Stage", "INVALID_ENUM_VALUE"),
        ("LifeCycle.TargetCloseDate", "INVALID_STRING_FORMAT"),
    ]
    assert (second["outcome"], second["id"], second["key"]) == ("created", "O1000001", "CRM-2")


def test_a_terminal_gets_a_table(surroundings: dict[str, str], tmp_path: Path) -> None:
    wrong = {"PartnerOpportunityIdentifier": "x" * 40, "Project": {"Title": 7}, "Marketing": 1}
    rows = [{"PartnerOpportunityIdentifier": "Red\x1b[31m"}, wrong]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    near, far = pty.openpty()
    with subprocess.Popen(
        [*COSELL, "push", "rows.json"],
        stdout=far,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=os.environ | surroundings,
    ) as program:
        pass
    os.close(far)
    with open(near, errors="replace") as terminal:  # noqa: PTH123  # a descriptor has no path
        head, first, second, third = [terminal.readline().rstrip() for _ in range(4)]
    assert program.returncode == 1
    assert head.split() == ["Line", "Outcome", "Id", "Key", "Why"]
    assert first.split() == ["1", "created", "O1000001", "Red�[31m"]
    assert second.split(maxsplit=3)[:3] == ["1", "refused", "x" * 23 + "…"]
    assert second.endswith("Project.Title 7: WRONG_TYPE This must be a text, in quotation marks.")
    assert third.strip() == "Marketing 1: WRONG_TYPE This must be a structure."


def test_empty_cells_clear_where_asked_and_replace_clears_the_rest(
    push: Callable[..., Finished], dump: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(CSV, encoding="utf-8")
    push("new.csv")
    cleared = "PartnerOpportunityIdentifier,Project.Title\nCRM-1,\n"
    assert reported(push("-", "--empty-clears", given=cleared)) == [(2, "updated")]
    replaced = "PartnerOpportunityIdentifier,Project.Title\nCRM-2,Only this\n"
    assert reported(push("-", "--replace", given=replaced)) == [(2, "updated")]
    one, two = dump()
    assert one["Project"] == {"DeliveryModels": ["SaaS or PaaS", "Other"]}
    assert (two["Project"], two.get("Customer")) == ({"Title": "Only this"}, None)


def test_the_quotas_of_aws_can_be_kept_on_this_machine_too(
    push: Callable[..., Finished], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = '{"PartnerOpportunityIdentifier": "CRM-1"} {"PartnerOpportunityIdentifier": "CRM-2"}'
    assert push("-", "--journal", "mine.db", given=rows).code == 0
    assert not (tmp_path / "state").exists()
    assert (tmp_path / "mine.db").exists()
    program = "import cosell.sync.quota as quota; quota.LONGEST_SLEEP_S = 0  # every wait is a long one\n"
    monkeypatch.setattr("tests.conftest.COSELL", [*COSELL[:2], program + COSELL[2]])
    told = push("-", "--rate", "on", "--share", "0.9", given=rows.replace("CRM", "ERP"))
    assert (told.code, told.err.splitlines()[-1]) == (0, "2 rows: 2 created")
    assert told.err.startswith("AWS's quota of writes is used up; continuing at ")
    assert (tmp_path / "state/cosell/quota.db").exists()


@pytest.mark.parametrize(
    ("arguments", "given", "line"),
    [
        (
            ["-"],
            "Company\nAcme\n",
            "cosell: <stdin>: unknown column 'Company' (did you mean Customer.Account.CompanyName?); fix",
        ),
        (
            ["-"],
            '{"Id": }',
            "line 1, column 8: a value is missing here, or has no quotes; write a JSON array of opportunities",
        ),
        (["nowhere.csv"], "", "'nowhere.csv': No such file or directory"),
        (["-", "--profile", "nobody"], "", "your AWS configuration has no profile 'nobody'"),
        (["-", "--endpoint-url", "nowhere"], "", "--url 'nowhere' is not an address"),
        (["-", "--share", "2", "--rate", "on"], "", "--share '2' is not a number above 0 and at most 1"),
        (["-", "--report", "no/folder"], "[]", "the report no/folder cannot be written"),
        (["-", "--journal", "/dev/null/push.db"], "[]", "the journal /dev/null/push.db cannot be used"),
        (["-", "--catalog", "Production"], "", "--catalog 'Production' is not AWS or Sandbox"),
    ],
)
def test_a_mistake_has_one_line(
    run: Callable[..., Finished], tmp_path: Path, arguments: list[str], given: str, line: str
) -> None:
    nobody_there: dict[str, str] = {**variables("http://127.0.0.1:9"), "XDG_STATE_HOME": str(tmp_path / "state")}
    told = run("push", *arguments, given=given, environment=nobody_there)
    assert (told.code, told.out) == (2, "")
    assert line in told.err
    assert told.err.count("\n") == 1


def test_missing_credentials_are_reported_with_a_next_step(run: Callable[..., Finished], tmp_path: Path) -> None:
    surroundings: dict[str, str] = {
        **variables("http://127.0.0.1:9"),
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    told = run("push", "-", given='{"Id": "O1"}', environment=surroundings)
    assert told.code == 2
    assert told.err == (
        "cosell: your AWS configuration has no credentials; "
        "make some with: aws configure, or name a profile with --profile\n"
    )


def test_nobody_answering_ends_the_push_and_the_next_one_goes_on(
    run: Callable[..., Finished], push: Callable[..., Finished], tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(CSV, encoding="utf-8")
    nobody_there: dict[str, str] = {**variables("http://127.0.0.1:9"), "XDG_STATE_HOME": str(tmp_path / "state")}
    program = "import cosell.sync.retries as retries; retries.FIRST_BOUND_S = 0\n"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tests.conftest.COSELL", [*COSELL[:2], program + COSELL[2]])
        told = run("push", "new.csv", environment=nobody_there)
    assert told.code == 1
    assert reported(told) == [(2, "failed")]
    assert told.err.splitlines()[0] == "1 of 2 rows: 1 failed"
    assert "check the network" in told.err
    assert reported(push("new.csv")) == [(2, "created"), (3, "created")]


def test_a_push_that_is_killed_again_and_again_creates_each_once(
    surroundings: dict[str, str],
    push: Callable[..., Finished],
    dump: Callable[[], list[dict[str, Any]]],
    tmp_path: Path,
) -> None:
    chance = random.Random(KILLS)
    keys = [f"CRM-{number}" for number in range(ROWS)]
    rows: list[dict[str, Any]] = [{"PartnerOpportunityIdentifier": key} for key in keys]
    rows += [{"Project": {"Title": f"Without a key {number}"}} for number in range(ROWS)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    for _ in range(KILLS):
        with subprocess.Popen(
            [*COSELL, "push", "rows.jsonl"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
            env=os.environ | surroundings,
        ) as program:
            assert program.stdout is not None
            for _ in range(chance.randint(1, 2 * ROWS - 1)):
                program.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))  # the moment of death, drawn at random
            program.kill()
    assert push("rows.jsonl").code == 0
    records = dump()
    assert len(records) == len(rows), "nothing twice, nothing missing"
    assert sorted(record.get("PartnerOpportunityIdentifier", "") for record in records) == [""] * ROWS + sorted(keys)


def test_two_pushes_at_once_create_each_once(
    surroundings: dict[str, str], dump: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = [{"PartnerOpportunityIdentifier": f"CRM-{number}"} for number in range(ROWS)]
    rows += [{"Project": {"Title": f"Without a key {number}"}} for number in range(ROWS)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    programs = [
        subprocess.Popen(
            [*COSELL, "push", "rows.jsonl", "--report", f"{number}.jsonl"],
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
            env=os.environ | surroundings | {"XDG_STATE_HOME": str(tmp_path / f"state-{number}")},
        )
        for number in range(2)
    ]
    assert [program.wait(120) for program in programs] == [0, 0]
    ids = [
        [json.loads(line)["id"] for line in (tmp_path / f"{number}.jsonl").read_text().splitlines()]
        for number in range(2)
    ]
    assert ids[0] == ids[1]
    assert {record["Id"] for record in dump()} == set(ids[0])
