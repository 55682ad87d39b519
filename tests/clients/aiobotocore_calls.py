"""aiobotocore, told nothing but where cosell is. Run by `test_other_clients.py`, where aiobotocore is installed."""

import asyncio
from typing import Any

import pytest
from aiobotocore.session import get_session

from cosell.wire.model import DATA
from tests.clients.conftest import Pipeline, variables
from tests.complete_opportunity import complete


@pytest.fixture(autouse=True)
def surroundings(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(pipeline.server.url).items():
        monkeypatch.setenv(name, value)


def in_a_client(calls: Any) -> Any:
    """What `calls(client)` gives."""

    async def run() -> Any:
        async with get_session().create_client("partnercentral-selling") as client:
            return await calls(client)

    return asyncio.run(run())


def test_pages_are_followed(pipeline: Pipeline) -> None:
    async def listed(client: Any) -> list[str]:
        pages = client.get_paginator("list_opportunities").paginate(Catalog="Sandbox", PaginationConfig={"PageSize": 5})
        return [summary["Id"] async for page in pages for summary in page["OpportunitySummaries"]]

    assert sorted(in_a_client(listed)) == sorted(pipeline.ids)


def test_a_search_is_answered(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(DATA))  # its own model may be older than the operation

    async def found(client: Any) -> list[str]:
        paginator = client.get_paginator("search_opportunities")
        pages = paginator.paginate(Catalog="Sandbox", Keyword="COMPANY 1", PaginationConfig={"PageSize": 1})
        return [summary["Id"] async for page in pages for summary in page["OpportunitySearchSummaries"]]

    assert sorted(in_a_client(found)) == pipeline.ids[10:]


def test_what_is_created_can_be_read() -> None:
    async def created_and_read(client: Any) -> tuple[str, str]:
        created = await client.create_opportunity(Catalog="AWS", **complete())
        read = await client.get_opportunity(Catalog="AWS", Identifier=created["Id"])
        return created["Id"], read["Id"]

    created, read = in_a_client(created_and_read)
    assert created == read


def test_a_refusal_raises_the_models_exception() -> None:
    async def refused(client: Any) -> str:
        with pytest.raises(client.exceptions.ValidationException) as refusal:
            await client.list_opportunities(Catalog="Sandbox", MaxResults=101)
        return str(refusal.value.response["ErrorList"][0]["FieldName"])

    assert in_a_client(refused) == "MaxResults"
