"""boto3, told nothing but the variables of `cosell env`."""

import itertools
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.clients.conftest import COUNT, Pipeline, variables
from tests.clients.wire import Line, raw
from tests.complete_opportunity import UPDATED, complete

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient
    from mypy_boto3_partnercentral_selling.type_defs import ListOpportunitiesRequestTypeDef


@pytest.fixture
def boto(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> "PartnerCentralSellingAPIClient":
    return client_of(pipeline.server.url, monkeypatch)


def client_of(url: str, monkeypatch: pytest.MonkeyPatch) -> "PartnerCentralSellingAPIClient":
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in variables(url).items():
        monkeypatch.setenv(name, value)
    return boto3.session.Session().client("partnercentral-selling")


def test_every_parameter_of_the_call_narrows_it(boto: "PartnerCentralSellingAPIClient", pipeline: Pipeline) -> None:
    long_ago, far_ahead = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
    question: ListOpportunitiesRequestTypeDef = {
        "Catalog": "Sandbox",
        "MaxResults": 1,
        "Identifier": pipeline.ids[:8],
        "CustomerCompanyName": ["COMPANY 01", "company 05", "Company 09"],
        "LifeCycleStage": ["Qualified"],
        "LifeCycleReviewStatus": ["Pending Submission"],
        "LastModifiedDate": {"AfterLastModifiedDate": long_ago, "BeforeLastModifiedDate": far_ahead},
        "CreatedDate": {"AfterCreatedDate": long_ago, "BeforeCreatedDate": far_ahead},
        "TargetCloseDate": {"AfterTargetCloseDate": "2127-01-01", "BeforeTargetCloseDate": "2127-01-06"},
        "Sort": {"SortBy": "CustomerCompanyName", "SortOrder": "DESCENDING"},
    }
    known: Any = boto.meta.service_model.operation_model("ListOpportunities").input_shape
    asked: Any = {name: value for name, value in question.items() if name in known.members}
    page = boto.list_opportunities(**asked)
    assert [summary["Id"] for summary in page["OpportunitySummaries"]] == [pipeline.ids[5]]
    rest = boto.list_opportunities(**asked, NextToken=page["NextToken"])
    assert [summary["Id"] for summary in rest["OpportunitySummaries"]] == [pipeline.ids[1]]
    assert "NextToken" not in rest


def test_the_paginator_gives_each_opportunity_once(boto: "PartnerCentralSellingAPIClient", pipeline: Pipeline) -> None:
    pages = boto.get_paginator("list_opportunities").paginate(Catalog="Sandbox", PaginationConfig={"PageSize": 5})
    listed = [[summary["Id"] for summary in page["OpportunitySummaries"]] for page in pages]
    assert [len(page) for page in listed] == [5, 5, 2]
    assert sorted(itertools.chain(*listed)) == sorted(pipeline.ids)


def test_a_paginator_that_stopped_inside_a_page_goes_on_there(
    boto: "PartnerCentralSellingAPIClient", pipeline: Pipeline
) -> None:
    paginator = boto.get_paginator("list_opportunities")
    first = paginator.paginate(Catalog="Sandbox", PaginationConfig={"MaxItems": 7, "PageSize": 5}).build_full_result()
    assert len(first["OpportunitySummaries"]) == 7
    rest = paginator.paginate(
        Catalog="Sandbox", PaginationConfig={"PageSize": 5, "StartingToken": first["NextToken"]}
    ).build_full_result()
    assert len(rest["OpportunitySummaries"]) == COUNT - 7
    both = [*first["OpportunitySummaries"], *rest["OpportunitySummaries"]]
    assert sorted(summary["Id"] for summary in both) == sorted(pipeline.ids)


def test_dates_are_moments_in_utc_to_the_millisecond(
    boto: "PartnerCentralSellingAPIClient", pipeline: Pipeline
) -> None:
    (summary,) = boto.list_opportunities(Catalog="Sandbox", Identifier=pipeline.ids[:1])["OpportunitySummaries"]
    _, written = raw(pipeline.server, "ListOpportunities", {"Catalog": "Sandbox", "Identifier": pipeline.ids[:1]})
    for member in ("CreatedDate", "LastModifiedDate"):
        moment = summary[member]
        assert moment.utcoffset() == timedelta(0)
        assert moment.isoformat(timespec="milliseconds") == written["OpportunitySummaries"][0][member].replace(
            "Z", "+00:00"
        )
        assert moment.microsecond % 1000 == 0


def test_a_date_that_came_back_is_the_same_moment(boto: "PartnerCentralSellingAPIClient") -> None:
    newest, second = boto.list_opportunities(Catalog="Sandbox", MaxResults=2)["OpportunitySummaries"]
    since = boto.list_opportunities(
        Catalog="Sandbox", LastModifiedDate={"AfterLastModifiedDate": newest["LastModifiedDate"]}
    )["OpportunitySummaries"]
    until = boto.list_opportunities(
        Catalog="Sandbox",
        LastModifiedDate={"BeforeLastModifiedDate": newest["LastModifiedDate"]},
        MaxResults=1,
    )["OpportunitySummaries"]
    assert [summary["Id"] for summary in since] == [newest["Id"]]
    assert [summary["Id"] for summary in until] == [second["Id"]]


def test_a_refused_request_raises_the_models_exception_with_its_whole_list(
    boto: "PartnerCentralSellingAPIClient",
) -> None:
    with pytest.raises(boto.exceptions.ValidationException) as refused:
        boto.list_opportunities(Catalog="Sandbox", MaxResults=101, LifeCycleStage=["Won"])  # type: ignore[list-item]
    answer = refused.value.response
    assert answer["Reason"] == "REQUEST_VALIDATION_FAILED"  # type: ignore[typeddict-item]
    assert {(entry["FieldName"], entry["Code"]) for entry in answer["ErrorList"]} == {  # type: ignore[typeddict-item]
        ("MaxResults", "VALUE_OUT_OF_RANGE"),
        ("LifeCycleStage[0]", "INVALID_ENUM_VALUE"),
    }
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    assert answer["ResponseMetadata"]["RequestId"]


def test_what_does_not_exist_raises_not_found(boto: "PartnerCentralSellingAPIClient") -> None:
    with pytest.raises(boto.exceptions.ResourceNotFoundException):
        boto.get_opportunity(Catalog="Sandbox", Identifier="O9")


def test_an_overtaken_update_raises_conflict(boto: "PartnerCentralSellingAPIClient") -> None:
    created = boto.create_opportunity(Catalog="AWS", ClientToken="overtaken", **complete())
    stale = created["LastModifiedDate"] - timedelta(milliseconds=1)
    with pytest.raises(boto.exceptions.ConflictException):
        boto.update_opportunity(Catalog="AWS", Identifier=created["Id"], LastModifiedDate=stale, **UPDATED)
    updated = boto.update_opportunity(
        Catalog="AWS", Identifier=created["Id"], LastModifiedDate=created["LastModifiedDate"], **UPDATED
    )
    assert updated["LastModifiedDate"] > created["LastModifiedDate"]


def test_an_operation_without_an_implementation_is_named_and_not_retried(
    boto: "PartnerCentralSellingAPIClient",
) -> None:
    if not hasattr(boto, "list_engagements"):
        pytest.skip("this boto3 does not know ListEngagements")
    with pytest.raises(boto.exceptions.ClientError, match="ListEngagements is an operation of the service") as refused:
        boto.list_engagements(Catalog="Sandbox")
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_a_write_whose_answer_was_lost_happens_once(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    with Line(pipeline.server.port, answers_lost=1) as line:
        client = client_of(line.url, monkeypatch)
        created = client.create_opportunity(
            Catalog="AWS", **complete(Customer={"Account": {"CompanyName": "Lost & Found"}})
        )
    assert created["ResponseMetadata"]["RetryAttempts"] == 1
    found = client_of(pipeline.server.url, monkeypatch).list_opportunities(
        Catalog="AWS", CustomerCompanyName=["Lost & Found"]
    )["OpportunitySummaries"]
    assert [summary["Id"] for summary in found] == [created["Id"]]
