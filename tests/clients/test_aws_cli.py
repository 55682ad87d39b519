"""The AWS CLI, told nothing but the variables of `cosell env`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.conftest import COUNT, Pipeline, variables

AWS = Path(sys.executable).parent / "aws"

pytestmark = pytest.mark.skipif(not AWS.exists(), reason="the AWS CLI is not installed: uv sync --group test")


class Printed(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def aws(pipeline: Pipeline, tmp_path: Path) -> Callable[..., Printed]:
    """Runs `aws partnercentral-selling …` against the pipeline."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    surroundings |= {"HOME": str(tmp_path), "AWS_PAGER": "", **variables(pipeline.server.url)}

    def run(*arguments: str) -> Printed:
        done = subprocess.run(
            [str(AWS), "partnercentral-selling", *arguments],
            env=surroundings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Printed(done.returncode, done.stdout, done.stderr)

    return run


def test_a_list_comes_whole_over_all_pages(aws: Callable[..., Printed], pipeline: Pipeline) -> None:
    listed = aws("list-opportunities", "--catalog", "Sandbox", "--page-size", "5").json
    assert sorted(summary["Id"] for summary in listed["OpportunitySummaries"]) == sorted(pipeline.ids)


def test_arguments_may_be_shorthand_or_json(aws: Callable[..., Printed], pipeline: Pipeline) -> None:
    common = ("list-opportunities", "--catalog", "Sandbox", "--life-cycle-stage", "Prospect", "Technical Validation")
    shorthand = aws(
        *common,
        *("--sort", "SortBy=Identifier,SortOrder=ASCENDING"),
        *("--target-close-date", "AfterTargetCloseDate=2127-01-03,BeforeTargetCloseDate=2127-01-09"),
        *("--created-date", "AfterCreatedDate=2020-01-01T00:00:00Z"),
    ).json
    as_json = aws(
        *common,
        *("--sort", '{"SortBy": "Identifier", "SortOrder": "ASCENDING"}'),
        *("--target-close-date", '{"AfterTargetCloseDate": "2127-01-03", "BeforeTargetCloseDate": "2127-01-09"}'),
        *("--created-date", '{"AfterCreatedDate": "2020-01-01T00:00:00Z"}'),
    ).json
    wanted = [pipeline.ids[number] for number in (2, 4, 6, 8)]
    assert [summary["Id"] for summary in shorthand["OpportunitySummaries"]] == wanted
    assert as_json == shorthand


def test_a_request_may_come_as_one_json_text(aws: Callable[..., Printed], pipeline: Pipeline) -> None:
    request = {"Catalog": "Sandbox", "CustomerCompanyName": ["company 07"]}
    listed = aws("list-opportunities", "--cli-input-json", json.dumps(request)).json
    assert [summary["Id"] for summary in listed["OpportunitySummaries"]] == [pipeline.ids[7]]


def test_a_query_picks_members(aws: Callable[..., Printed], pipeline: Pipeline) -> None:
    arguments = ("--catalog", "Sandbox", "--identifier", pipeline.ids[3])
    query = "OpportunitySummaries[].[Customer.Account.CompanyName, LifeCycle.Stage]"
    assert aws("list-opportunities", *arguments, "--query", query).json == [["Company 03", "Business Validation"]]


def test_max_items_and_starting_token_go_on_without_a_gap(aws: Callable[..., Printed], pipeline: Pipeline) -> None:
    first = aws("list-opportunities", "--catalog", "Sandbox", "--max-items", "7", "--page-size", "5").json
    rest = aws("list-opportunities", "--catalog", "Sandbox", "--starting-token", first["NextToken"]).json
    assert (len(first["OpportunitySummaries"]), len(rest["OpportunitySummaries"])) == (7, COUNT - 7)
    both = first["OpportunitySummaries"] + rest["OpportunitySummaries"]
    assert sorted(summary["Id"] for summary in both) == sorted(pipeline.ids)


def test_without_pagination_one_page_and_its_token_are_shown(aws: Callable[..., Printed]) -> None:
    page = aws("list-opportunities", "--catalog", "Sandbox", "--no-paginate", "--max-results", "4").json
    assert len(page["OpportunitySummaries"]) == 4
    following = aws(
        "list-opportunities", "--catalog", "Sandbox", "--no-paginate", "--max-results", "100", "--next-token",
        page["NextToken"],
    ).json  # fmt: skip
    assert len(following["OpportunitySummaries"]) == COUNT - 4
    assert "NextToken" not in following


def test_an_error_is_reported_with_its_name(aws: Callable[..., Printed]) -> None:
    refused = aws("list-opportunities", "--catalog", "Sandbox", "--life-cycle-stage", "Won")
    assert refused.code in (254, 255)  # version 2 and version 1
    assert "An error occurred (ValidationException) when calling the ListOpportunities operation" in refused.err
    assert "LifeCycleStage[0]" in refused.err


def test_dates_are_printed_as_moments_in_utc(aws: Callable[..., Printed], pipeline: Pipeline) -> None:
    shown = aws("get-opportunity", "--catalog", "Sandbox", "--identifier", pipeline.ids[0]).json
    moment = datetime.fromisoformat(shown["LastModifiedDate"])
    assert moment.utcoffset() == timedelta(0)
    assert moment == datetime.fromisoformat(shown["CreatedDate"])
