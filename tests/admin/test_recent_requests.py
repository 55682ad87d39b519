"""The last calls of a worker, without what is sensitive."""

import contextlib
import http.client
import json
from typing import Any

import msgspec

from cosell.kept_calls import LONGEST_KEPT
from cosell.serve.admin.recent import KEPT
from tests.admin.conftest import ask, done
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, Server


def test_a_call_is_shown_with_its_bodies_masked(server: Server) -> None:
    client = server.client()
    client.create_opportunity(
        Catalog="Sandbox",
        ClientToken="seen",
        Customer={"Account": {"CompanyName": "Secret Sauce", "Industry": "Retail"}},
        Tags=[{"Key": "team", "Value": "north"}],
    )
    client.list_opportunities(Catalog="Sandbox")
    newest, first = done(ask(server, "GET", "requests"))["requests"]
    assert (newest["operation"], first["operation"]) == ("ListOpportunities", "CreateOpportunity")
    assert first["account"] == ACCOUNT
    assert first["status"] == 200
    account = first["request"]["Customer"]["Account"]
    assert (account["CompanyName"], account["Industry"]) == ("***", "Retail")
    assert first["request"]["Tags"] == [{"Key": "team", "Value": "north"}]
    assert first["response"]["Id"].startswith("O")
    assert newest["response"]["OpportunitySummaries"][0]["LifeCycle"]["Stage"] == "Prospect"
    assert "Secret Sauce" not in json.dumps([newest, first])


def test_a_refused_call_is_reported_with_its_violations(server: Server) -> None:
    raw(server, "ListOpportunities", {"Catalog": "Sandbox", "MaxResults": 0, "Unheard": "private"})
    (refused,) = done(ask(server, "GET", "requests?limit=1"))["requests"]
    assert refused["status"] == 400
    assert refused["error"] == "ValidationException"
    assert refused["violations"] == ["MaxResults VALUE_OUT_OF_RANGE"]
    assert refused["request"] == {"Catalog": "Sandbox", "MaxResults": 0, "Unheard": "***"}
    assert "response" not in refused


def test_values_of_wrong_types_are_masked(server: Server) -> None:
    raw(server, "CreateOpportunity", {"Catalog": {"secret": 1}, "Customer": "secret", "Tags": {"secret": 2}})
    raw(server, "CreateOpportunity", ["secret"])
    raw(server, "CreateOpportunity", {"Catalog": ["secret"], "LifeCycle": ["secret"]})
    assert "secret" not in json.dumps(done(ask(server, "GET", "requests")))


def test_a_call_that_names_no_operation_is_told_too(server: Server) -> None:
    raw(server, "NoSuchOperation", {})
    (call,) = done(ask(server, "GET", "requests"))["requests"]
    assert call["operation"] is None
    assert call["error"] == "UnknownOperationException"


def test_of_a_long_or_broken_body_only_the_length_is_reported(server: Server) -> None:
    raw(server, "ListOpportunities", {"Catalog": "Sandbox", "Unheard": "x" * LONGEST_KEPT})
    (call,) = done(ask(server, "GET", "requests"))["requests"]
    assert call["request"] is None
    assert call["request_bytes"] > LONGEST_KEPT


def test_the_ring_forgets_the_oldest(server: Server) -> None:
    client = server.client()
    for _ in range(KEPT + 1):
        client.list_opportunities(Catalog="Sandbox")
    client.create_opportunity(Catalog="Sandbox", ClientToken="last")
    calls = done(ask(server, "GET", f"requests?limit={KEPT}"))["requests"]
    assert len(calls) == KEPT
    assert calls[0]["operation"] == "CreateOpportunity"
    assert ask(server, "GET", f"requests?limit={KEPT + 1}")[0] == 400


def test_one_call_is_shown_in_full_and_as_it_was_only_when_that_is_asked_for(server: Server) -> None:
    raw(server, "CreateOpportunity", {"Catalog": "Sandbox", "Customer": {"Account": {"CompanyName": "Secret Sauce"}}})
    (call,) = done(ask(server, "GET", "requests?limit=1"))["requests"]
    one = done(ask(server, "GET", f"requests/one?id={call['id']}"))
    assert one["request"] == call["request"]
    assert one["error_list"] == [
        {"FieldName": "ClientToken", "Code": "REQUIRED_FIELD_MISSING", "Message": one["error_list"][0]["Message"]}
    ]
    assert one["message"]
    whole = done(ask(server, "POST", "requests/unmask", {"id": call["id"]}))
    assert whole["request"]["Customer"]["Account"]["CompanyName"] == "Secret Sauce"
    assert ask(server, "GET", f"requests/unmask?id={call['id']}")[0] == 405


def test_a_call_is_sent_again(server: Server) -> None:
    client = server.client()
    client.create_opportunity(Catalog="Sandbox", ClientToken="again", Origin="Partner Referral")
    (call,) = done(ask(server, "GET", "requests?limit=1"))["requests"]
    again = done(ask(server, "POST", "requests/replay", {"id": call["id"]}))
    assert again["status"] == 200
    (newest,) = done(ask(server, "GET", "requests?limit=1"))["requests"]
    assert newest["id"] == again["id"] != call["id"]
    assert newest["response"] == call["response"]  # the ClientToken is remembered
    assert newest["account"] == ACCOUNT


def test_what_was_not_kept_wholly_is_not_sent_again(server: Server) -> None:
    raw(server, "ListOpportunities", {"Catalog": "Sandbox", "Unheard": "x" * LONGEST_KEPT})
    raw(server, "NoSuchOperation", {})
    for call in done(ask(server, "GET", "requests"))["requests"]:
        assert ask(server, "POST", "requests/replay", {"id": call["id"]})[0] == 409
    assert ask(server, "POST", "requests/replay", {"id": "1-1"})[0] == 404


LIST = {"Catalog": "Sandbox"}


def test_headers_are_shown_but_no_secret_is_ever_kept(server: Server) -> None:
    client = server.client()
    client.list_opportunities(Catalog="Sandbox")
    secrets = {"X-Amz-Security-Token": "secret", "Cookie": "secret", "X-Api-Key": "secret", "Authorization": "secret"}
    raw(server, "ListOpportunities", LIST, more_headers=secrets)
    strange, signed = done(ask(server, "GET", "requests"))["requests"]
    for told in (
        done(ask(server, "GET", f"requests/one?id={strange['id']}")),
        done(ask(server, "POST", "requests/unmask", {"id": strange["id"]})),
    ):
        assert {told["request_headers"][name.lower()] for name in secrets} == {"***"}
        assert told["request_headers"]["x-amz-target"] == "AWSPartnerCentralSelling.ListOpportunities"
        assert told["response_headers"]["content-type"] == "application/x-amz-json-1.0"
    told = done(ask(server, "GET", f"requests/one?id={signed['id']}"))
    authorization = told["request_headers"]["authorization"]
    assert authorization.startswith(f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/")
    assert authorization.endswith("Signature=***")
    assert "Boto3" in told["request_headers"]["user-agent"]


def attempt(server: Server, number: int, invocation: str = "4ff2", **request: Any) -> None:
    """Send a call as an SDK does that tries again."""
    headers = {"amz-sdk-invocation-id": invocation, "amz-sdk-request": f"attempt={number}; max=3"}
    raw(server, "ListOpportunities", {**LIST, **request}, more_headers=headers)


def test_attempts_of_one_call_know_each_other(server: Server) -> None:
    assert ask(server, "POST", "faults", {"error": "ServiceUnavailableException", "times": 1})[0] == 200
    attempt(server, 1)
    attempt(server, 1, invocation="another")
    attempt(server, 2)
    second, other, first = done(ask(server, "GET", "requests"))["requests"]
    assert [(one["id"], one["attempt"], one["status"]) for one in second["attempts"]] == [
        (first["id"], 1, 503),
        (second["id"], 2, 200),
    ]
    assert first["attempts"] == second["attempts"]
    assert "attempts" not in other


def test_calls_are_found_by_what_is_not_masked(server: Server) -> None:
    raw(server, "CreateOpportunity", {"Catalog": "Sandbox", "Customer": {"Account": {"CompanyName": "Secret Sauce"}}})
    raw(server, "ListOpportunities", {**LIST, "MaxResults": 7})

    def found(query: str) -> list[str]:
        return [one["operation"] for one in done(ask(server, "GET", f"requests?{query}"))["requests"]]

    assert found("refused=true") == ["CreateOpportunity"]
    assert found("text=clienttoken") == ["CreateOpportunity"]  # in its ErrorList
    assert found("text=%22MaxResults%22:7") == ["ListOpportunities"]
    assert found("text=Secret") == []
    assert found("operation=ListOpportunities&text=sandbox") == ["ListOpportunities"]


def test_a_body_is_shown_as_it_was_sent_where_nothing_in_it_has_to_be_masked(server: Server) -> None:
    body = {"Catalog": "Sandbox", "Customer": {"Account": {"CompanyName": "Secret Sauce"}}}
    raw(server, "CreateOpportunity", body)
    raw(server, "NoSuchOperation", {})
    raw(server, "ListOpportunities", {**LIST, "Unheard": "x" * LONGEST_KEPT})
    long, unknown, refused = (one["id"] for one in done(ask(server, "GET", "requests"))["requests"])

    def bodies(identifier: str) -> tuple[Any, Any]:
        masked = done(ask(server, "GET", f"requests/one?id={identifier}"))["raw_request"]
        return masked, done(ask(server, "POST", "requests/unmask", {"id": identifier}))["raw_request"]

    masked, whole = bodies(refused)
    assert json.loads(masked)["Customer"]["Account"]["CompanyName"] == "***"
    assert whole == json.dumps(body)  # with the spaces that the client has sent
    assert bodies(unknown) == (None, "{}")
    assert bodies(long) == (None, None)
    answer = done(ask(server, "GET", f"requests/one?id={refused}"))["raw_response"]
    assert json.loads(answer)["ErrorList"][0]["FieldName"] == "ClientToken"


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """What HAR 1.2 says of headers; the structures below follow it member by member."""

    name: str
    value: str


class Text(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    mime_type: str
    text: str
    comment: str = ""


class Content(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    size: int
    mime_type: str
    text: str | None = None
    comment: str = ""


class HarRequest(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    method: str
    url: str
    http_version: str
    cookies: list[Named]
    headers: list[Named]
    query_string: list[Named]
    post_data: Text
    headers_size: int
    body_size: int


class HarResponse(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    status: int
    status_text: str
    http_version: str
    cookies: list[Named]
    headers: list[Named]
    content: Content
    redirect_url: str = msgspec.field(name="redirectURL")
    headers_size: int
    body_size: int


class Timings(msgspec.Struct, forbid_unknown_fields=True):
    send: float
    wait: float
    receive: float


class Entry(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    started_date_time: str
    time: float
    request: HarRequest
    response: HarResponse
    cache: dict[str, Any]
    timings: Timings
    comment: str


class Creator(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    version: str


class Log(msgspec.Struct, forbid_unknown_fields=True):
    version: str
    creator: Creator
    entries: list[Entry]


class Archive(msgspec.Struct, forbid_unknown_fields=True):
    log: Log


def archive(server: Server, query: str = "") -> list[Entry]:
    """The entries of the archive, the oldest first."""
    told = msgspec.convert(done(ask(server, "GET", f"requests/har?{query}")), Archive).log
    assert (told.version, told.creator.name) == ("1.2", "cosell")
    return told.entries


def test_calls_are_saved_as_an_http_archive(server: Server) -> None:
    raw(server, "CreateOpportunity", {"Catalog": "Sandbox", "Customer": {"Account": {"CompanyName": "Secret Sauce"}}})
    attempt(server, 1, MaxResults=0)
    attempt(server, 2, MaxResults=1)
    raw(server, "ListOpportunities", {**LIST, "Unheard": "x" * LONGEST_KEPT})
    assert ask(server, "POST", "faults", {"error": "ConnectionDropped", "times": 1})[0] == 200
    with contextlib.suppress(http.client.RemoteDisconnected, ConnectionError):
        raw(server, "ListOpportunities", LIST)
    created, first, second, long, dropped = archive(server)
    assert created.request.url == f"{server.url}/"
    assert "Secret" not in created.request.post_data.text
    assert json.loads(created.request.post_data.text)["Customer"]["Account"]["CompanyName"] == "***"
    assert (created.response.status, created.response.status_text) == (400, "Bad Request")
    assert "ErrorList" in (created.response.content.text or "")
    assert created.response.content.size == created.response.body_size
    assert (dropped.response.status, dropped.response.status_text) == (0, "")
    assert "too long" in long.request.post_data.comment
    assert long.request.body_size > LONGEST_KEPT
    assert archive(server, "status=400") == [created, first]
    _, again = done(ask(server, "GET", "requests?status=200"))["requests"]
    assert archive(server, f"id={again['id']}") == [first, second]  # both attempts
