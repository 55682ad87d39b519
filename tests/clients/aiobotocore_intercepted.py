"""aiobotocore and aioboto3 within `cosell.intercept()`. Run by `test_other_clients.py`, where they are installed."""

import asyncio
import socket
from contextlib import ExitStack
from typing import Any, NoReturn

import pytest
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

import cosell
from tests.clients.test_intercept import bare_machine, client, create, listed  # noqa: F401  # a fixture
from tests.complete_opportunity import complete
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

SERVICE: Any = "partnercentral-selling"
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> NoReturn:
        raise AssertionError("a name was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def of_aiobotocore(**options: Any) -> Any:
    return get_session().create_client(SERVICE, **{"region_name": "us-east-1"} | options)


def of_aioboto3(**options: Any) -> Any:
    aioboto3 = pytest.importorskip("aioboto3")  # it asks for an older aiobotocore
    return aioboto3.Session().client(SERVICE, **{"region_name": "us-east-1"} | options)


@pytest.mark.parametrize("make", [of_aiobotocore, of_aioboto3])
@pytest.mark.parametrize("is_made", ["before", "inside"])
def test_every_client_is_answered_whenever_it_was_made(make: Any, is_made: str) -> None:
    async def run() -> None:
        with ExitStack() as block:
            if is_made == "inside":
                block.enter_context(cosell.intercept())
            async with make() as asking:  # without credentials, where it is made before
                if is_made == "before":
                    block.enter_context(cosell.intercept())
                created = await asking.create_opportunity(Catalog="Sandbox", ClientToken="1", **complete())
                read = await asking.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])
                pages = asking.get_paginator("list_opportunities").paginate(Catalog="Sandbox")
                found = [summary["Id"] async for page in pages for summary in page["OpportunitySummaries"]]
                assert found == [created["Id"]] == [read["Id"]]

    asyncio.run(run())


def test_clients_of_boto3_and_aiobotocore_meet_in_a_block() -> None:
    async def found() -> list[str]:
        async with of_aiobotocore(aws_access_key_id=ACCOUNT, aws_secret_access_key="any") as asking:
            page = await asking.list_opportunities(Catalog="Sandbox")
            return [summary["Id"] for summary in page["OpportunitySummaries"]]

    with cosell.intercept():
        identifier = create(client(ACCOUNT))
        create(client(OTHER_ACCOUNT), "of another account")
        assert asyncio.run(found()) == listed(client(ACCOUNT)) == [identifier]


def test_tasks_are_answered_together_and_a_delay_holds_up_none_of_them() -> None:
    faults = cosell.Faults()
    faults.add(delay="10ms", operation="CreateOpportunity")

    @cosell.intercept(faults=faults)
    async def created() -> set[str]:
        async with of_aiobotocore() as asking:
            answers = await asyncio.gather(
                *(
                    asking.create_opportunity(Catalog="Sandbox", ClientToken=str(number), **complete())
                    for number in range(20)
                )
            )
            return {answer["Id"] for answer in answers}

    assert len(asyncio.run(created())) == 20


def test_a_refusal_and_a_dropped_connection_are_those_of_the_client() -> None:
    waited: list[float] = []
    faults = cosell.Faults()
    faults.add(error="ConnectionDropped", operation="GetOpportunity", delay="2s")

    @cosell.intercept(faults=faults, sleep=waited.append)
    async def refused() -> None:
        async with of_aiobotocore(config=ONCE) as asking:
            with pytest.raises(asking.exceptions.ValidationException):
                await asking.list_opportunities(Catalog="Sandbox", MaxResults=101)
            with pytest.raises(ConnectionClosedError):
                await asking.get_opportunity(Catalog="Sandbox", Identifier="O1000001")

    asyncio.run(refused())
    assert waited == [2]


def test_a_client_that_signs_nothing_is_of_the_account_of_the_block() -> None:
    @cosell.intercept(account=ACCOUNT)
    async def found() -> None:
        identifier = create(client(ACCOUNT))
        async with of_aiobotocore(config=Config(signature_version=UNSIGNED)) as asking:
            answer = await asking.get_opportunity(Catalog="Sandbox", Identifier=identifier)
            assert answer["Id"] == identifier
            with pytest.raises(ClientError, match="ResourceNotFound"):
                await asking.get_opportunity(Catalog="AWS", Identifier=identifier)

    asyncio.run(found())
