"""A served pipeline that clients only read, and the variables that lead to it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.conftest import ACCOUNT, Server

STAGES = ("Prospect", "Qualified", "Technical Validation", "Business Validation")
COUNT = 12


class Pipeline(NamedTuple):
    """Twelve opportunities, three in each of four stages, `ids` in the order of their creation."""

    server: Server
    ids: list[str]


def variables(url: str, account: str = ACCOUNT) -> dict[str, str]:
    """What `cosell env` exports: all that a client is ever told."""
    return {
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """A server with twelve opportunities."""
    server = Server(cwd=tmp_path_factory.mktemp("pipeline"))
    client = server.client()
    try:
        yield Pipeline(server, [_create(client, number) for number in range(COUNT)])
    finally:
        server.stop()


def _create(client: Any, number: int) -> str:
    created = client.create_opportunity(
        Catalog="Sandbox",
        ClientToken=f"number-{number}",
        Customer={
            "Account": {
                "CompanyName": f"Company {number:02}",
                "Industry": "Aerospace",
                "WebsiteUrl": "https://example.com",
                "Address": {"CountryCode": "DE", "City": "Köln", "PostalCode": "50667"},
            }
        },
        LifeCycle={"Stage": STAGES[number % 4], "TargetCloseDate": f"2127-01-{number + 1:02}"},
    )
    return str(created["Id"])
