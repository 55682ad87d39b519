"""`cosell list`: the filters of the API, shown in a terminal."""

import csv
import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import cosell
from cosell.cli.table import write_table
from tests.clients.conftest import variables
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, COSELL, Finished, Server

STAGES = ("Prospect", "Qualified", "Committed")
COUNT = 9


@pytest.fixture
def ids(tmp_path: Path) -> list[str]:
    """Nine opportunities in `cosell.db`, three in each of three stages, in the order of their creation."""
    client: Any = completing(cosell.connect(str(tmp_path / "cosell.db")))
    return [_create(client, number) for number in range(COUNT)]


def _create(client: Any, number: int) -> str:
    company = {"CompanyName": f"Company {number}", "Industry": "Aerospace", "WebsiteUrl": "https://example.com"}
    spend = {"Amount": "700", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
    created = client.create_opportunity(
        Catalog="Sandbox",
        ClientToken=f"number-{number}",
        Customer={"Account": company | {"Address": {"CountryCode": "DE"}}},
        Project={"ExpectedCustomerSpend": [spend]},
        LifeCycle={"Stage": STAGES[number % 3], "TargetCloseDate": f"2127-01-0{number + 1}"},
    )
    return str(created["Id"])


def listed(told: Finished) -> list[str]:
    """The identifiers of JSON lines."""
    assert told.code == 0, told.err
    return [json.loads(line)["Id"] for line in told.out.splitlines()]


def test_a_pipe_gets_plain_columns(run: Callable[..., Finished], ids: list[str]) -> None:
    told = run("list", "--stage", "Prospect", "--sort", "Identifier")
    head, *rows = told.out.splitlines()
    assert (told.code, told.err) == (0, "")
    assert head.split("  ")[0] == "Id"
    assert [row.split()[0] for row in rows] == ids[::3]
    assert all("Pending Submission" in row and "700 EUR" in row and "2127-01-0" in row for row in rows)
    assert "\x1b" not in told.out


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--company", "COMPANY 3", "--company", "company 5"], [3, 5]),
        (["--stage", "Qualified", "--stage", "Committed"], [1, 2, 4, 5, 7, 8]),
        (["--review-status", "Approved"], []),
        (["--modified-after", "1h", "--created-after", "2020-01-01"], list(range(9))),
        (["--modified-before", "2020-01-01T00:00:00+01:00"], []),
        (["--created-before", "+2w", "--modified-before", "+30m"], list(range(9))),
        (["--target-close-after", "2127-01-03", "--target-close-before", "2127-01-05T12:00"], [2, 3, 4]),
        (["--order", "asc", "--limit", "4", "--page-size", "3"], [0, 1, 2, 3]),
        (["--order", "desc", "--limit", "2"], [8, 7]),
        (["--sort", "CustomerCompanyName", "--order", "desc", "--all", "--page-size", "2"], list(range(8, -1, -1))),
    ],
)
def test_options_ask_what_the_api_can_be_asked(
    run: Callable[..., Finished], ids: list[str], options: list[str], numbers: list[int]
) -> None:
    if not {"--sort", "--order"} & set(options):
        options = [*options, "--sort", "Identifier"]
    assert listed(run("list", "--json", *options)) == [ids[number] for number in numbers]


def test_a_limit_tells_how_to_go_on_without_a_gap(run: Callable[..., Finished], ids: list[str]) -> None:
    first = run("list", "--json", "--limit", "4", "--page-size", "3")
    assert first.err.startswith("More follow: cosell list --limit 4 --page-size 3 --json --next-token ")
    rest = run("list", "--json", "--next-token", first.err.split()[-1])
    assert listed(first) + listed(rest) == ids[::-1]
    assert rest.err == ""


def test_identifiers_may_be_named(run: Callable[..., Finished], ids: list[str]) -> None:
    assert listed(run("list", "--json", "--id", ids[2])) == [ids[2]]


def test_json_lines_are_summaries_as_the_api_gives_them(run: Callable[..., Finished], ids: list[str]) -> None:
    summary = json.loads(run("list", "--json", "--limit", "1").out)
    assert summary["Id"] == ids[-1]
    assert summary["LastModifiedDate"] == summary["CreatedDate"]
    assert len(summary["CreatedDate"]) == len("2026-01-01T00:00:00.000Z")
    assert summary["Arn"].endswith(f"catalog/Sandbox/opportunity/{ids[-1]}")


@pytest.mark.usefixtures("ids")
def test_an_empty_list_names_the_next_command(run: Callable[..., Finished]) -> None:
    assert (
        "Make some: cosell seed --db cosell.db --account 000000000000 --catalog AWS"
        in run("list", "--catalog", "AWS").err
    )
    assert "Try it without the filters: cosell list" in run("list", "--stage", "Launched").err
    missing = run("list", "--db", "other.db")
    assert (missing.code, missing.err) == (
        2,
        "cosell: there is no database other.db; make one with: cosell seed --db other.db\n",
    )


@pytest.mark.usefixtures("ids")
def test_each_thing_that_is_wrong_has_a_line(run: Callable[..., Finished]) -> None:
    told = run("list", "--stage", "Won", "--review-status", "In Review")
    assert (told.code, told.out) == (2, "")
    assert [line.split(":")[:2] for line in told.err.splitlines()] == [
        ["cosell", " --stage 'Won'"],
        ["cosell", " --review-status 'In Review'"],
    ]
    assert told.err.endswith("; did you mean 'In review'?\n")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--all", "--limit", "3"], "--all and --limit contradict each other"),
        (["--aws", "--url", "http://127.0.0.1:1"], "--aws and --url contradict each other"),
        (["--profile", "mine"], "--profile is for AWS; add --aws"),
        (["--aws", "--profile", "nobody"], "your AWS configuration has no profile 'nobody'"),
        (["--url", "nowhere"], "--url 'nowhere' is not an address"),
        (["--modified-after", "soon"], "'soon' is not a moment. Try 2026-01-31"),
        (["--target-close-after", "999999w"], "'999999w' is not a moment."),
    ],
)
def test_a_mistake_has_one_line(run: Callable[..., Finished], options: list[str], line: str) -> None:
    told = run("list", *options)
    assert told.code == 2
    assert line in told.err
    assert told.err.count("\n") == 1


def test_a_running_cosell_is_asked_by_url_and_as_aws(
    serve: Callable[..., Server], run: Callable[..., Finished]
) -> None:
    server = serve("--db", "served.db")
    created = server.client(ACCOUNT).create_opportunity(Catalog="Sandbox", ClientToken="first")
    assert listed(run("list", "--json", "--url", server.url, "--account", ACCOUNT)) == [created["Id"]]
    assert listed(run("list", "--json", "--aws", environment=variables(server.url))) == [created["Id"]]
    empty = run("list", "--aws", "--catalog", "AWS", environment=variables(server.url))
    assert (
        empty.err == "No opportunities in catalog AWS. Look into the other one: cosell list --aws --catalog Sandbox\n"
    )


def test_who_does_not_answer_is_reported_with_a_next_step(run: Callable[..., Finished]) -> None:
    told = run("list", "--url", "http://127.0.0.1:9", environment={"AWS_MAX_ATTEMPTS": "1"})
    assert told.code == 1
    assert told.err == "cosell: nobody answers at http://127.0.0.1:9; start it with: cosell serve --port 9\n"


def test_a_defect_of_the_service_is_not_the_users_mistake(
    serve_program: Callable[[str], Server], run: Callable[..., Finished]
) -> None:
    server = serve_program("from cosell.operations import OPERATIONS; OPERATIONS['ListOpportunities'] = None")
    told = run("list", "--url", server.url, environment={"AWS_MAX_ATTEMPTS": "1"})
    assert (told.code, told.err) == (1, "cosell: InternalServerException: cosell failed; its log says how.\n")


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.usefixtures("ids")
def test_a_terminal_gets_rows_that_fit(tmp_path: Path, width: int) -> None:
    near, far = pty.openpty()
    surroundings = {**os.environ, "COLUMNS": str(width), "LINES": "25", "TERM": "dumb"}
    with subprocess.Popen(
        [*COSELL, "list", "--limit", "3"], stdout=far, stderr=subprocess.DEVNULL, cwd=tmp_path, env=surroundings
    ):
        pass
    os.close(far)
    with open(near, errors="replace") as terminal:  # noqa: PTH123  # a descriptor has no path
        lines = [terminal.readline().rstrip() for _ in range(4)]
    assert all(0 < len(line) <= width for line in lines)
    assert lines[0].startswith("Id")
    assert ("Stage" in lines[0], "Modified" in lines[0]) == (width >= 40, width >= 120)


def test_characters_that_would_steer_a_terminal_are_replaced(run: Callable[..., Finished], tmp_path: Path) -> None:
    client: Any = completing(cosell.connect(str(tmp_path / "cosell.db")))
    client.create_opportunity(Catalog="Sandbox", Customer={"Account": {"CompanyName": "Red\x1b[31m\nLtd 日本"}})
    told = run("list")
    assert "Red�[31m�Ltd 日本" in told.out
    assert len(told.out.splitlines()) == 2


def test_a_file_has_everything_for_a_spreadsheet(run: Callable[..., Finished], ids: list[str], tmp_path: Path) -> None:
    told = run("list", "--csv", "deals.csv", "--stage", "Prospect")
    assert (told.code, told.out, told.err) == (0, "", "Wrote 3 opportunities into deals.csv.\n")
    text = (tmp_path / "deals.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["Id"] for row in rows] == ids[::3][::-1]
    assert [(row["SpendCurrency"], row["MonthlyAwsSpend"], row["CountryCode"]) for row in rows] == [
        ("EUR", "700", "DE")
    ] * 3
    told = run("list", "--csv", "-", "--limit", "2")
    assert told.out.startswith("Id,")
    assert len(told.out.splitlines()) == 3
    assert told.err.startswith("More follow: ")
    assert run("list", "--xlsx", "deals.xlsx", "--sort", "Identifier").err == "Wrote 9 opportunities into deals.xlsx.\n"
    head, *lines = CalamineWorkbook.from_path(tmp_path / "deals.xlsx").get_sheet_by_index(0).to_python()
    assert [line[0] for line in lines] == ids
    assert {line[head.index("MonthlyAwsSpend")] for line in lines} == {700}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--csv", "a.csv", "--json"], "--json, --csv and --xlsx exclude each other; choose one of them"),
        (["--xlsx", "-"], "--xlsx needs a file to write to; name one, such as --xlsx deals.xlsx"),
        (["--csv", "nowhere/a.csv"], "nowhere/a.csv cannot be written: No such file or directory; name another file"),
    ],
)
@pytest.mark.usefixtures("ids")
def test_files_that_cannot_be_written_are_refused(run: Callable[..., Finished], options: list[str], says: str) -> None:
    told = run("list", *options)
    assert (told.code, told.out, told.err) == (2, "", f"cosell: {says}\n")


def test_the_spend_of_a_list_is_what_the_customer_spends_with_aws(capsys: pytest.CaptureFixture[str]) -> None:
    with_aws = {"Amount": "700.50", "CurrencyCode": "EUR", "TargetCompany": "AWS"}
    with_partner = {"Amount": "50", "CurrencyCode": "EUR", "TargetCompany": "Self"}
    write_table([{"Id": "O1", "Project": {"ExpectedCustomerSpend": [with_aws, with_partner]}}])
    assert capsys.readouterr().out.splitlines()[1].split() == ["O1", "700.50", "EUR"]
