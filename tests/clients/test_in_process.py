"""`cosell.connect()`: a real boto3 client whose calls stay in this process."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

import cosell
from cosell import flow
from cosell.errors import UserError
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any) -> NoReturn:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_a_call_opens_no_socket_whatever_comes_of_it(client: "PartnerCentralSellingAPIClient") -> None:
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    assert client.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])["Id"] == created["Id"]
    with pytest.raises(client.exceptions.ValidationException):
        client.list_opportunities(Catalog="Sandbox", MaxResults=101)
    if hasattr(client, "list_engagements"):  # the first boto3 that knows the service does not know these
        with pytest.raises(client.exceptions.ClientError, match="ListEngagements"):
            client.list_engagements(Catalog="Sandbox")


@pytest.mark.usefixtures("no_network")
def test_a_defect_fails_the_call_instead_of_letting_it_out(
    client: "PartnerCentralSellingAPIClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: Any) -> NoReturn:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(flow, "STEPS", (flow.route, defect))
    with pytest.raises(ZeroDivisionError, match="a defect"):
        client.list_opportunities(Catalog="Sandbox")


@pytest.mark.usefixtures("no_network")
def test_an_endpoint_of_the_surroundings_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING", "http://127.0.0.1:9")
    assert cosell.connect().list_opportunities(Catalog="AWS")["OpportunitySummaries"] == []


def test_two_clients_of_one_file_see_each_others_changes(tmp_path: Path) -> None:
    one, other = (completing(cosell.connect(str(tmp_path / "pipeline.db"), account=ACCOUNT)) for _ in range(2))
    created = one.create_opportunity(Catalog="Sandbox", ClientToken="first")
    seen = other.get_opportunity(Catalog="Sandbox", Identifier=created["Id"])
    assert seen["LastModifiedDate"] == created["LastModifiedDate"]
    other.update_opportunity(Catalog="Sandbox", Identifier=created["Id"], LastModifiedDate=seen["LastModifiedDate"])
    (summary,) = one.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    assert summary["LastModifiedDate"] > created["LastModifiedDate"]


def test_two_databases_in_memory_are_apart() -> None:
    one, other = completing(cosell.connect()), completing(cosell.connect())
    one.create_opportunity(Catalog="Sandbox", ClientToken="first")
    assert other.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


def test_accounts_of_one_file_are_apart(tmp_path: Path) -> None:
    one, other = (
        completing(cosell.connect(str(tmp_path / "pipeline.db"), account=each)) for each in (ACCOUNT, OTHER_ACCOUNT)
    )
    one.create_opportunity(Catalog="Sandbox", ClientToken="first")
    assert other.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


@pytest.mark.parametrize("place", [":memory:", "pipeline.db"])
def test_one_client_serves_many_threads(place: str, tmp_path: Path) -> None:
    client = completing(cosell.connect(place if place == ":memory:" else str(tmp_path / place)))

    def write_and_read(number: int) -> str:
        created = client.create_opportunity(Catalog="Sandbox", ClientToken=f"number-{number}")
        listed = client.list_opportunities(Catalog="Sandbox", Identifier=[created["Id"]])["OpportunitySummaries"]
        assert [summary["Id"] for summary in listed] == [created["Id"]]
        return str(created["Id"])

    with ThreadPoolExecutor(8) as threads:
        identifiers = list(threads.map(write_and_read, range(40)))
    assert len(set(identifiers)) == 40


def test_options_go_on_to_boto3() -> None:
    assert cosell.connect(region_name="eu-central-1").meta.region_name == "eu-central-1"


def test_settings_of_a_server_are_options_too() -> None:
    client: Any = completing(cosell.connect(any_review_status=True, task_delay="1h"))
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="1")
    stamp = {"Identifier": created["Id"], "LastModifiedDate": created["LastModifiedDate"]}
    with pytest.raises(client.exceptions.ValidationException, match="waits for no verdict"):
        client.update_opportunity(Catalog="Sandbox", LifeCycle={"ReviewStatus": "In review"}, **stamp)
    submission = {"InvolvementType": "For Visibility Only"}
    task = client.start_engagement_from_opportunity_task(
        Catalog="Sandbox", ClientToken="1", Identifier=created["Id"], AwsSubmission=submission
    )
    assert task["TaskStatus"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("options", "told"), [({"task_delay": "soon"}, "'soon' is not a time span"), ({"any_value": "yes"}, "any_value")]
)
def test_a_setting_that_is_not_possible_is_reported(options: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=told):
        cosell.connect(**options)


def test_a_place_that_is_no_database_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be opened"):
        cosell.connect(str(tmp_path / "no" / "folder.db"))
    with pytest.raises(UserError, match="cannot open mysql:// databases"):
        cosell.connect("mysql://localhost/pipeline")
