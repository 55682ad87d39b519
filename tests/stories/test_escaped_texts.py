"""Colons that come back as `&amp;colon;`, as AWS's Sandbox sent them to a connector in May 2026."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cosell
from tests.complete_opportunity import written
from tests.conftest import Server
from tests.operations.whole_opportunity import but
from tests.stories.cast import told

USE_CASE = "Big Data: Data Warehouse / Data Integration / ETL / Data Lake / BI"
PROBLEM = "Two sites: one keeps pictures & sounds, the other nothing."
WITH_COLONS = but(
    {
        "Customer.Account.CompanyName": "Heron: Blue & Grey",
        "Project.Title": "Cameras: phase 1",
        "Project.CustomerBusinessProblem": PROBLEM,
        "Project.CustomerUseCase": USE_CASE,
        "LifeCycle.NextSteps": "Call at 10:30, then at 11:30.",
        "LifeCycle.TargetCloseDate": "2099-12-31",
    }
)


def created(client: Any) -> str:
    return str(client.create_opportunity(Catalog="Sandbox", ClientToken="heron", **WITH_COLONS)["Id"])


def got(client: Any, deal: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get_opportunity(Catalog="Sandbox", Identifier=deal)
    del answer["ResponseMetadata"]
    return answer


def sent_back(client: Any, record: dict[str, Any]) -> Any:
    stamp = {"Identifier": record["Id"], "LastModifiedDate": record["LastModifiedDate"]}
    return client.update_opportunity(Catalog="Sandbox", **stamp, **written(record))


def unescaped(value: Any) -> Any:
    """What a connector should make of an answer, whether its texts are escaped or not."""
    if isinstance(value, dict):
        return {name: unescaped(member) for name, member in value.items()}
    if isinstance(value, list):
        return [unescaped(item) for item in value]
    return value.replace("&amp;colon;", ":") if isinstance(value, str) else value


def test_four_texts_of_an_opportunity_are_escaped_and_nothing_else(tmp_path: Path) -> None:
    file = str(tmp_path / "pipeline.db")
    client, plain = cosell.connect(file, escaped_texts=True), cosell.connect(file)
    deal = created(client)
    escaped = got(client, deal)
    assert escaped["Customer"]["Account"]["CompanyName"] == "Heron&amp;colon; Blue & Grey"
    assert escaped["Project"]["CustomerBusinessProblem"] == PROBLEM.replace(":", "&amp;colon;")
    assert escaped["Project"]["CustomerUseCase"] == USE_CASE.replace(":", "&amp;colon;")
    assert escaped["LifeCycle"]["NextSteps"] == "Call at 10&amp;colon;30, then at 11&amp;colon;30."
    assert escaped["Project"]["Title"] == "Cameras: phase 1"

    # Nothing is kept so: whoever asks without the setting sees what was sent.
    kept = got(plain, deal)
    assert kept == unescaped(escaped)
    assert kept["Project"]["CustomerUseCase"] == USE_CASE

    # A list is as it was: names are found in it by what was sent.
    asked: Any = {"Catalog": "Sandbox", "CustomerCompanyName": ["heron: blue & grey"]}
    listed = [one.list_opportunities(**asked)["OpportunitySummaries"] for one in (client, plain)]
    assert listed[0] == listed[1]
    assert [summary["Id"] for summary in listed[0]] == [deal]


def test_the_connector_that_sends_back_what_it_has_read(tmp_path: Path) -> None:
    """May 2026: it changed the title of a draft, and AWS refused the use case that AWS itself had answered."""
    file = str(tmp_path / "pipeline.db")
    client: Any = cosell.connect(file, escaped_texts=True)
    deal = created(client)
    with pytest.raises(client.exceptions.ValidationException) as refused:
        sent_back(client, got(client, deal))
    assert told(refused) == [("project.customerUseCase", "INVALID_ENUM_VALUE")]

    # Where any text will do nobody objects, and the escape is kept for good.
    careless = got(client, deal)
    careless["Project"]["CustomerUseCase"] = USE_CASE
    sent_back(client, careless)
    kept = got(cosell.connect(file), deal)
    assert kept["Project"]["CustomerBusinessProblem"] == PROBLEM.replace(":", "&amp;colon;")

    # Who takes the escapes off first sends what was meant.
    sent_back(client, unescaped(got(client, deal)))
    kept = got(cosell.connect(file), deal)
    assert kept["Project"]["CustomerBusinessProblem"] == PROBLEM
    assert kept["Customer"]["Account"]["CompanyName"] == "Heron: Blue & Grey"


def test_what_is_not_there_needs_no_escape() -> None:
    client: Any = cosell.connect(escaped_texts=True, drafts=True)
    deal = client.create_opportunity(Catalog="Sandbox", ClientToken="bare")["Id"]
    assert "Customer" not in got(client, deal)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        got(client, "O7")


def test_a_server_escapes_where_it_is_told_to(serve: Callable[..., Server]) -> None:
    client: Any = serve("--escaped-texts").client()
    answer = got(client, created(client))
    assert answer["Project"]["CustomerUseCase"] == USE_CASE.replace(":", "&amp;colon;")
