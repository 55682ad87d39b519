"""AWS JSON 1.0 and the path form beside it: what is asked for, and how the answer looks."""

import gzip
import http.client
import json
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cosell import flow
from cosell.context import Scope
from cosell.engine import Engine
from cosell.operations import OPERATIONS
from cosell.store.interface import Store, StoreUnavailable
from cosell.testing.in_process import client_of, connect
from cosell.wire.model import service_model
from cosell.wire.protocol import LONGEST_BODY
from tests.complete_opportunity import completing
from tests.conftest import Server
from tests.wire.conftest import TARGET_PREFIX, Service
from tests.wire.legal_requests import legal

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

LIST = f"{TARGET_PREFIX}.ListOpportunities"
BODY = b'{"Catalog": "AWS"}'
AMZ_JSON = "application/x-amz-json-1.0"
PLAIN_JSON = "application/json"


def test_the_target_header_names_the_operation(service: Service) -> None:
    told = service.send(BODY, x_amz_target=LIST, content_type=AMZ_JSON)
    assert (told.status, told.body["OpportunitySummaries"]) == (200, [])
    assert told.headers["content-type"] == AMZ_JSON


@pytest.mark.parametrize(
    "path", ["/ListOpportunities", "/ListOpportunities/", "/v1/ListOpportunities", "//ListOpportunities"]
)
def test_without_a_target_the_last_part_of_the_path_names_the_operation(service: Service, path: str) -> None:
    told = service.send(BODY, path=path, content_type="application/json; charset=UTF-8")
    assert (told.status, told.headers["content-type"]) == (200, PLAIN_JSON)


@pytest.mark.parametrize("path", ["/GetOpportunity", "/Nothing", "/"])
def test_the_target_wins_over_the_path(service: Service, path: str) -> None:
    assert "OpportunitySummaries" in service.send(BODY, path=path, x_amz_target=LIST).body


@pytest.mark.parametrize(
    ("asked", "with_target", "with_path"),
    [
        (AMZ_JSON, AMZ_JSON, AMZ_JSON),
        (PLAIN_JSON, PLAIN_JSON, PLAIN_JSON),
        ("Application/JSON;charset=utf-8", PLAIN_JSON, PLAIN_JSON),
        (" application/x-amz-json-1.0 ; charset=utf-8", AMZ_JSON, AMZ_JSON),
        ("text/html", AMZ_JSON, PLAIN_JSON),  # the path form refuses it, in its own content type
        ("", AMZ_JSON, PLAIN_JSON),
    ],
)
@pytest.mark.parametrize("body", [BODY, b"{", b"{}"], ids=["a success", "no JSON", "a violation"])
def test_answers_come_in_the_asked_content_type(
    service: Service, asked: str, with_target: str, with_path: str, body: bytes
) -> None:
    assert service.send(body, x_amz_target=LIST, content_type=asked).headers["content-type"] == with_target
    assert service.send(body, path="/ListOpportunities", content_type=asked).headers["content-type"] == with_path


def test_a_missing_content_type_follows_the_form(service: Service) -> None:
    assert service.send(BODY, x_amz_target=LIST).headers["content-type"] == AMZ_JSON
    assert service.send(BODY, path="/ListOpportunities").headers["content-type"] == PLAIN_JSON


@pytest.mark.parametrize(
    "sent",
    [
        *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", None),
        *("text/plain; application/json", "text/plain;charset=application/json", "application/jsonp", "json", "*/*"),
    ],
)
def test_the_path_form_takes_nothing_that_a_form_can_send(service: Service, sent: str | None) -> None:
    headers = {} if sent is None else {"content_type": sent}
    told = service.send(b'{"Catalog": "AWS", "ClientToken": "1"}', path="/CreateOpportunity", **headers)
    assert (told.status, told.error) == (415, "UnsupportedMediaTypeException")
    assert "Content-Type: application/json" in told.body["message"]
    assert service.call("ListOpportunities", {"Catalog": "AWS"}).body["OpportunitySummaries"] == []
    assert service.send(BODY, x_amz_target=LIST, **headers).status == 200


@pytest.mark.parametrize(
    "target",
    [
        *("", ".", "ListOpportunities", TARGET_PREFIX, f"{TARGET_PREFIX}.", f"{TARGET_PREFIX}.listopportunities"),
        *(f"{TARGET_PREFIX}.ListOpportunities.x", f"{TARGET_PREFIX.lower()}.ListOpportunities", f" {LIST}", f"{LIST} "),
        *("PartnerCentralSelling.ListOpportunities", f"x{LIST}", "DynamoDB_20120810.Query", "\xff.\xff"),
    ],
)
def test_another_target_is_an_unknown_operation(service: Service, target: str) -> None:
    told = service.send(BODY, path="/ListOpportunities", x_amz_target=target)
    assert (told.status, told.error) == (404, "UnknownOperationException")


@pytest.mark.parametrize("path", ["/", "//", "", "/Nothing", "/listopportunities", "/ListOpportunities/Nothing"])
def test_another_path_is_an_unknown_operation(service: Service, path: str) -> None:
    told = service.send(BODY, path=path)
    assert (told.status, told.error) == (404, "UnknownOperationException")


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "post"])
def test_the_service_is_called_with_post(service: Service, method: str) -> None:
    told = service.send(BODY, method=method, path="/ListOpportunities", x_amz_target=LIST)
    assert (told.status, told.error) == (404, "UnknownOperationException")


@pytest.mark.parametrize("operation", sorted(set(service_model().operations) - set(OPERATIONS)))
def test_an_operation_to_come_says_so_and_names_those_that_are_there(service: Service, operation: str) -> None:
    told = service.call(operation, legal(service_model().operations[operation].input.shape, whole=False))
    assert (told.status, told.error) == (501, "NotImplementedException")
    assert told.body["message"].startswith(f"{operation} is an operation")
    assert all(name in told.body["message"] for name in OPERATIONS)


@pytest.mark.parametrize("coding", ["gzip", "identity", ""])
def test_an_encoded_body_is_refused(service: Service, coding: str) -> None:
    told = service.send(BODY, x_amz_target=LIST, content_encoding=coding)
    assert (told.status, told.error) == (400, "SerializationException")
    assert told.body["message"] == "The body must not be compressed."


def test_an_empty_body_is_an_empty_object(service: Service) -> None:
    assert service.call("ListOpportunities", b"").violations == [("Catalog", "REQUIRED_FIELD_MISSING")]


def test_a_long_body_is_reported_before_anything_else(service: Service) -> None:
    told = service.send(b" " * (LONGEST_BODY + 1), method="GET", path="/Nothing")
    assert (told.status, told.error) == (413, "RequestEntityTooLargeException")


@pytest.fixture(params=["a success", "a violation", "no JSON", "not found", "unknown", "not implemented", "too long"])
def told_headers(request: pytest.FixtureRequest, service: Service) -> tuple[dict[str, str], str]:
    """The headers and the error of an answer of each sort."""
    told = {
        "a success": lambda: service.call("ListOpportunities", BODY),
        "a violation": lambda: service.call("ListOpportunities", b"{}"),
        "no JSON": lambda: service.call("ListOpportunities", b"{"),
        "not found": lambda: service.call("GetOpportunity", {"Catalog": "AWS", "Identifier": "O7"}),
        "unknown": lambda: service.call("Nothing", b"{}"),
        "not implemented": lambda: service.call("SubmitOpportunity", b"{}"),
        "too long": lambda: service.call("ListOpportunities", b" " * (LONGEST_BODY + 1)),
    }[request.param]()
    return told.headers, told.error


def test_every_answer_has_an_identifier_and_errors_agree_with_their_header(
    told_headers: tuple[dict[str, str], str],
) -> None:
    headers, error = told_headers
    assert len(headers["x-amzn-requestid"]) == 36
    assert headers.get("x-amzn-errortype", "") == error


def test_no_two_answers_have_the_same_identifier(service: Service) -> None:
    assert len({service.call("ListOpportunities", BODY).headers["x-amzn-requestid"] for _ in range(100)}) == 100


def test_an_error_has_its_message_in_both_spellings(service: Service) -> None:
    body = service.call("GetOpportunity", {"Catalog": "AWS", "Identifier": "O7"}).body
    assert body["__type"] == "com.amazonaws.partnercentralselling#ResourceNotFoundException"
    assert body["message"] == body["Message"] == "Opportunity O7 does not exist in catalog AWS."
    assert body.keys() == {"__type", "message", "Message"}


@pytest.fixture
def unchecked_client() -> "PartnerCentralSellingAPIClient":
    """boto3 without its own validation, so that cosell's is seen."""
    return connect(config=Config(parameter_validation=False))


def test_boto3_raises_the_models_exceptions(unchecked_client: "PartnerCentralSellingAPIClient") -> None:
    client: PartnerCentralSellingAPIClient = completing(unchecked_client)
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        client.list_opportunities(Catalog="Nowhere", MaxResults=101)
    answer: Any = refusal.value.response
    assert answer["Error"]["Code"] == "ValidationException"
    assert answer["Error"]["Message"].startswith("2 validation errors detected")
    assert answer["Reason"] == "REQUEST_VALIDATION_FAILED"
    assert [(entry["FieldName"], entry["Code"]) for entry in answer["ErrorList"]] == [
        ("Catalog", "INVALID_VALUE"),
        ("MaxResults", "VALUE_OUT_OF_RANGE"),
    ]
    assert all(entry["Message"] for entry in answer["ErrorList"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_opportunity(Catalog="AWS", Identifier="O7")
    created = client.create_opportunity(Catalog="AWS", ClientToken="first")
    with pytest.raises(client.exceptions.ConflictException):
        client.create_opportunity(Catalog="AWS", ClientToken="first", NationalSecurity="Yes")
    with pytest.raises(client.exceptions.ConflictException):
        client.update_opportunity(Catalog="AWS", Identifier=created["Id"], LastModifiedDate="2020-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("call", "code", "status"),
    [
        (lambda client: client.list_opportunities(Catalog=["AWS"]), "SerializationException", 400),
        (lambda client: client.list_engagements(Catalog="AWS"), "NotImplementedException", 501),
    ],
    ids=["a value of the wrong type", "an operation to come"],
)
def test_boto3_names_errors_that_the_model_does_not_have(
    unchecked_client: "PartnerCentralSellingAPIClient",
    call: "Callable[[PartnerCentralSellingAPIClient], object]",
    code: str,
    status: int,
) -> None:
    with pytest.raises(ClientError) as refusal:
        call(unchecked_client)
    assert refusal.value.response["Error"]["Code"] == code
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_the_protocol_holds_over_http(serve: Callable[..., Server]) -> None:
    port = serve("--db", ":memory:").port

    def told(method: str, path: str, body: object, **headers: str) -> tuple[int, str, str]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if "X-Amz-Target" not in sent:
            sent["Content-Type"] = PLAIN_JSON
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request(method, path, body, sent)  # type: ignore[arg-type]  # iterables are sent in chunks
            answer = connection.getresponse()
            content = json.loads(answer.read())
        assert answer.headers["x-amzn-requestid"]
        name = content.get("__type", "").rpartition("#")[2]
        assert answer.headers.get("x-amzn-errortype", "") == name
        return answer.status, name, str(answer.headers["content-type"])

    assert told("POST", "/", BODY, X_Amz_Target=LIST) == (200, "", AMZ_JSON)
    assert told("POST", "/ListOpportunities?a=/GetOpportunity", BODY) == (200, "", PLAIN_JSON)
    assert told("POST", "/ListOpportunities/", iter([BODY[:5], BODY[5:]])) == (200, "", PLAIN_JSON)
    assert told("POST", "/ListOpportunities", b"") == (400, "ValidationException", PLAIN_JSON)
    assert told("POST", "/Nothing", BODY) == (404, "UnknownOperationException", PLAIN_JSON)
    assert told("GET", "/ListOpportunities", None) == (404, "UnknownOperationException", PLAIN_JSON)
    assert told("PUT", "/", BODY, X_Amz_Target=LIST) == (404, "UnknownOperationException", AMZ_JSON)
    assert told("POST", "/ListEngagements", BODY) == (501, "NotImplementedException", PLAIN_JSON)
    compressed = gzip.compress(BODY)
    assert told("POST", "/ListOpportunities", compressed, Content_Encoding="gzip")[1] == "SerializationException"
    full = BODY.ljust(LONGEST_BODY)
    assert told("POST", "/ListOpportunities", full) == (200, "", PLAIN_JSON)
    assert told("POST", "/ListOpportunities", full + b" ") == (413, "RequestEntityTooLargeException", PLAIN_JSON)


class BrokenStore:
    """A store that fails whatever it is asked."""

    token_key = b""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure

    def read(self, _: Scope) -> NoReturn:
        raise self._failure


@pytest.mark.parametrize(
    ("failure", "status", "error"),
    [
        (StoreUnavailable("disk full"), 503, "ServiceUnavailableException"),
        (RuntimeError("secret detail"), 500, "InternalServerException"),
        (RecursionError("secret detail"), 500, "InternalServerException"),
    ],
)
def test_a_defect_is_reported_without_its_details_and_kept_for_the_log(
    failure: Exception, status: int, error: str
) -> None:
    engine = Engine(cast("Store", BrokenStore(failure)))
    told = Service(engine).send(BODY, x_amz_target=LIST)
    assert (told.status, told.error, told.headers["x-amzn-errortype"]) == (status, error, error)
    assert (str(failure) in told.body["message"]) == isinstance(failure, StoreUnavailable), "a reason is in our words"
    assert flow.answer(engine, flow.Call("POST", "/", {b"x-amz-target": LIST.encode()}, BODY)).defect is failure


def test_a_defect_in_this_process_is_raised_as_it_is() -> None:
    failure = RuntimeError("what really happened")
    with pytest.raises(RuntimeError, match="what really happened"):
        client_of(Engine(cast("Store", BrokenStore(failure)))).list_opportunities(Catalog="AWS")
