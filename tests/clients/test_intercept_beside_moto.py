"""`cosell.intercept()` and moto's `mock_aws` in one test, one in the other in either order, and roles' keys."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.hooks import EventAliaser
from moto import mock_aws

import cosell
from tests.clients.test_intercept import create, listed
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

SERVICE: Any = "partnercentral-selling"

Block = Callable[[], AbstractContextManager[Any]]
ORDERS: dict[str, list[Block]] = {
    "moto inside": [cosell.intercept, mock_aws],
    "moto outside": [mock_aws, cosell.intercept],
    "moto between": [cosell.intercept, mock_aws, cosell.intercept],
    "moto around and inside": [mock_aws, cosell.intercept, mock_aws],
}


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "outside")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.session.Session())
    before = state()
    yield
    assert state() == before


def state() -> tuple[Any, ...]:
    """What both of them change while they last."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION")
    return [os.environ.get(name) for name in names], EventAliaser.emit, boto3.DEFAULT_SESSION


@pytest.fixture(params=ORDERS)
def both(request: pytest.FixtureRequest) -> Iterator[None]:
    """Within both, in each order."""
    with ExitStack() as blocks:
        for block in ORDERS[request.param]:
            blocks.enter_context(block())
        yield


@pytest.mark.usefixtures("both")
def test_each_of_the_two_answers_for_its_own_services() -> None:
    queues: Any = boto3.client("sqs")
    queue = queues.create_queue(QueueName="events")["QueueUrl"]
    identifier = create(boto3.client(SERVICE))
    queues.send_message(QueueUrl=queue, MessageBody=identifier)
    (message,) = queues.receive_message(QueueUrl=queue)["Messages"]
    assert [message["Body"]] == listed(boto3.client(SERVICE)) == [identifier]


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("url", ["https://partnercentral-selling.us-east-1.amazonaws.com", "https://s3.amazonaws.com"])
def test_an_endpoint_that_moto_claims_is_answered_by_cosell(url: str) -> None:
    client: Any = boto3.client(SERVICE, endpoint_url=url)
    assert listed(client) == []


@pytest.mark.parametrize("is_inner", ["cosell", "moto"])
def test_what_ends_first_takes_nothing_from_the_other(is_inner: str) -> None:
    queues: Any = boto3.client("sqs")
    opportunities: Any = boto3.client(SERVICE)
    if is_inner == "cosell":
        with mock_aws():
            with cosell.intercept():
                listed(opportunities)
            queues.create_queue(QueueName="events")
    else:
        with cosell.intercept():
            with mock_aws():
                queues.create_queue(QueueName="events")
            listed(opportunities)


def test_decorators_of_both_may_stand_in_either_order() -> None:
    def both() -> int:
        cast: Any = boto3.client("sqs")
        cast.create_queue(QueueName="events")
        create(boto3.client(SERVICE))
        return len(listed(boto3.client(SERVICE)))

    assert mock_aws(cosell.intercept()(both))() == 1
    assert cosell.intercept()(mock_aws(both))() == 1


def role_of(account: str) -> Any:
    """A client with the keys of a role in an account."""
    sts: Any = boto3.client("sts")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/Partner", RoleSessionName="test")["Credentials"]
    return boto3.client(
        SERVICE,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


@pytest.mark.usefixtures("both")
def test_the_keys_of_two_roles_are_two_accounts() -> None:
    one, other = role_of(ACCOUNT), role_of(OTHER_ACCOUNT)
    identifier = create(one)
    assert listed(other) == []
    assert listed(boto3.client(SERVICE, aws_access_key_id=ACCOUNT, aws_secret_access_key="any")) == [identifier]


@pytest.mark.usefixtures("both")
def test_a_profile_that_takes_a_role_is_of_the_roles_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text(
        f"[profile partner]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/Partner\ncredential_source = Environment\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    of_the_role: Any = boto3.session.Session(profile_name="partner").client(SERVICE)
    identifier = create(of_the_role)
    assert listed(boto3.client(SERVICE, aws_access_key_id=ACCOUNT, aws_secret_access_key="any")) == [identifier]


@pytest.mark.usefixtures("both")
def test_a_role_that_is_refused_is_nobodys() -> None:
    sts: Any = boto3.client("sts")
    with pytest.raises(ClientError):
        sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Partner", RoleSessionName="x" * 100)
    assert listed(boto3.client(SERVICE)) == []


@pytest.mark.usefixtures("both")
def test_a_federated_users_keys_are_of_its_account() -> None:
    sts: Any = boto3.client("sts")
    answer = sts.get_federation_token(Name="partner")
    keys, account = answer["Credentials"], answer["FederatedUser"]["Arn"].split(":")[4]
    federated: Any = boto3.client(
        SERVICE, aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"]
    )
    identifier = create(federated)
    assert listed(boto3.client(SERVICE, aws_access_key_id=account, aws_secret_access_key="any")) == [identifier]
