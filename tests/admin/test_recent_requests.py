"""The last calls of a worker, without what is sensitive."""

import json

from cosell.kept_calls import LONGEST_KEPT
from cosell.serve.admin.recent import KEPT
from tests.admin.conftest import ask, done
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, Server


def test_a_call_is_told_with_its_bodies_masked(server: Server) -> None:
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


def test_a_refused_call_is_told_with_its_violations(server: Server) -> None:
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


def test_of_a_long_or_broken_body_only_the_length_is_told(server: Server) -> None:
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


def test_one_call_is_told_wholly_and_as_it_was_only_when_that_is_asked_for(server: Server) -> None:
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
