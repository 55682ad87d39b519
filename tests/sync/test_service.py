"""The sync's door to AWS: what is asked again, what is not, and what the user's client keeps."""

import http.client
from typing import Any

import boto3
import pytest
import urllib3.exceptions
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from cosell.errors import UserError
from cosell.sync import Refused, Unavailable
from cosell.sync.plan import Head, Told
from cosell.sync.retries import ATTEMPTS, ATTEMPTS_WITHOUT_ANSWER, LAST_BOUND_S, delay_s, is_passing
from cosell.sync.service import Service
from tests.sync.scripted import NOON_MS, Answer, Scripted, answered, page, refused, summary

PASSING: list[tuple[str, Answer | Exception]] = [
    ("throttled", refused("ThrottlingException")),
    ("throttled by the front end", refused("Throttling", 429)),
    ("failed", refused("InternalServerException", 500)),
    ("unavailable", refused("ServiceUnavailable", 503)),
    ("a proxy's page", (502, b"<html>bad gateway</html>", {})),
    ("a refusal that was cut off", (400, b'{"__type": "Validat', {})),
    ("too slow", refused("RequestTimeout", 408)),
    ("cut off", (200, b'{"OpportunitySummaries": [', {})),
    ("something else", (200, b"<html>welcome to the hotel</html>", {})),
    ("no connection", EndpointConnectionError(endpoint_url="x")),
    ("no connection in time", ConnectTimeoutError(endpoint_url="x")),
    ("no answer in time", ReadTimeoutError(endpoint_url="x")),
    ("a broken connection", urllib3.exceptions.ProtocolError("x", http.client.IncompleteRead(b""))),
    ("a reset connection", ConnectionResetError()),
]
FINAL = ["ValidationException", "AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"]


def service_of(*answers: Answer | Exception) -> tuple[Scripted, Service]:
    """A service that gives these answers, and the last of them for ever."""
    left = list(answers)

    def answer(_: str, __: dict[str, Any]) -> Answer:
        given = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(given, Exception):
            raise given
        return given

    scripted = Scripted(answer)
    return scripted, Service(scripted.client(), "Sandbox", scripted.world())


@pytest.mark.parametrize("trouble", [answer for _, answer in PASSING], ids=[name for name, _ in PASSING])
def test_what_may_pass_is_asked_again(trouble: Answer | Exception) -> None:
    scripted, service = service_of(trouble, trouble, page(summary("O1")))
    with service:
        answer, _ = service.page(Head())
    assert [row.id for row in answer.rows] == ["O1"]
    assert (service.calls, service.retries, len(scripted.slept)) == (3, 2, 2)


@pytest.mark.parametrize("code", FINAL)
def test_what_would_be_refused_again_is_not_asked_again(code: str) -> None:
    _, service = service_of(refused(code))
    with service, pytest.raises(Refused, match=f"ListOpportunities: {code}: No.") as caught:
        service.page(Head())
    assert service.calls == 1
    assert caught.value.code == code
    assert caught.value.next_step or code == "ValidationException"


def test_an_operation_that_is_not_there_is_not_asked_for_again() -> None:
    _, service = service_of(refused("NotImplementedException", 501))
    with service, pytest.raises(Refused):
        service.aws_summary("O1")


def test_a_service_that_never_answered_is_given_up_sooner() -> None:
    _, service = service_of(refused("InternalServerException", 500))
    with service, pytest.raises(Unavailable) as caught:
        service.page(Head())
    assert service.calls == ATTEMPTS_WITHOUT_ANSWER
    assert "--url" in caught.value.next_step
    scripted, service = service_of(page(), refused("InternalServerException", 500))
    with service:
        service.page(Head())
        with pytest.raises(Unavailable) as caught:
            service.page(Head())
    assert service.calls == 1 + ATTEMPTS
    assert scripted.slept == [delay_s(attempt, 0.5) for attempt in range(1, ATTEMPTS)]


def test_the_service_is_left_alone_for_as_long_as_it_asks() -> None:
    waits = [{"x-amz-retry-after": "7000"}, {"retry-after": "9"}, {"retry-after": "Thu, 01 Jan 1970 00:00:02 GMT"}]
    answers = [refused("ThrottlingException", 400, **headers) for headers in waits]
    scripted, service = service_of(page(), *answers, page())
    with service:
        service.page(Head())
        service.page(Head())
    assert scripted.slept == [7.0, 9.0, delay_s(3, 0.5)]


def test_delays_grow_are_drawn_and_end_somewhere() -> None:
    assert [delay_s(attempt, 1.0) for attempt in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert delay_s(30, 0.999) < LAST_BOUND_S
    assert delay_s(1, 0.0) == 0.0
    assert delay_s(1, 0.0, 3600) == LAST_BOUND_S
    assert not is_passing(400, "ConflictException")


def test_both_clocks_are_reported_as_far_as_they_are_there() -> None:
    date = "Thu, 28 May 2026 20:26:39 GMT"
    for given, expected in ((date, Told(NOON_MS, NOON_MS - 1_000)), ("soon", Told(NOON_MS))):
        _, service = service_of(page(date=given))
        with service:
            assert service.page(Head())[1] == expected


def test_the_users_client_is_left_as_it_was() -> None:
    _, service = service_of(page(summary("O1", Newcomer=1)))
    client: Any = service._client
    with service:
        mine = client.list_opportunities(Catalog="Sandbox")
        assert service.page(Head())[0].unknown == {"Newcomer"}
        assert client.list_opportunities(Catalog="Sandbox") == mine
    assert mine["OpportunitySummaries"][0]["Id"] == "O1"
    assert client.list_opportunities(Catalog="Sandbox") == mine
    assert "cosell.raw" not in mine


def test_without_credentials_the_next_step_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    client = boto3.session.Session().client("partnercentral-selling", region_name="us-east-1")
    scripted = Scripted(lambda _, __: answered({}))
    with (
        Service(client, "Sandbox", scripted.world()) as service,
        pytest.raises(UserError, match="credentials") as caught,
    ):
        service.page(Head())
    assert "aws sts get-caller-identity" in caught.value.next_step
