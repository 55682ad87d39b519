"""An older model is served as it was: later operations do not exist, and later members are left out."""

from collections.abc import Iterator
from typing import Any

import pytest

from cosell.aws_side.by_hand import AwsSide
from cosell.context import Scope
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.wire.model import model_source, service_model
from tests.complete_opportunity import complete
from tests.operations.whole_opportunity import WHOLE
from tests.wire.conftest import Service

REASON = {"CosellMotion": "Partner-led", "CosellMotionReason": "They asked."}
SPENDS: Any = {
    "AWS": {
        "CurrencyCode": "USD",
        "Frequency": "Monthly",
        "TotalAmount": "100.00",
        "TotalAmountByCategory": {"Compute": "100.00"},
        "AwsProducts": [],
    }
}


def served(model: str) -> Iterator[Service]:
    engine = Engine.open(":memory:", model=model)
    yield Service(engine)
    engine.close()


@pytest.fixture(params=["2026-06", "2026-10"])
def older(request: pytest.FixtureRequest) -> Iterator[Service]:
    yield from served(request.param)


@pytest.fixture(params=["", model_source().month])
def newest(request: pytest.FixtureRequest) -> Iterator[Service]:
    yield from served(request.param)


def created(service: Service, **members: Any) -> str:
    told = service.call("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "first", **members})
    assert told.status == 200, told.body
    return str(told.body["Id"])


def view(service: Service) -> Any:
    """AWS's view of an opportunity that AWS has edited."""
    identifier = created(service, **WHOLE)
    submission = {"Identifier": identifier, "InvolvementType": "Co-Sell"}
    assert service.call("SubmitOpportunity", {"Catalog": "Sandbox", **submission}).body == {}
    AwsSide(service.engine, Scope("000000000000", "Sandbox"), lambda: None).edit(
        identifier, view=REASON | {"Insights": {"AwsProductsSpendInsightsBySource": SPENDS}}
    )
    asked = {"Catalog": "Sandbox", "RelatedOpportunityIdentifier": identifier}
    return service.call("GetAwsOpportunitySummary", asked).body


def test_a_later_operation_does_not_exist(older: Service) -> None:
    told = service_of_search(older)
    assert (told.status, told.error) == (404, "UnknownOperationException")


def test_the_newest_model_has_every_operation(newest: Service) -> None:
    assert service_of_search(newest).error != "UnknownOperationException"


def service_of_search(service: Service) -> Any:
    return service.call("SearchEngagements", {"Catalog": "Sandbox"})


def test_a_later_member_is_left_out_of_answers(older: Service) -> None:
    seen = view(older)
    assert seen["CosellMotion"] == "Partner-led"
    assert "CosellMotionReason" not in seen
    assert seen["Insights"]["AwsProductsSpendInsightsBySource"] == SPENDS
    assert seen["Customer"]["Contacts"] == WHOLE["Customer"]["Contacts"]


def test_the_newest_model_answers_every_member(newest: Service) -> None:
    assert REASON.items() <= view(newest).items()


def test_a_later_value_is_refused(older: Service, newest: Service) -> None:
    question = {"Catalog": "Sandbox", "ParticipantType": "RECEIVER", "PayloadType": ["AccountPlanningInvitation"]}
    assert newest.call("ListEngagementInvitations", question).status == 200
    assert older.call("ListEngagementInvitations", question).violations == [("PayloadType[0]", "INVALID_ENUM_VALUE")]


def test_a_wrong_type_and_what_is_no_json_are_refused_as_ever(older: Service) -> None:
    assert older.call("ListOpportunities", {"Catalog": "Sandbox", "MaxResults": "1"}).error == "SerializationException"
    assert older.call("ListOpportunities", [1]).error == "SerializationException"
    assert older.call("ListOpportunities", b"{").error == "SerializationException"


def test_a_token_that_comes_again_gets_the_first_answer(older: Service) -> None:
    assert created(older, **complete()) == created(older, **complete())


def test_a_model_that_is_not_kept_is_reported_with_those_that_are() -> None:
    with pytest.raises(UserError, match="'2024-01' is not the month of a service model") as told:
        Engine.open(":memory:", model="2024-01")
    assert told.value.next_step == f"choose from 2026-06, 2026-10, {model_source().month}"


def test_every_answer_of_today_can_be_read_under_an_older_model(older: Service) -> None:
    assert older.engine.older is not None
    for name, operation in older.engine.older.operations.items():
        today = service_model().operations[name]
        assert (operation.input, operation.readonly) == (today.input, today.readonly)
