"""What boto3 would never send is sent again as it was; all else is a call of boto3's."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from cosell.saved_test.boto3_form import boto3_sends
from cosell.wire.model import service_model
from tests.admin.conftest import ask, done
from tests.saved_tests.conftest import Outcome
from tests.saved_tests.connector import Connector

pytest_plugins = ("pytester",)

PASSES = {"passed": 1}
MOMENT = "2026-05-04T09:00:00.123Z"
REFUSED_BY_BOTO3: list[tuple[str, Any]] = [
    ("CreateOpportunity", {"Catalog": "Sandbox"}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "1", "Unheard": "private"}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "1", "Unheard": [True], "Unseen": True}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "1", "Customer": "private"}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "1", "Tags": {"Key": "private"}}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "1", "Tags": []}),
    ("ListOpportunities", {"Catalog": "Sandbox", "MaxResults": 0}),
    ("ListOpportunities", {"Catalog": "Sandbox", "MaxResults": 2.0}),
    ("ListOpportunities", {"Catalog": "Sandbox", "MaxResults": None}),
    ("ListOpportunities", {"Catalog": "Sandbox", "LastModifiedDate": {"AfterLastModifiedDate": 1_780_000_000}}),
    ("ListOpportunities", {"Catalog": "Sandbox", "LastModifiedDate": {"AfterLastModifiedDate": "yesterday"}}),
    (
        "ListOpportunities",
        {"Catalog": "Sandbox", "LastModifiedDate": {"AfterLastModifiedDate": f"{MOMENT[:-1]}456789Z"}},
    ),
    ("ListOpportunities", ["private"]),
]
SENT_BY_BOTO3: list[tuple[str, Any]] = [
    ("ListOpportunities", {"Catalog": "Sandbox", "MaxResults": True}),
    ("ListOpportunities", {"Catalog": "Live", "LifeCycleStage": ["Won"], "MaxResults": 10**6}),
    ("ListOpportunities", {"Catalog": "Sandbox", "LastModifiedDate": {"AfterLastModifiedDate": MOMENT}}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "x" * 500, "Origin": "Nowhere"}),
    ("CreateOpportunity", {"Catalog": "Sandbox", "ClientToken": "1", "Customer": {"Contacts": []}}),
    ("GetOpportunity", {"Catalog": "Sandbox", "Identifier": "nonsense"}),
]


@pytest.mark.parametrize(("operation", "request_"), REFUSED_BY_BOTO3)
def test_a_request_that_boto3_would_not_make_is_sent_as_it_was(
    connector: Connector, outcome: Outcome, operation: str, request_: Any
) -> None:
    connector.send(operation, json.dumps(request_).encode())
    text = connector.saved()
    assert f'send(client, "{operation}", json.dumps(' in text
    assert "private" not in text
    assert outcome(text) == PASSES


@pytest.mark.parametrize(("operation", "request_"), SENT_BY_BOTO3)
def test_a_request_that_boto3_would_make_is_a_call_of_boto3(
    connector: Connector, outcome: Outcome, operation: str, request_: Any
) -> None:
    connector.send(operation, json.dumps(request_).encode())
    text = connector.saved()
    assert "json.dumps" not in text
    assert outcome(text) == PASSES


@pytest.mark.parametrize(("operation", "request_"), [*REFUSED_BY_BOTO3, *SENT_BY_BOTO3])
def test_what_boto3_would_make_is_known_as_boto3_knows_it(operation: str, request_: Any) -> None:
    model = botocore.session.get_session().get_service_model("partnercentral-selling").operation_model(operation)
    assert model.input_shape is not None
    is_made = not ParamValidator().validate(request_, model.input_shape).has_errors()
    if is_made:
        body = json.loads(create_serializer("json").serialize_to_request(request_, model)["body"])
        lacks_token = any(name not in request_ for name in model.idempotent_members)
        is_made = not lacks_token and json.dumps(body) == json.dumps(request_).replace(MOMENT, f"{MOMENT[:-1]}000Z")
    assert boto3_sends(operation, request_) == is_made


def test_each_kind_of_shape_is_known() -> None:
    """So that a new kind in a newer model is not taken for a number."""
    kinds = {shape.type for shape in service_model().shapes.values()}
    assert kinds == {"boolean", "double", "integer", "list", "long", "map", "string", "structure", "timestamp"}


def test_an_earlier_answer_is_quoted_in_what_boto3_would_not_make(connector: Connector, outcome: Outcome) -> None:
    created = connector.create("crm-1")
    update = {"Catalog": "Sandbox", "Identifier": created["Id"], "LastModifiedDate": None, "Unheard": 1}
    for stamp in (created["LastModifiedDate"].isoformat(), "2020-01-01T00:00:00Z", None):
        body = json.dumps({**update, **connector.deal(), "LastModifiedDate": stamp}).encode()
        connector.send("UpdateOpportunity", body)
    text = connector.saved()
    assert '"Identifier": created["Id"]' in text
    assert 'created["LastModifiedDate"].isoformat()' in text
    assert outcome(text) == PASSES


def test_a_body_that_is_no_json_is_saved_only_as_it_was(connector: Connector, outcome: Outcome) -> None:
    connector.send("ListOpportunities", b'{"Catalog": "Sandbox", \xff')
    status, reason = connector.refused()
    assert (status, reason) == (400, "a body of ListOpportunities is not JSON, so nobody knows what is sensitive in it")
    text = connector.saved(reveal=True)
    assert "ClientError" in text
    assert outcome(text) == PASSES


def test_an_operation_that_cosell_lacks_is_answered_so_again(connector: Connector, outcome: Outcome) -> None:
    connector.send("GetSellingSystemSettings", b'{"Catalog": "Sandbox"}')
    assert connector.refused()[0] == 404  # it was refused before anybody asked for the account
    newest = done(ask(connector.server, "GET", "requests?operation=GetSellingSystemSettings"))["requests"][0]
    text = connector.saved(id=newest["id"])
    assert '"NotImplementedException"' in text
    assert outcome(text) == PASSES


def test_what_was_too_long_to_keep_is_left_out_and_said(connector: Connector, outcome: Outcome) -> None:
    body = json.dumps({"Catalog": "Sandbox", "Unheard": "x" * 70_000}).encode()
    connector.send("ListOpportunities", body)
    assert connector.refused()[1].startswith("nothing of this can be sent again: its request of 70,")
    connector.create("after")
    text = connector.saved()
    assert "# ListOpportunities is left out: its request of 70," in text
    assert outcome(text) == PASSES


def test_what_a_call_has_made_that_was_too_long_is_brought_along(connector: Connector, outcome: Outcome) -> None:
    members = {"Catalog": "Sandbox", "ClientToken": "long", **connector.deal(), "Unheard": "x" * 70_000}
    assert connector.send("CreateOpportunity", json.dumps(members).encode()) == 200
    listed = connector.client.list_opportunities(Catalog="Sandbox")
    connector.submit(listed["OpportunitySummaries"][0]["Id"])
    text = connector.saved()
    assert "# CreateOpportunity is left out: " in text
    assert "BEFORE = [" in text
    assert outcome(text) == PASSES


def test_an_answer_that_was_too_long_to_keep_is_not_expected(connector: Connector, outcome: Outcome) -> None:
    done(ask(connector.server, "POST", "seed", {"account": connector.account, "count": 120}))
    connector.client.list_opportunities(Catalog="Sandbox", MaxResults=100)
    text = connector.saved()
    assert "# The answer was too long to be kept." in text
    assert outcome(text) == PASSES


def test_a_test_does_not_bring_along_a_whole_pipeline(connector: Connector) -> None:
    done(ask(connector.server, "POST", "seed", {"account": connector.account, "count": 60}))
    connector.client.list_opportunities(Catalog="Sandbox", MaxResults=51)
    told = connector.refused()
    assert told == (400, "these calls are about 51 opportunities that were there before, and a test takes 50")


def test_texts_that_would_end_a_text_or_turn_a_line_do_nothing(connector: Connector, outcome: Outcome) -> None:
    hostile = '"""\\\n\t\r"\'{}\u202e\x00\x7f😀\U000e0001'
    comments = connector.deal()["Project"] | {"AdditionalComments": hostile}
    connector.create('"); raise SystemExit("', Project=comments)
    text = connector.saved()
    assert "\u202e" not in text
    assert outcome(text) == PASSES
