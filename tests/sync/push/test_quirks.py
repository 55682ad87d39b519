"""A push into a service with quirks of AWS's own: it mangles nothing, and creates nothing twice."""

from pathlib import Path
from typing import Any

import pytest

import cosell
from tests.complete_opportunity import completing
from tests.store.caller import HandClock
from tests.sync.push.conftest import Desk, outcomes

USE_CASE = "Big Data: Data Warehouse / Data Integration / ETL / Data Lake / BI"
KEYED = {"PartnerOpportunityIdentifier": "CRM-1"}
UNKEYED = {"Customer": {"Account": {"CompanyName": "Birch: East"}}}


def test_escaped_texts_come_back_as_they_were(tmp_path: Path) -> None:
    file = str(tmp_path / "pipeline.db")
    desk = Desk(completing(cosell.connect(file, escaped_texts=True)), tmp_path)
    problem = "Two sites: one keeps its pictures, the other does not."
    row = KEYED | UNKEYED | {"Project": {"CustomerUseCase": USE_CASE, "CustomerBusinessProblem": problem}}
    assert outcomes(desk.push(row)) == ["created"]
    assert outcomes(desk.push(row)) == ["unchanged"]
    assert outcomes(desk.push(KEYED | {"Project": {"Title": "Another title"}})) == ["updated"]
    client: Any = cosell.connect(file)
    (summary,) = client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    record = client.get_opportunity(Catalog="Sandbox", Identifier=summary["Id"])
    assert record["Project"]["Title"] == "Another title"
    assert record["Project"]["CustomerUseCase"] == USE_CASE
    assert record["Project"]["CustomerBusinessProblem"] == problem
    assert record["Customer"]["Account"]["CompanyName"] == "Birch: East"


@pytest.mark.parametrize("row", [KEYED, UNKEYED], ids=["keyed", "unkeyed"])
def test_what_is_not_found_yet_is_not_created_again(row: dict[str, Any], tmp_path: Path) -> None:
    clock = HandClock(1_800_000_000_000)
    desk = Desk(completing(cosell.connect(clock=clock, appearance_delay="5s")), tmp_path)
    for _ in range(3):
        assert outcomes(desk.push(row)) == ["created"]
        assert desk.records() == []
    clock.now_ms += 5000
    assert outcomes(desk.push(row)) == ["unchanged"]
    assert len(desk.records()) == 1
