"""What a newcomer tries first."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.conftest import Server

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient


def test_what_was_created_is_listed_at_once(client: "PartnerCentralSellingAPIClient") -> None:
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    (summary,) = client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    assert summary["Id"] == created["Id"]


def test_an_unmodified_client_is_served_over_a_port(serve: Callable[..., Server]) -> None:
    client = serve().client()
    created = client.create_opportunity(Catalog="AWS", ClientToken="first")
    assert client.get_opportunity(Catalog="AWS", Identifier=created["Id"])["Id"] == created["Id"]
