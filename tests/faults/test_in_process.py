"""A client in this process meets what its faults say, and nothing else."""

from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

import cosell
from cosell.errors import UserError
from cosell.faults.memory import MOST_RULES
from cosell.faults.rule import ERRORS, MODELLED, Rule
from cosell.wire.model import service_model
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

ONCE = Config(retries={"total_max_attempts": 1})
PATIENT = Config(retries={"total_max_attempts": 4})
PARTNER_STATE = "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({}, "nothing was said that goes wrong"),
    ({"delay": "0s"}, "nothing was said that goes wrong"),
    ({"delay": "1s", "when": "after"}, "nothing was said that goes wrong"),
    ({"delay": "soon"}, "'soon' is not a time span"),
    ({"delay": "11m"}, "a delay may be 10 minutes long"),
    ({"error": "Nonsense"}, "Nonsense is not an error that can be asked for"),
    ({"error": "ThrottlingException", "operation": "Sell*"}, "there is no operation Sell"),
    ({"error": "ConflictException", "operation": "ListOpp*"}, "there is no operation ListOpp* that declares Conflict"),
    ({"error": "ThrottlingException", "probability": 0}, "such a fault is not valid"),
    ({"error": "ThrottlingException", "rate": 1}, "such a fault is not valid"),
    ({"delay": "1s", "message": "No."}, "a message belongs to an error that is answered"),
    ({"error": "ConnectionDropped", "message": "No."}, "a message belongs to an error that is answered"),
    ({"error": "ThrottlingException", "message": "x" * 201}, "such a fault is not valid"),
    ({"error": "ThrottlingException", "reason": PARTNER_STATE}, f"{PARTNER_STATE} is not a Reason of Throttling"),
    ({"error": "AccessDeniedException", "reason": "BAD_MOOD"}, "BAD_MOOD is not a Reason of AccessDeniedException"),
    ({"delay": "1s", "reason": PARTNER_STATE}, f"{PARTNER_STATE} is not a Reason of a delay"),
]


@pytest.fixture
def faults() -> cosell.Faults:
    return cosell.Faults()


@pytest.fixture
def slept() -> list[float]:
    """The seconds that clients of `client` have waited."""
    return []


@pytest.fixture
def client(faults: cosell.Faults, slept: list[float]) -> Any:
    """A client that tries once."""
    return completing(cosell.connect(account=ACCOUNT, faults=faults, sleep=slept.append, config=ONCE))


def listed(client: Any, catalog: str = "Sandbox") -> str:
    """How a call of ListOpportunities ends: `ok`, or the name of the error."""
    try:
        client.list_opportunities(Catalog=catalog)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def outcomes(calls: int = 40, **members: Any) -> str:
    """What happens to so many calls, of new faults and a new client: `x` where one fires."""
    faults = cosell.Faults()
    faults.add(error="ThrottlingException", **members)
    client = completing(cosell.connect(faults=faults, config=ONCE))
    return "".join(".x"[listed(client) != "ok"] for _ in range(calls))


@pytest.mark.parametrize("name", sorted(set(ERRORS) - {"ConnectionDropped"}))
def test_each_error_is_answered_as_the_service_does(faults: cosell.Faults, client: Any, name: str) -> None:
    faults.add(error=name, times=1)
    token = {"Catalog": "Sandbox", "ClientToken": "1"}
    with pytest.raises(ClientError) as refused:
        client.start_engagement_from_opportunity_task(
            **token, Identifier="O1", AwsSubmission={"InvolvementType": "Co-Sell"}
        )
    assert refused.value.response["Error"]["Code"] == name
    assert "This is fault 1" in refused.value.response["Error"]["Message"] or name == "ValidationException"
    if name in MODELLED:
        assert isinstance(refused.value, getattr(client.exceptions, name))


@pytest.mark.parametrize("reason", service_model().shapes["AccessDeniedExceptionErrorCode"].enum)
def test_access_is_denied_for_each_reason_of_the_service(faults: cosell.Faults, client: Any, reason: str) -> None:
    faults.add(error="AccessDeniedException", reason=reason)
    with pytest.raises(client.exceptions.AccessDeniedException) as denied:
        client.list_opportunities(Catalog="Sandbox")
    assert denied.value.response["Reason"] == reason


def test_an_error_carries_the_reason_and_the_message_that_were_asked_for(faults: cosell.Faults, client: Any) -> None:
    faults.add(error="AccessDeniedException", reason=PARTNER_STATE, message="The partner is not enrolled.", times=1)
    with pytest.raises(client.exceptions.AccessDeniedException) as denied:
        client.list_opportunities(Catalog="Sandbox")
    assert denied.value.response["Reason"] == PARTNER_STATE
    assert denied.value.response["Error"]["Message"] == "The partner is not enrolled."
    faults.add(error="ValidationException", reason="REQUEST_VALIDATION_FAILED", message="")
    with pytest.raises(client.exceptions.ValidationException) as invalid:
        client.list_opportunities(Catalog="Sandbox")
    assert invalid.value.response["Reason"] == "REQUEST_VALIDATION_FAILED"
    assert invalid.value.response["Error"]["Message"] == ""


def test_an_operation_answers_only_errors_that_it_declares(faults: cosell.Faults, client: Any) -> None:
    faults.add(error="ConflictException")
    assert listed(client) == "ok"  # the model gives ListOpportunities no ConflictException
    with pytest.raises(client.exceptions.ConflictException):
        client.create_opportunity(Catalog="Sandbox", ClientToken="1")


def test_a_client_that_tries_again_bears_a_few_errors(faults: cosell.Faults) -> None:
    faults.add(error="ThrottlingException", times=2)
    faults.add(error="ConnectionDropped", times=1)
    patient = completing(cosell.connect(faults=faults, config=PATIENT))
    assert listed(patient) == "ok"
    assert [(status.met, status.fired) for status in faults.statuses()] == [(2, 2), (1, 1)]


def test_what_was_done_before_the_answer_was_lost_is_done_once(faults: cosell.Faults) -> None:
    faults.add(error="ConnectionDropped", when="after", times=1)
    faults.add(error="InternalServerException", when="after", times=1)
    patient = completing(cosell.connect(faults=faults, config=PATIENT))
    created = patient.create_opportunity(Catalog="Sandbox", ClientToken="1")
    page = patient.list_opportunities(Catalog="Sandbox")
    assert [one["Id"] for one in page["OpportunitySummaries"]] == [created["Id"]]


def test_what_was_refused_before_is_not_done(faults: cosell.Faults, client: Any) -> None:
    faults.add(error="ConnectionDropped", operation="Create*")
    with pytest.raises(ConnectionClosedError):
        client.create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


def test_a_rule_is_about_what_it_names(faults: cosell.Faults, client: Any) -> None:
    faults.add(error="ThrottlingException", operation="Create*")
    faults.add(error="AccessDeniedException", account=OTHER_ACCOUNT)
    faults.add(error="InternalServerException", catalog="AWS")
    assert listed(client) == "ok"
    assert listed(client, "AWS") == "InternalServerException"
    other = completing(cosell.connect(account=OTHER_ACCOUNT, faults=faults, config=ONCE))
    assert listed(other) == "AccessDeniedException"


def test_a_catalog_is_known_of_requests_that_are_right_and_of_tags_by_their_arn(faults: cosell.Faults) -> None:
    faults.add(error="ThrottlingException", catalog="Sandbox")
    client = completing(cosell.connect(faults=faults, config=ONCE.merge(Config(parameter_validation=False))))
    with pytest.raises(client.exceptions.ValidationException):
        client.list_opportunities(Catalog="Sandbox", MaxResults=0)
    arn = "arn:aws:partnercentral:us-east-1:000000000000:catalog/Sandbox/opportunity/O1"
    with pytest.raises(client.exceptions.ThrottlingException):
        client.list_tags_for_resource(ResourceArn=arn)
    faults.add(error="InternalServerException")
    with pytest.raises(client.exceptions.InternalServerException):
        client.list_opportunities(Catalog="Sandbox", MaxResults=0)  # faults come before what is wrong


def test_delays_add_up_and_are_waited_for(faults: cosell.Faults, client: Any, slept: list[float]) -> None:
    faults.add(delay="2s")
    faults.add(delay="250ms", operation="List*")
    faults.add(delay="1s", error="ThrottlingException", times=1)
    faults.add(delay="1m")
    assert listed(client) == "ThrottlingException"
    assert listed(client) == "ok"
    assert slept == [3.25, 62.25]


def test_the_same_seed_fires_at_the_same_requests() -> None:
    first = outcomes(probability=0.3, seed=7)
    assert first == outcomes(probability=0.3, seed=7)
    assert first != outcomes(probability=0.3, seed=8)
    assert 0 < first.count("x") < len(first)


def test_a_rule_fires_as_often_as_it_may() -> None:
    assert outcomes(times=3) == "xxx" + "." * 37
    assert outcomes(times=3, probability=0.5).count("x") == 3


def test_after_clearing_all_is_as_in_the_beginning(faults: cosell.Faults, client: Any) -> None:
    def seen() -> list[str]:
        assert faults.add(error="ThrottlingException", probability=0.5) == 1
        return [listed(client) for _ in range(20)]

    first = seen()
    assert faults.clear() == 1
    assert faults.clear() == 0
    assert listed(client) == "ok"
    assert seen() == first


def test_one_is_cleared_and_the_others_keep_their_numbers(faults: cosell.Faults, client: Any) -> None:
    faults.add(error="ThrottlingException")
    faults.add(error="ConflictException", operation="Update*")
    faults.add(error="InternalServerException")
    assert faults.clear(1) == 1
    assert [status.number for status in faults.statuses()] == [2, 3]
    assert listed(client) == "InternalServerException"
    assert faults.add(delay="1ms") == 4
    with pytest.raises(UserError, match="there is no fault 1"):
        faults.clear(1)
    assert [faults.clear(number) for number in (2, 3, 4)] == [1, 1, 1]
    assert faults.add(delay="1ms") == 1  # as in the beginning


@pytest.mark.parametrize(("members", "message"), IMPOSSIBLE)
def test_what_can_never_happen_is_refused(faults: cosell.Faults, members: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as refused:
        faults.add(**members)
    assert message in refused.value.message
    assert refused.value.next_step
    assert faults.statuses() == []


def test_there_is_room_for_many_of_the_longest_rules(faults: cosell.Faults, client: Any) -> None:
    longest: dict[str, Any] = {
        "error": "ServiceQuotaExceededException",
        "when": "after",
        "delay": "0.001s0.001s1s",
        "operation": "*" * 64,
        "account": OTHER_ACCOUNT,
        "catalog": "Sandbox",
        "probability": 0.12345678901234568,
        "times": 1 << 53,
        "seed": 1 << 53,
        "message": "\x00" * 200,
    }
    for number in range(MOST_RULES):
        assert faults.add(**longest) == number + 1
    with pytest.raises(UserError, match="as many as there may be"):
        faults.add(**longest)
    assert listed(client) == "ok"
    assert {status.rule for status in faults.statuses()} == {Rule(**longest)}
