"""Who may search, and what: the account's own opportunities of one catalog, unless it has no search at all."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

import cosell
from cosell.errors import UserError
from cosell.faults import Faults
from cosell.wire.model import DATA, service_model
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Finished, Server
from tests.search.oracle import Row
from tests.search.partner import Partner
from tests.store.caller import record

NOT_ENABLED = "SEARCH_OPPORTUNITIES_NOT_ENABLED"


@pytest.fixture
def newest_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that know the operation, whichever boto3 is installed."""
    monkeypatch.setenv("AWS_DATA_PATH", str(DATA))


def test_an_account_finds_its_own_in_one_catalog(newcomer: Callable[[], Partner]) -> None:
    mine, other = newcomer(), newcomer()
    for partner, title in ((mine, "Mine"), (other, "Other")):
        partner.put_rows([Row(record("O1", Project={"Title": title}), {}, None)])
    elsewhere = Partner(mine.engine, mine.scope.account, "AWS")
    assert [found["Project"]["Title"] for found in mine.walk({}, [10])] == ["Mine"]
    assert mine.walk({"Keyword": "other"}, [10]) == []
    assert elsewhere.walk({}, [10]) == []


@pytest.mark.usefixtures("newest_model")
def test_an_account_without_the_feature_is_told_so() -> None:
    client = cosell.connect(account=ACCOUNT, without_search=[ACCOUNT])
    with pytest.raises(ClientError) as denied:
        client.search_opportunities(Catalog="Sandbox")  # type: ignore[attr-defined]
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    assert denied.value.response["Reason"] == NOT_ENABLED  # type: ignore[typeddict-item]
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
    other = cosell.connect(account=OTHER_ACCOUNT, without_search=[ACCOUNT])
    assert other.search_opportunities(Catalog="Sandbox")["OpportunitySearchSummaries"] == []  # type: ignore[attr-defined]


def test_a_server_has_accounts_without_the_feature(serve: Callable[..., Server]) -> None:
    server = serve("--without-search", ACCOUNT, "--without-search", OTHER_ACCOUNT)
    response, denied = raw(server, "SearchOpportunities", {"Catalog": "Sandbox"})
    assert (response.status, denied["Reason"]) == (400, NOT_ENABLED)
    assert denied["__type"].endswith("#AccessDeniedException")


def test_what_is_no_account_is_refused(run: Callable[..., Finished]) -> None:
    refused = run("serve", "--port", "0", "--without-search", "me")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "--without-search 'me' is not a list of accounts of twelve digits" in refused.err
    with pytest.raises(UserError, match="without_search"):
        cosell.connect(without_search=["1"])


@pytest.mark.usefixtures("newest_model")
def test_a_fault_takes_the_feature_away_for_a_while() -> None:
    faults = Faults()
    faults.add(error="AccessDeniedException", reason=NOT_ENABLED, operation="SearchOpportunities", times=1)
    client = cosell.connect(faults=faults)
    with pytest.raises(ClientError) as denied:
        client.search_opportunities(Catalog="Sandbox")  # type: ignore[attr-defined]
    assert denied.value.response["Reason"] == NOT_ENABLED  # type: ignore[typeddict-item]
    assert client.search_opportunities(Catalog="Sandbox")["OpportunitySearchSummaries"] == []  # type: ignore[attr-defined]


@pytest.mark.usefixtures("newest_model")
@pytest.mark.parametrize("entrance", ["a port", "this process"])
def test_the_paginator_of_boto3_follows_all_pages(serve: Callable[..., Server], entrance: str) -> None:
    client = serve().client() if entrance == "a port" else cosell.connect()
    example = cosell.example_opportunity()
    created = [
        client.create_opportunity(
            **example
            | {
                "Catalog": "Sandbox",
                "ClientToken": f"number {number}",
                "Tags": [{"Key": "number", "Value": f"{number}"}],
            }
        )["Id"]
        for number in range(7)
    ]
    pages = client.get_paginator("search_opportunities").paginate(  # type: ignore[call-overload]
        Catalog="Sandbox",
        Keyword=example["Project"]["Title"].upper(),
        Filter={"NotFilter": {"EqualsTo": {"Key": "Tags", "Value": {"StringValue": "number=3"}}}},
        Sort={"SortBy": "Tags", "SortOrder": "DESCENDING"},
        PaginationConfig={"PageSize": 2},
    )
    found = [summary["Id"] for page in pages for summary in page["OpportunitySearchSummaries"]]
    assert found == [created[number] for number in (6, 5, 4, 2, 1, 0)]


def test_a_summary_tells_nobodys_address(serve: Callable[..., Server]) -> None:
    server = serve()
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="one")
    (summary,) = raw(server, "SearchOpportunities", {"Catalog": "Sandbox"})[1]["OpportunitySearchSummaries"]
    assert set(summary) <= set(service_model().shapes["OpportunitySearchSummary"].members)
    assert {"Catalog", "Arn"} & set(summary) == set()
    assert "@" not in str(summary)
