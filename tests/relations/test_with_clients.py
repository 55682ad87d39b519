"""The same story with an unmodified boto3 client, over HTTP and in process; and tasks that outlive their server."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

import cosell
from tests.conftest import ACCOUNT, Finished, Server
from tests.operations.whole_opportunity import WHOLE

SUBMISSION = {"InvolvementType": "Co-Sell", "Visibility": "Full"}
SOLUTION = {"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}


@pytest.fixture(params=["over HTTP", "in process"])
def any_client(request: pytest.FixtureRequest, serve: Callable[..., Server]) -> Any:
    """A boto3 client through either entrance."""
    if request.param == "in process":
        return cosell.connect(account=ACCOUNT)
    return serve("--db", ":memory:").client()


def draft(client: Any) -> Any:
    """An opportunity that lacks nothing, by any clock."""
    ahead = WHOLE["LifeCycle"] | {"TargetCloseDate": "2999-12-31"}
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="draft", **WHOLE | {"LifeCycle": ahead})
    return client.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])


def test_a_client_associates_tags_submits_and_reads_what_came_of_it(any_client: Any) -> None:
    client, opportunity = any_client, draft(any_client)
    identifier = opportunity["Id"]
    client.associate_opportunity(Catalog="Sandbox", OpportunityIdentifier=identifier, **SOLUTION)
    client.tag_resource(ResourceArn=opportunity["Arn"], Tags=[{"Key": "team", "Value": "north"}])
    task = client.start_engagement_from_opportunity_task(
        Catalog="Sandbox", Identifier=identifier, AwsSubmission=SUBMISSION, ClientToken="task"
    )
    assert task["TaskStatus"] == "COMPLETE"
    pages = client.get_paginator("list_engagement_from_opportunity_tasks").paginate(
        Catalog="Sandbox", OpportunityIdentifier=[identifier], PaginationConfig={"PageSize": 1}
    )
    (listed,) = [summary for page in pages for summary in page["TaskSummaries"]]
    assert listed == {member: task[member] for member in listed}
    summary = client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=identifier)
    assert summary["RelatedEntityIds"]["Solutions"] == ["S-1234567"]
    with pytest.raises(ClientError, match="ValidationException"):
        client.disassociate_opportunity(Catalog="Sandbox", OpportunityIdentifier=identifier, **SOLUTION)
    assert client.list_tags_for_resource(ResourceArn=opportunity["Arn"])["Tags"] == [{"Key": "team", "Value": "north"}]
    client.untag_resource(ResourceArn=opportunity["Arn"], TagKeys=["team"])
    assert client.list_tags_for_resource(ResourceArn=opportunity["Arn"])["Tags"] == []
    assert [known["Id"] for known in client.list_solutions(Catalog="Sandbox")["SolutionSummaries"]] == ["S-1234567"]


def test_a_task_in_progress_outlives_a_server_that_is_killed(serve: Callable[..., Server]) -> None:
    server = serve("--db", "tasks.db", "--task-delay", "2h", "--clock", "frozen:2998-01-01T00:00:00Z")
    client: Any = server.client()
    request = {"Identifier": draft(client)["Id"], "AwsSubmission": SUBMISSION, "ClientToken": "task"}
    started = client.start_engagement_from_opportunity_task(Catalog="Sandbox", **request)
    assert started["TaskStatus"] == "IN_PROGRESS"
    server.kill()
    client = serve("--db", "tasks.db", "--clock", "frozen:2998-01-01T02:00:00Z").client()
    done = client.start_engagement_from_opportunity_task(Catalog="Sandbox", **request)
    assert (done["TaskId"], done["TaskStatus"]) == (started["TaskId"], "COMPLETE")


def test_a_delay_that_is_no_time_span_is_reported_in_one_line(run: Callable[..., Finished]) -> None:
    refused = run("serve", "--port", "0", "--task-delay", "soon")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "'soon' is not a time span" in refused.err
