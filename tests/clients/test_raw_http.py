"""Programs without an SDK: the path style of the public request collections."""

import http.client
from typing import Any

import pytest

from tests.clients.conftest import COUNT, Pipeline
from tests.clients.wire import raw


def test_the_path_may_name_the_operation(pipeline: Pipeline) -> None:
    response, answer = raw(pipeline.server, "ListOpportunities", {"Catalog": "Sandbox"}, path_style=True)
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert len(answer["OpportunitySummaries"]) == COUNT


def test_both_styles_answer_alike(pipeline: Pipeline) -> None:
    request = {"Catalog": "Sandbox", "MaxResults": 3, "NextToken": None, "Sort": None, "Identifier": []}
    _, by_path = raw(pipeline.server, "ListOpportunities", request, path_style=True)
    response, by_target = raw(pipeline.server, "ListOpportunities", request)
    assert response.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert by_path["OpportunitySummaries"] == by_target["OpportunitySummaries"]


@pytest.mark.parametrize(
    ("operation", "request_", "status", "name"),
    [
        ("ListOpportunities", {"Catalog": 7}, 400, "SerializationException"),
        ("ListOpportunities", {}, 400, "ValidationException"),
        ("GetOpportunity", {"Catalog": "Sandbox", "Identifier": "O9"}, 400, "ResourceNotFoundException"),
        ("ListEngagements", {"Catalog": "Sandbox"}, 501, "NotImplementedException"),
        ("DropOpportunities", {}, 404, "UnknownOperationException"),
    ],
)
def test_an_error_says_its_name_in_the_header_and_in_the_body(
    pipeline: Pipeline, operation: str, request_: Any, status: int, name: str
) -> None:
    response, answer = raw(pipeline.server, operation, request_, path_style=True)
    assert response.status == status
    assert response.headers["x-amzn-ErrorType"] == name
    assert response.headers["x-amzn-RequestId"]
    assert answer["__type"].endswith(f"#{name}")
    assert answer["message"] == answer["Message"] != ""


def test_get_is_not_a_call(pipeline: Pipeline) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", pipeline.server.port, timeout=30)
    connection.request("GET", "/ListOpportunities")
    assert connection.getresponse().status == 404
    connection.close()


def test_a_connection_stays_open_for_the_next_call(pipeline: Pipeline) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", pipeline.server.port, timeout=30)
    connection.connect()
    socket_at_first = connection.sock
    for _ in range(3):
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/ListOpportunities", '{"Catalog": "Sandbox"}', headers)
        assert connection.getresponse().read()
        assert connection.sock is socket_at_first
    connection.close()
