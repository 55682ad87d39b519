"""A queue of events ends the wait between two runs; whatever it does, the wait ends in time."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from cosell.errors import UserError
from cosell.sync.wake import Queue

KEYS: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    """A client of an SQS on this machine."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield boto3.session.Session(**KEYS).client("sqs", endpoint_url=f"http://{host}:{port}")
    server.stop()


@pytest.fixture
def url(sqs: Any, request: pytest.FixtureRequest) -> str:
    """The URL of a new queue."""
    name = request.node.name.replace("_", "-")[-60:]
    return str(sqs.create_queue(QueueName=name)["QueueUrl"])


def queue(url: str) -> Queue:
    """The queue as a sync with the user's configuration has it."""
    return Queue(boto3.session.Session(**KEYS), url)


def test_an_event_wakes_and_all_that_are_there_are_taken(sqs: Any, url: str) -> None:
    for number in range(12):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"detail-type": "Opportunity Updated", "id": number}))
    assert queue(url).wait(60)
    assert sqs.receive_message(QueueUrl=url).get("Messages") is None


def test_without_an_event_the_wait_ends_by_itself(url: str) -> None:
    assert not queue(url).wait(0.01)


def test_a_queue_that_is_not_there_is_reported(url: str) -> None:
    with pytest.raises(UserError, match="queue") as caught:
        queue(f"{url}-of-nobody").wait(60)
    assert "--queue-url" in caught.value.next_step
    with pytest.raises(UserError, match="nonsense"):
        queue("nonsense")


def test_a_queue_that_does_not_answer_costs_a_wait_of_the_usual_length() -> None:
    assert not queue("http://127.0.0.1:9/000000000000/events").wait(0.05)


def test_the_region_of_a_queue_is_in_its_url() -> None:
    wherever = queue("https://sqs.eu-west-1.amazonaws.com/111122223333/events")
    assert wherever._client.meta.region_name == "eu-west-1"
