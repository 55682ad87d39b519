"""`cosell search`: a keyword and conditions in words, shown in a terminal."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cosell
from cosell.wire.model import DATA
from tests.clients.conftest import variables
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, Finished, Server

Run = Callable[..., Finished]
COUNT = 6
OWNER = {"FirstName": "Ana", "LastName": "Díaz", "Email": "ana@example.com", "BusinessTitle": "OpportunityOwner"}
IDS = "print(*(one['Id'] for one in answer['OpportunitySearchSummaries']))"


def fill(client: Any) -> list[str]:
    """Six opportunities, whose amounts, companies and tags tell them apart, in the order of their creation."""
    return [_create(completing(client), number) for number in range(COUNT)]


def _create(client: Any, number: int) -> str:
    company = {
        "CompanyName": f"{'Heron' if number % 2 else 'Owl'} {number}",
        "Industry": "Aerospace",
        "WebsiteUrl": "https://example.com",
        "Address": {"CountryCode": "DE"},
    }
    spend = {"Amount": f"{number * 500}.50", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
    created = client.create_opportunity(
        Catalog="Sandbox",
        ClientToken=f"number-{number}",
        Customer={"Account": company},
        Project={"ExpectedCustomerSpend": [spend], "Title": f"Nest {number}"},
        LifeCycle={"Stage": ("Prospect", "Qualified")[number // 3], "TargetCloseDate": f"2127-01-0{number + 1}"},
        OpportunityTeam=[OWNER],
        Tags=[{"Key": "team", "Value": "birds" if number == 4 else "fish"}],
    )
    return str(created["Id"])


@pytest.fixture
def ids(tmp_path: Path) -> list[str]:
    """The six in `cosell.db`."""
    return fill(cosell.connect(str(tmp_path / "cosell.db")))


def found(told: Finished) -> list[str]:
    """The identifiers of JSON lines."""
    assert told.code == 0, told.err
    return [json.loads(line)["Id"] for line in told.out.splitlines()]


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        (["heron"], [1, 3, 5]),
        (["nest", "4"], [4]),
        (["--where", "stage = Qualified and EstimatedMrr >= 2000"], [4, 5]),
        (["--where", "EstimatedMrr < 1000.50", "--where", "CustomerCompanyName contains OWL"], [0]),
        (["heron", "--where", "Stage != Qualified"], [1]),
        (["--where", "Tags has 'team=birds' or TargetCloseDate <= 2127-01-02"], [0, 1, 4]),
        (["--where", "not (Stage = Qualified or CustomerCompanyName contains heron)"], [0, 2]),
        (["--where", "OpportunityOwner in ('Ana Díaz', Nobody)", "--limit", "2"], [0, 1]),
        (["--sort", "estimatedmrr", "--order", "desc", "--all", "--page-size", "2"], [5, 4, 3, 2, 1, 0]),
    ],
)
def test_words_and_conditions_find_what_the_api_finds(
    run: Run, ids: list[str], asked: list[str], numbers: list[int]
) -> None:
    order = [] if "--sort" in asked else ["--sort", "OpportunityId"]
    assert found(run("search", "--json", *asked, *order)) == [ids[number] for number in numbers]


def test_a_pipe_gets_plain_columns_of_all_that_a_search_knows(run: Run, ids: list[str]) -> None:
    told = run("search", "--where", "Tags contains birds")
    head, row = told.out.splitlines()
    assert (told.code, told.err) == (0, "")
    assert re.split(" {2,}", head) == [
        *("Id", "Company", "Project", "Country", "Stage", "Review", "Target close", "Expected spend", "Owner", "Tags"),
        *("Origin", "AWS score", "Modified (UTC)"),
    ]
    assert row.startswith(f"{ids[4]}  Owl 4    Nest 4   DE       Qualified  Pending Submission  2127-01-05")
    assert "2000.5 EUR  Ana Díaz  team=birds  Partner Referral" in row


def test_a_limit_tells_how_to_go_on_without_a_gap(run: Run, ids: list[str]) -> None:
    first = run("search", "nest", "--json", "--limit", "4", "--page-size", "3")
    assert first.err.startswith("More follow: cosell search --limit 4 --page-size 3 --json --next-token ")
    rest = run("search", "nest", "--json", "--next-token", first.err.split()[-2])
    assert found(first) + found(rest) == ids[::-1]


@pytest.mark.usefixtures("ids")
def test_finding_nothing_tells_what_else_to_try(run: Run) -> None:
    assert "put --where before it" in run("search", "Stage", "=", "Qualified").err
    assert "asked with --where" in run("search", "eagle").err
    assert "contains ignores case" in run("search", "--where", "Stage = qualified").err
    assert "Make some: cosell seed --db cosell.db" in run("search", "--catalog", "AWS").err


MISTAKES = [
    (
        ["--where", "Stage = Qualified", "--where", "Stge = A and Tags has b"],
        [
            "cosell: --where: a search knows no field Stge; did you mean Stage?",
            "  Stge = A and Tags has b",
            "  ^^^^",
        ],
    ),
    (
        ["--where", "CustomerCompanyName = 日本 株式会社"],
        [
            'cosell: --where: 株式会社 stands outside the value; put both into quotes: "日本 株式会社"',
            "  CustomerCompanyName = 日本 株式会社",
            "                             ^^^^^^^^",
        ],
    ),
    (
        ["--where", "Stage ="],
        [
            "cosell: --where: a value is missing; write one; a text of several words needs quotes",
            "  Stage =",
            "         ^",
        ],
    ),
    (
        ["--where", f"Stage in ({'x, ' * 8}x) and \n EstimatedMrr > \x1b[31m and Tags has {'long' * 20}"],
        [
            "cosell: --where: �[31m is not a number; write it as 1000 or 1000.50",
            "  , x, x, x, x, x) and � EstimatedMrr > �[31m and Tags has longlonglonglonglon",
            "                                        ^^^^^",
        ],
    ),
]


@pytest.mark.parametrize(("asked", "told"), MISTAKES)
def test_a_mistake_is_pointed_at_before_anything_is_asked(run: Run, asked: list[str], told: list[str]) -> None:
    refused = run("search", *asked, "--db", "nowhere.db")
    assert (refused.code, refused.out, refused.err.splitlines()) == (2, "", told)


NEAR = [
    ("Stage = Qualifed", ["'Qualifed' is not a value of Stage; did you mean 'Qualified'?"]),
    ("stage != qualified", ["'qualified' is not a value of Stage; did you mean 'Qualified'?"]),
    ("ReviewStatus in (Aproved, Rejected)", ["'Aproved' is not a value of ReviewStatus; did you mean 'Approved'?"]),
    ("Industry has Aerospase", ["'Aerospase' is not a value of Industry; did you mean 'Aerospace'?"]),
    ("not CountryCode = de", ["'de' is not a value of CountryCode; did you mean 'DE'?"]),
    ("CountryCode = XX", ["'XX' is not a value of CountryCode; known are US, AF, AX, AL, "]),
    ("Stage = xyzzy", ["'xyzzy' is not a value of Stage; known are Prospect, Qualified, Technical Validation, "]),
    ("Origin = 'AWS Referal'", ["'AWS Referal' is not a value of Origin; did you mean 'AWS Referral'?"]),
    ("EngagementScore = Hgih", ["'Hgih' is not a value of EngagementScore; did you mean 'High'?"]),
    (
        "OpportunityType contains any of (New, Renewl)",
        ["'Renewl' is not a value of OpportunityType; did you mean 'Flat Renewal'?"],
    ),
    (
        "(Stage = Comitted or Stage = Lanched) and Tags has b",
        ["'Comitted' is not a value of Stage; did you mean", "'Lanched' is not a value of Stage; did you mean"],
    ),
    ("Stage = Qualified and Industry contains aero and CustomerCompanyName = Qualifed", []),
]


@pytest.mark.usefixtures("ids")
@pytest.mark.parametrize(("where", "told"), NEAR)
def test_a_value_that_its_field_never_has_is_reported_and_still_searched(run: Run, where: str, told: list[str]) -> None:
    finished = run("search", "--where", where, "--json")
    assert finished.code == 0
    lines = [line for line in finished.err.splitlines() if line.startswith("cosell: --where: ")]
    assert len(lines) == len(told)
    for line, beginning in zip(lines, told, strict=True):
        assert line.startswith(f"cosell: --where: {beginning}")


@pytest.mark.usefixtures("ids")
def test_what_the_service_refuses_has_a_line(run: Run) -> None:
    told = run("search", "x" * 501)
    assert (told.code, told.err.split(":")[1]) == (2, f" KEYWORD '{'x' * 80}…'")


@pytest.mark.parametrize("taught", [False, True], ids=["installed model", "newest model"])
def test_a_running_cosell_is_asked_by_url_and_as_aws(serve: Callable[..., Server], run: Run, taught: bool) -> None:
    server = serve("--db", "served.db", "--without-search", "999999999999")
    ids = fill(server.client())
    surroundings = variables(server.url) | ({"AWS_DATA_PATH": str(DATA)} if taught else {})
    asked = ("search", "heron", "--json", "--sort", "OpportunityId")
    assert found(run(*asked, "--url", server.url, "--account", ACCOUNT, environment=surroundings)) == ids[1::2]
    assert found(run(*asked, "--aws", environment=surroundings)) == ids[1::2]
    refused = run("search", "--url", server.url, "--account", "999999999999", environment=surroundings)
    assert (refused.code, refused.err) == (
        2,
        "cosell: AccessDeniedException: This account may not search opportunities.\n",
    )


def _ways(run: Run, *asked: str) -> dict[str, str]:
    """What --show-request prints, by what it is for."""
    told = run("search", *asked, "--show-request")
    assert (told.code, told.err) == (0, "")
    pieces = re.split(r"^# (boto3|AWS CLI|Raw request)$", told.out, flags=re.MULTILINE)
    return {"": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def _done(folder: Path, command: list[str], **environment: str) -> str:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "NO_PROXY": "*", "AWS_DATA_PATH": str(DATA), **environment},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


ASKED = ("nest", "--where", "EstimatedMrr >= 500.5 and TargetCloseDate < 2127-01-04", "--sort", "OpportunityId")


def test_the_shown_requests_ask_a_server_the_same(serve: Callable[..., Server], run: Run, tmp_path: Path) -> None:
    server = serve("--db", "served.db")
    ids = fill(server.client())
    ways = _ways(run, *ASKED, "--url", server.url, "--account", ACCOUNT)
    assert f"export AWS_DATA_PATH={DATA}" in ways[""]
    program = ways["boto3"].replace(
        "print(answer)", "print(*(one['Id'] for one in answer['OpportunitySearchSummaries']))"
    )
    assert _done(tmp_path, [sys.executable, "-c", program]).split() == ids[1:3]
    for label in ("AWS CLI", "Raw request"):
        answer = json.loads(_done(tmp_path, ["bash", "-c", ways[label]]))
        assert [one["Id"] for one in answer["OpportunitySearchSummaries"]] == ids[1:3]


def test_the_shown_requests_ask_aws_as_the_users_configuration_says(
    serve: Callable[..., Server], run: Run, tmp_path: Path
) -> None:
    server = serve("--db", "served.db")
    ids = fill(server.client())
    (tmp_path / ".aws").mkdir()
    profile = f"aws_access_key_id = {ACCOUNT}\naws_secret_access_key = any\n"
    (tmp_path / ".aws" / "config").write_text(f'[profile "my own"]\n{profile}')
    ways = _ways(run, *ASKED, "--aws", "--profile", "my own")
    there = {"AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": server.url}
    program = ways["boto3"].replace(
        "print(answer)", "print(*(one['Id'] for one in answer['OpportunitySearchSummaries']))"
    )
    assert _done(tmp_path, [sys.executable, "-c", program], **there).split() == ids[1:3]
    answers = [_done(tmp_path, ["bash", "-c", ways["AWS CLI"]], **there)]
    raw = ways["Raw request"]
    assert "curl https://partnercentral-selling.us-east-1.api.aws/" in raw
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_SESSION_TOKEN": "any"}
    here = raw.replace("https://partnercentral-selling.us-east-1.api.aws", server.url)
    answers.append(_done(tmp_path, ["bash", "-c", here], **keys))
    for answer in answers:
        assert [one["Id"] for one in json.loads(answer)["OpportunitySearchSummaries"]] == ids[1:3]


def test_a_database_is_shown_with_the_server_that_it_needs(run: Run) -> None:
    shown = _ways(run, "nest", "--db", "my own.db")
    assert "cosell serve --db 'my own.db'" in shown[""]
    assert "http://127.0.0.1:4280" in shown["Raw request"]


def test_what_is_found_becomes_a_file(run: Run, ids: list[str]) -> None:
    told = run("search", "heron", "--csv", "-", "--sort", "OpportunityId", "--order", "asc")
    assert (told.code, told.err) == (0, "")
    rows = list(csv.DictReader(told.out.splitlines()))
    assert [row["Id"] for row in rows] == ids[1::2]
    assert [row["MonthlySpend"] for row in rows] == ["500.50", "1500.50", "2500.50"]
    shown = rows[0]
    assert [shown[name] for name in ("Title", "Owner", "SpendCurrency")] == ["Nest 1", "Ana Díaz", "EUR"]
    assert json.loads(shown["Tags"]) == [{"Key": "team", "Value": "fish"}]
