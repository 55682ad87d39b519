"""A saved test sends again what a client has sent, and passes as long as cosell answers alike."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.admin.conftest import ask, done
from tests.conftest import Server
from tests.saved_tests.conftest import Outcome
from tests.saved_tests.connector import SECRET, Connector

pytest_plugins = ("pytester",)

PASSES = {"passed": 1}
FAILS = {"failed": 1}
MONEY = {"CurrencyCode": "USD", "Frequency": "Monthly", "TotalAmount": "100.00"}
SPEND = {"AWS": {**MONEY, "TotalAmountByCategory": {"Compute": "100.00"}, "AwsProducts": []}}
VIEW = {"Insights": {"AwsProductsSpendInsightsBySource": SPEND}}


def approved(connector: Connector, token: str) -> str:
    """An opportunity that AWS has approved, stamped by each step: its identifier."""
    identifier: str = connector.create(token)["Id"]
    connector.submit(identifier)
    connector.review(identifier, "approve")
    return identifier


def rejected_once(connector: Connector) -> None:
    """Sent back by AWS, fixed, approved, and overtaken by another writer; some requests are wrong."""
    with pytest.raises(ClientError):
        connector.create("wrong", LifeCycle={"Stage": "Won"})
    created = connector.create("crm-1")
    connector.submit(created["Id"])
    connector.review(created["Id"], "action-required", comment="Say more", reason="Unclear")
    sent_back = connector.get(created["Id"])
    fixed = connector.update(created["Id"], sent_back["LastModifiedDate"])
    connector.review(created["Id"], "start")
    connector.get(created["Id"])
    connector.review(created["Id"], "approve")
    connector.get(created["Id"])
    with pytest.raises(ClientError):
        connector.update(created["Id"], fixed["LastModifiedDate"])
    connector.client.list_opportunities(Catalog="Sandbox", CustomerCompanyName=[SECRET.upper()])


def test_an_opportunitys_whole_way_is_replayed_with_what_aws_decided(connector: Connector, outcome: Outcome) -> None:
    rejected_once(connector)
    text = connector.saved(last=20)
    assert 'require_action(created["Id"], comment="Say more", reason="Unclear")' in text
    assert "start_review(" in text
    assert "approve(" in text
    assert outcome(text) == PASSES
    assert outcome(connector.saved(last=20, reveal=True)) == PASSES


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"Code": "INVALID_ENUM_VALUE"', '"Code": "INVALID_VALUE"'),
        ('"ReviewStatus": "Approved"', '"ReviewStatus": "Rejected"'),
        ("exceptions.ConflictException", "exceptions.ThrottlingException"),
        ('["OpportunitySummaries"]) == 1', '["OpportunitySummaries"]) == 2'),
        ('comment="Say more"', 'comment="Say nothing"'),
    ],
)
def test_a_test_fails_once_an_answer_differs(connector: Connector, outcome: Outcome, right: str, wrong: str) -> None:
    rejected_once(connector)
    text = connector.saved(last=20)
    assert right in text
    assert outcome(text.replace(right, wrong)) == FAILS


def test_what_was_there_before_is_brought_along_as_it_was_then(connector: Connector, outcome: Outcome) -> None:
    identifier = approved(connector, "old")
    stamp = connector.get(identifier)["LastModifiedDate"]
    later = connector.update(identifier, stamp, LifeCycle={"Stage": "Qualified", "TargetCloseDate": "2099-01-31"})
    call = connector.calls()[0]["id"]
    connector.update(
        identifier,
        later["LastModifiedDate"],
        LifeCycle={"Stage": "Technical Validation", "TargetCloseDate": "2099-01-31"},
    )
    text = connector.saved(id=call)
    assert "BEFORE = [" in text
    assert '"Stage": "Prospect"' in text
    assert "Technical Validation" not in text
    assert outcome(text) == PASSES
    assert outcome(text.replace('"ReviewStatus": "Approved"', '"ReviewStatus": "Submitted"')) == FAILS


def test_a_submission_finds_the_draft_that_it_has_found(connector: Connector, outcome: Outcome) -> None:
    identifier = connector.create("draft")["Id"]
    connector.submit(identifier)
    call = connector.calls()[0]["id"]
    connector.review(identifier, "approve")
    text = connector.saved(id=call)
    assert '"ReviewStatus": "Pending Submission"' in text
    assert outcome(text) == PASSES


def test_what_was_refused_before_anything_was_looked_up_needs_nothing(connector: Connector, outcome: Outcome) -> None:
    created = connector.create("crm-1")
    with pytest.raises(ClientError):
        connector.update(created["Id"], created["LastModifiedDate"], LifeCycle={"Stage": "Won"})
    text = connector.saved(last=1)
    assert "BEFORE" not in text
    assert outcome(text) == PASSES


def test_a_stamp_is_known_however_it_is_written(connector: Connector, outcome: Outcome) -> None:
    created = connector.create("crm-1")
    update = {"Catalog": "Sandbox", "Identifier": created["Id"], **connector.deal()}
    body = json.dumps({**update, "LastModifiedDate": created["LastModifiedDate"].timestamp()}).encode()
    assert connector.send("UpdateOpportunity", body) == 200
    assert outcome(connector.saved(last=1)) == PASSES


def test_a_conflict_is_met_again(connector: Connector, outcome: Outcome) -> None:
    created = connector.create("crm-1")
    connector.update(created["Id"], created["LastModifiedDate"])
    with pytest.raises(ClientError):
        connector.update(created["Id"], created["LastModifiedDate"])
    assert outcome(connector.saved(last=1)) == PASSES


def test_pages_are_followed_by_their_own_tokens(connector: Connector, outcome: Outcome) -> None:
    for number in range(5):
        connector.create(f"page {number}")
    pages = connector.client.get_paginator("list_opportunities").paginate(
        Catalog="Sandbox", PaginationConfig={"PageSize": 2}
    )
    assert len(list(pages)) == 3
    text = connector.saved(last=3)
    assert 'NextToken=listed["NextToken"]' in text
    assert outcome(text) == PASSES


def test_what_belongs_to_an_opportunity_is_replayed(connector: Connector, outcome: Outcome) -> None:
    client = connector.client
    created = connector.create("related", Tags=[{"Key": "team", "Value": "north"}])
    client.associate_opportunity(
        Catalog="Sandbox",
        OpportunityIdentifier=created["Id"],
        RelatedEntityType="Solutions",
        RelatedEntityIdentifier="S-1234567",
    )
    arn = connector.get(created["Id"])["Arn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "one"}])
    client.list_tags_for_resource(ResourceArn=arn)
    client.start_engagement_from_opportunity_task(
        Catalog="Sandbox",
        ClientToken="task",
        Identifier=created["Id"],
        AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"},
    )
    connector.review(created["Id"], "approve")
    done(ask(connector.server, "POST", "aws-edit", {"account": connector.account, "id": created["Id"], "view": VIEW}))
    client.get_aws_opportunity_summary(Catalog="Sandbox", RelatedOpportunityIdentifier=created["Id"])
    client.list_solutions(Catalog="Sandbox")
    text = connector.saved(last=20)
    assert "approve(" in text
    assert outcome(text) == PASSES


def test_both_catalogs_are_in_one_test(connector: Connector, outcome: Outcome) -> None:
    in_sandbox = connector.create("here")
    in_aws = connector.client.create_opportunity(Catalog="AWS", ClientToken="there", **connector.deal())
    connector.client.submit_opportunity(Catalog="AWS", Identifier=in_aws["Id"], InvolvementType="Co-Sell")
    connector.review(in_aws["Id"], "reject", catalog="AWS", reason="Not validated")
    connector.client.get_opportunity(Catalog="AWS", Identifier=in_aws["Id"])
    connector.get(in_sandbox["Id"])
    text = connector.saved()
    assert 'play_aws(client, catalog="AWS").reject(' in text
    assert outcome(text) == PASSES
    assert outcome(connector.saved(last=2)) == PASSES  # one that was there before in each


def test_calls_of_one_token_are_saved_with_their_repetition(connector: Connector, outcome: Outcome) -> None:
    connector.create("other")
    first = connector.create("crm-4711")
    assert connector.create("crm-4711")["Id"] == first["Id"]
    text = connector.saved(client_token="crm-4711")
    assert text.count("client.create_opportunity(") == 2
    assert 'assert created_2["Id"] == created["Id"]' in text
    assert outcome(text) == PASSES


def test_what_is_not_found_is_not_found_again(connector: Connector, outcome: Outcome) -> None:
    with pytest.raises(ClientError):
        connector.get("O9999999")
    text = connector.saved()
    assert "BEFORE" not in text
    assert outcome(text) == PASSES


def test_what_cannot_be_brought_along_is_said(connector: Connector) -> None:
    identifier = connector.create("gone")["Id"]
    connector.get(identifier)
    done(ask(connector.server, "POST", "reset", {"account": connector.account}))
    text = connector.saved(last=1)
    assert f"have not made it: {identifier}." in " ".join(text.split())


def test_what_the_history_no_longer_has_is_reported(serve: Callable[..., Server]) -> None:
    connector = Connector(serve("--db", "trimmed.db", "--clock", "frozen:2026-07-01", "--keep-history", "1h"))
    created = connector.create("crm-1")
    connector.get(created["Id"])
    call = connector.calls()[0]["id"]
    connector.update(created["Id"], created["LastModifiedDate"])
    assert "have not made it" not in connector.saved(id=call)
    done(ask(connector.server, "POST", "clock", {"step": "1d"}))
    while f"have not made it: {created['Id']}." not in " ".join(connector.saved(id=call).split()):
        pass
    assert "have not made it" not in connector.saved(last=20), "all of it was made by these"


def test_an_invitation_that_aws_has_made_is_said_to_be_missing(connector: Connector) -> None:
    invitation = done(ask(connector.server, "POST", "refer", {"account": connector.account}))["invitation_id"]
    connector.client.get_engagement_invitation(Catalog="Sandbox", Identifier=invitation)
    connector.client.start_engagement_by_accepting_invitation_task(
        Catalog="Sandbox", ClientToken="accept", Identifier=invitation
    )
    assert f"have not made it: {invitation}." in " ".join(connector.saved(last=1).split())


def test_faults_are_met_again(connector: Connector, outcome: Outcome) -> None:
    def fault(**said: Any) -> None:
        done(ask(connector.server, "POST", "faults", {"account": connector.account, "times": 1, **said}))

    fault(error="ThrottlingException", operation="CreateOpportunity")
    with pytest.raises(ClientError):
        connector.create("crm-1")
    fault(error="ConnectionDropped", when="after", operation="CreateOpportunity", delay="1ms")
    with pytest.raises(ConnectionClosedError):
        connector.create("crm-1")
    connector.create("crm-1")
    fault(error="AccessDeniedException", reason="INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE", operation="List*")
    with pytest.raises(ClientError):
        connector.client.list_opportunities(Catalog="Sandbox")
    fault(error="ValidationException", operation="List*")
    with pytest.raises(ClientError):
        connector.client.list_opportunities(Catalog="Sandbox")
    fault(delay="1ms", operation="List*")
    fault(error="ServiceUnavailableException", operation="List*")
    with pytest.raises(ClientError):
        connector.client.list_opportunities(Catalog="Sandbox")
    connector.client.list_opportunities(Catalog="Sandbox")
    text = connector.saved()
    assert 'faults.add(error="ConnectionDropped", when="after", operation="CreateOpportunity", times=1)' in text
    assert outcome(text) == PASSES


def test_settings_of_the_server_come_along(serve: Callable[..., Server], outcome: Outcome) -> None:
    server = serve(
        "--db", ":memory:", "--drafts", "--empty-messages", "--task-delay", "1h", "--clock", "frozen:2026-07-01"
    )
    connector = Connector(server)
    created = connector.client.create_opportunity(Catalog="Sandbox", ClientToken="draft")
    connector.client.create_opportunity(Catalog="Sandbox", ClientToken="whole", **connector.deal())
    whole = connector.client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"][0]["Id"]
    connector.client.start_engagement_from_opportunity_task(
        Catalog="Sandbox",
        ClientToken="task",
        Identifier=whole,
        AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"},
    )
    assert connector.get(whole)["LifeCycle"]["ReviewStatus"] == "Pending Submission"
    done(ask(server, "POST", "clock", {"step": "61m"}))
    assert connector.get(whole)["LifeCycle"]["ReviewStatus"] == "Submitted"
    with pytest.raises(ClientError):
        connector.submit(created["Id"])
    text = connector.saved()
    for option in ("drafts=True", "empty_messages=True", 'task_delay="1h"'):
        assert option in text
    assert "clock.set(datetime(2026, 7, 1, 1, 1, tzinfo=UTC))" in text
    assert outcome(text) == PASSES


def test_a_script_of_reviews_comes_along(serve: Callable[..., Server], outcome: Outcome) -> None:
    server = serve(
        "--db",
        ":memory:",
        "--review",
        "auto",
        "--review-rejected",
        "1",
        "--review-action-required",
        "0",
        "--clock",
        "frozen:2026-07-01",
    )
    connector = Connector(server)
    created = connector.create("crm-1")
    connector.submit(created["Id"])
    done(ask(server, "POST", "clock", {"step": "1d"}))
    assert connector.get(created["Id"])["LifeCycle"]["ReviewStatus"] == "Rejected"
    text = connector.saved()
    assert "play_aws" not in text
    assert outcome(text) == PASSES


def test_where_the_clock_stands_still_the_order_of_events_is_kept(
    serve: Callable[..., Server], outcome: Outcome
) -> None:
    server = serve("--db", ":memory:", "--clock", "frozen:2026-07-01")
    connector = Connector(server)
    rejected_once(connector)
    assert outcome(connector.saved(last=20)) == PASSES
    for last in range(1, 9):
        assert outcome(connector.saved(last=last)) == PASSES, f"the last {last}"


def test_a_status_that_was_lost_later_is_there(serve: Callable[..., Server], outcome: Outcome) -> None:
    connector = Connector(serve("--db", ":memory:", "--sandbox-quirks"))
    created = connector.create("crm-1")
    connector.get(created["Id"])
    call = connector.calls()[0]["id"]
    connector.update(created["Id"], created["LastModifiedDate"])
    text = connector.saved(id=call)
    assert '"ReviewStatus": "Pending Submission"' in text
    assert "sandbox_quirks=True" in text
    assert outcome(text) == PASSES


def test_what_the_server_could_not_do_is_left_out_and_said(
    serve: Callable[..., Server], outcome: Outcome, tmp_path: Path
) -> None:
    connector = Connector(serve("--db", "locked.db"))
    created = connector.create("crm-1")
    lock = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(ClientError):
        connector.update(created["Id"], created["LastModifiedDate"])
    lock.close()
    assert connector.refused(last=1)[1].startswith(
        "nothing of this can be sent again: it met ServiceUnavailableException"
    )
    text = connector.saved()
    assert "# UpdateOpportunity is left out: it met ServiceUnavailableException" in text
    assert outcome(text) == PASSES


def test_an_older_model_comes_along(serve: Callable[..., Server], outcome: Outcome) -> None:
    connector = Connector(serve("--db", ":memory:", "--model", "2026-06"))
    connector.create("crm-1")
    text = connector.saved()
    assert 'model="2026-06"' in text
    assert outcome(text) == PASSES
