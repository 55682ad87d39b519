"""SearchOpportunities by every client: each gets the same pages, those that one finds by looking at everything.

Clients whose own model is older are given cosell's, as docs/how-to/point-your-client-here.md says.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import boto3
import botocore.session
import pytest

import cosell
from cosell.wire.model import DATA
from tests.clients.conftest import COUNT, STAGES, Pipeline, variables
from tests.clients.test_aws_cli import AWS
from tests.clients.test_javascript import FOLDER, SDK
from tests.clients.wire import raw
from tests.conftest import ACCOUNT

Pages = list[list[dict[str, Any]]]

PAGE_SIZE: Final = 3
QUESTION: Final[dict[str, Any]] = {
    "Catalog": "Sandbox",
    "Keyword": "company",
    "Filter": {
        "AndAllFilters": [
            {"GreaterThanOrEquals": {"Key": "EstimatedMrr", "Value": {"DoubleValue": 0.5}}},
            {"LessThan": {"Key": "TargetCloseDate", "Value": {"DateValue": "2127-01-11T00:00:00Z"}}},
            {
                "OrAllFilters": [
                    {"ContainsAny": {"Key": "Stage", "Value": {"StringListValue": ["qualif", "TECHNICAL"]}}},
                    {"NotFilter": {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Prospect"}}}},
                ]
            },
        ]
    },
    "Sort": {"SortBy": "CustomerCompanyName", "SortOrder": "DESCENDING"},
}
WANTED: Final = [number for number in reversed(range(COUNT)) if STAGES[number % 4] != "Prospect" and number < 10]


def _as_written(value: Any) -> Any:
    """An answer's values as they are on the wire, whatever a client has made of its moments."""
    if isinstance(value, dict):
        return {
            name: _moment(member) if name in ("CreatedDate", "LastModifiedDate") else _as_written(member)
            for name, member in value.items()
        }
    return [_as_written(item) for item in value] if isinstance(value, list) else value


def _moment(moment: Any) -> str:
    parsed = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return parsed.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def surroundings(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What clients are told: where cosell is, and its model where theirs is older."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    known = botocore.session.Session().get_service_model("partnercentral-selling").operation_names
    told = variables(pipeline.server.url) | ({} if "SearchOpportunities" in known else {"AWS_DATA_PATH": str(DATA)})
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return told


def _paged(search: Callable[..., Any]) -> Pages:
    pages: Pages = []
    token: dict[str, str] = {}
    while True:
        page = search(**QUESTION, MaxResults=PAGE_SIZE, **token)
        pages.append(page["OpportunitySearchSummaries"])
        if "NextToken" not in page:
            return pages
        token = {"NextToken": page["NextToken"]}


def _by_raw_http(pipeline: Pipeline, _: dict[str, str]) -> Pages:
    return _paged(lambda **request: raw(pipeline.server, "SearchOpportunities", request)[1])


def _by_boto3(_: Pipeline, __: dict[str, str]) -> Pages:
    client: Any = boto3.session.Session().client("partnercentral-selling")
    return _paged(client.search_opportunities)


def _by_the_paginator(_: Pipeline, __: dict[str, str]) -> Pages:
    client: Any = boto3.session.Session().client("partnercentral-selling")
    pages = client.get_paginator("search_opportunities").paginate(**QUESTION, PaginationConfig={"PageSize": PAGE_SIZE})
    return [page["OpportunitySearchSummaries"] for page in pages]


def _in_this_process(pipeline: Pipeline, _: dict[str, str]) -> Pages:
    client: Any = cosell.connect(str(pipeline.server.folder / "cosell.db"), account=ACCOUNT)
    return _paged(client.search_opportunities)


def _by_the_aws_cli(pipeline: Pipeline, surroundings: dict[str, str]) -> Pages:
    if not AWS.exists():
        pytest.skip("the AWS CLI is not installed: uv sync --group test")
    arguments = [
        *("--catalog", QUESTION["Catalog"], "--keyword", QUESTION["Keyword"], "--page-size", str(PAGE_SIZE)),
        *("--filter", json.dumps(QUESTION["Filter"]), "--sort", "SortBy=CustomerCompanyName,SortOrder=DESCENDING"),
    ]
    answer = _output(
        [str(AWS), "partnercentral-selling", "search-opportunities", *arguments],
        pipeline.server.folder,
        surroundings | {"AWS_DATA_PATH": str(DATA)},
    )
    found = json.loads(answer)["OpportunitySearchSummaries"]
    return [found[start : start + PAGE_SIZE] for start in range(0, len(found), PAGE_SIZE)]


def _by_javascript(pipeline: Pipeline, surroundings: dict[str, str]) -> Pages:
    pages: Pages = _javascript(pipeline, surroundings)["pages"]
    return pages


def _javascript(pipeline: Pipeline, surroundings: dict[str, str]) -> Any:
    """What `search.mjs` saw."""
    if not shutil.which("node") or not (FOLDER / SDK).exists():
        pytest.skip("node or the JavaScript SDK is not installed: scripts/test brings the SDK where npm is")
    question = json.dumps(QUESTION | {"MaxResults": PAGE_SIZE})
    more = {"NODE_MODULES": str(FOLDER), "QUESTION": question}
    program = str(Path(__file__).with_name("search.mjs"))
    return json.loads(_output(["node", program], pipeline.server.folder, surroundings | more))


def _output(command: list[str], home: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "AWS_PAGER": "", **variables},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("client", [_by_boto3, _by_the_paginator, _in_this_process, _by_the_aws_cli, _by_javascript])
def test_every_client_is_answered_alike(
    pipeline: Pipeline, surroundings: dict[str, str], client: Callable[[Pipeline, dict[str, str]], Pages]
) -> None:
    pages = client(pipeline, surroundings)
    assert [[one["Id"] for one in page] for page in pages] == [
        [pipeline.ids[number] for number in WANTED[start : start + PAGE_SIZE]]
        for start in range(0, len(WANTED), PAGE_SIZE)
    ]
    assert _as_written(pages) == _by_raw_http(pipeline, surroundings)


def test_javascript_gets_refusals_as_its_own_exceptions(pipeline: Pipeline, surroundings: dict[str, str]) -> None:
    refused = _javascript(pipeline, surroundings)["refused"]
    assert refused == {"entries": ["Filter INVALID_VALUE"], "attempts": 1}
