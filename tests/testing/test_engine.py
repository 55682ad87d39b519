"""The engine in this process as a test drives it: one type, whichever way a test comes to it."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

import cosell
from cosell.errors import ResourceNotFoundException, UserError, ValidationException
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
AT_ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def engine() -> Any:
    with cosell.LocalEngine(account=ACCOUNT) as engine:
        yield engine


def status(engine: cosell.LocalEngine, deal: str) -> str:
    return str(engine.opportunities.get(deal)["LifeCycle"]["ReviewStatus"])


def test_every_way_to_an_engine_leads_to_one_type() -> None:
    client = cosell.connect(account=ACCOUNT)
    with cosell.intercept() as intercepted, cosell.LocalEngine() as own:
        assert {type(cosell.engine_of(client)), type(intercepted), type(own)} == {cosell.LocalEngine}
    assert cosell.engine_of(client).account == ACCOUNT


def test_the_example_is_complete_for_a_creation_and_ready_for_a_submission(engine: cosell.LocalEngine) -> None:
    client: Any = engine.client()
    deal = client.create_opportunity(Catalog="Sandbox", ClientToken="1", **cosell.example_opportunity())["Id"]
    client.submit_opportunity(Catalog="Sandbox", Identifier=deal, InvolvementType="Co-Sell", Visibility="Full")
    engine.review.approve(deal)
    assert status(engine, deal) == "Approved"


def test_an_example_changes_member_by_member() -> None:
    deal = cosell.example_opportunity(
        "Acme",
        LifeCycle={"Stage": "Qualified"},
        Customer={"Account": {"Duns": "123456789"}},
        PrimaryNeedsFromAws=["Co-Sell - Deal Support"],
        Marketing=None,
        SoftwareRevenue={"DeliveryModel": "Contract"},
    )
    assert deal["LifeCycle"].keys() == {"Stage", "TargetCloseDate"}
    assert deal["LifeCycle"]["Stage"] == "Qualified"
    assert (deal["Customer"]["Account"]["CompanyName"], deal["Customer"]["Account"]["Duns"]) == ("Acme", "123456789")
    assert deal["PrimaryNeedsFromAws"] == ["Co-Sell - Deal Support"]
    assert "Marketing" not in deal
    assert deal["SoftwareRevenue"] == {"DeliveryModel": "Contract"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Custommer": {}}, "no member Custommer; did you mean Customer?"),
        ({"Project": {"Titel": "x"}}, "no member Project.Titel; did you mean Title?"),
        (
            {"Project": {"ExpectedCustomerSpend": [{"Amout": "1"}]}},
            "ExpectedCustomerSpend[0].Amout; did you mean Amount?",
        ),
        ({"Catalog": "AWS"}, "no member Catalog"),
    ],
)
def test_a_member_that_no_opportunity_has_is_refused_with_the_nearest(changes: Any, told: str) -> None:
    with pytest.raises(UserError) as refused:
        cosell.example_opportunity(**changes)
    assert told in str(refused.value)


def test_what_is_arranged_meets_no_faults_and_is_no_call_of_the_test(engine: cosell.LocalEngine) -> None:
    engine.faults.add(error="ThrottlingException", operation="*", count=1)
    deal = engine.opportunities.create("Acme")
    engine.opportunities.submit(deal)
    assert engine.opportunities.get(deal)["Customer"]["Account"]["CompanyName"] == "Acme"
    assert (list(engine.opportunities), len(engine.opportunities), len(engine.requests)) == ([deal], 1, 0)
    with pytest.raises(engine.client().exceptions.ThrottlingException):
        engine.client(config=AT_ONCE).list_opportunities(Catalog="Sandbox")


def test_what_cannot_be_arranged_names_every_mistake(engine: cosell.LocalEngine) -> None:
    address = {"CountryCode": "XX"}
    with pytest.raises(ValidationException, match=r"Customer.Account.Address.*LifeCycle.Stage"):
        engine.opportunities.create(LifeCycle={"Stage": "Sold"}, Customer={"Account": {"Address": address}})
    with pytest.raises(ResourceNotFoundException):
        engine.opportunities.get("O999")


@pytest.mark.parametrize(
    ("verdict", "becomes"), [("approve", "Approved"), ("reject", "Rejected"), ("require_action", "Action Required")]
)
def test_a_review_is_decided_in_a_line(engine: cosell.LocalEngine, verdict: str, becomes: str) -> None:
    deal = engine.opportunities.create()
    engine.opportunities.submit(deal)
    getattr(engine.review, verdict)(deal)
    assert status(engine, deal) == becomes


def test_a_pipeline_is_made_up_from_a_seed() -> None:
    companies = []
    for seed in (7, 7, 8):
        with cosell.LocalEngine(clock=START) as engine:
            deals = engine.opportunities.seed(3, seed=seed)
            assert deals == list(engine.opportunities)
            companies.append([engine.opportunities.get(deal)["Customer"] for deal in deals])
    assert companies[0] == companies[1] != companies[2]


def test_what_a_client_printed_is_loaded(engine: cosell.LocalEngine, tmp_path: Path) -> None:
    deal = engine.opportunities.create("Acme")
    printed = tmp_path / "deals.jsonl"
    printed.write_text(json.dumps(engine.opportunities.get(deal)))
    with cosell.LocalEngine() as other:
        assert other.opportunities.load(printed) == 1
        assert other.opportunities.get(deal)["Customer"]["Account"]["CompanyName"] == "Acme"
        assert not other.events
        printed.write_text('{"Id": 7}')
        with pytest.raises(UserError, match=r"nothing was loaded from .*line 1"):
            other.opportunities.load(printed)


def test_the_clock_is_steered_where_the_engine_is_told_a_moment(tmp_path: Path) -> None:
    script = {"when": [{"then": [{"after": "1h", "do": "start"}, {"after": "1h", "do": "approve"}]}]}
    with cosell.LocalEngine(clock=START, review=script) as engine:
        deal = engine.opportunities.create()
        engine.opportunities.submit(deal)
        engine.clock.step(hours=2)
        assert status(engine, deal) == "Approved"
        engine.clock.set(START + timedelta(days=3))
        assert engine.clock.now == START + timedelta(days=3)
        engine.clock.freeze(START)
        assert engine.clock.now == START


@pytest.mark.parametrize("clock", [START, cosell.Clock(START), "frozen:2026-05-04T09:00:00Z", lambda: 1777885200000])
def test_a_clock_may_be_told_in_several_ways(clock: Any) -> None:
    with cosell.LocalEngine(clock=clock) as engine:
        assert engine.clock.now == START
        engine.clock.step(days=1)
        assert engine.clock.now == START + timedelta(days=1)


def test_faults_are_there_from_the_beginning() -> None:
    faults: Any = [
        {"error": "ThrottlingException", "operation": "List*", "count": 1},
        "error=ConflictException,times=2",
    ]
    with cosell.LocalEngine(faults=faults) as engine:
        told = [(status.rule.error, status.rule.times) for status in engine.faults.statuses()]
    assert told == [("ThrottlingException", 1), ("ConflictException", 2)]


def test_a_call_is_remembered_with_whatever_was_wrong_and_nothing_that_is_sensitive(engine: cosell.LocalEngine) -> None:
    client: Any = engine.client(account=OTHER_ACCOUNT)
    deal = cosell.example_opportunity("Secretive Ltd", LifeCycle={"Stage": "Sold", "ReviewStatus": "Approved"})
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.create_opportunity(Catalog="Sandbox", ClientToken="1", **deal)
    client.list_opportunities(Catalog="Sandbox")
    created, listed = engine.requests
    assert (created.operation, created.account, created.status) == ("CreateOpportunity", OTHER_ACCOUNT, 400)
    assert (created.error, created.response) == ("ValidationException", None)
    assert created.error_list == refused.value.response["ErrorList"]
    assert created.request["Customer"]["Account"]["CompanyName"] == "***"
    assert "Secretive" not in repr(engine.requests)
    assert "LifeCycle.Stage INVALID_ENUM_VALUE" in str(created)
    assert (listed.status, listed.error, listed.response) == (200, None, {"OpportunitySummaries": []})
    assert engine.requests.of("ListOpportunities") == [listed] == engine.requests[1:]
    assert engine.requests.last == listed
    assert (len(engine.events), repr(engine.events)) == (0, "no events")
    engine.requests.clear()
    assert (len(engine.requests), repr(engine.requests)) == (0, "no calls")


def test_a_fault_stands_in_the_call_that_it_met(engine: cosell.LocalEngine) -> None:
    engine.faults.add(error="InternalServerException", operation="ListOpportunities", times=1)
    engine.client().list_opportunities(Catalog="Sandbox")
    failed, repeated = engine.requests
    assert (failed.faults, repeated.faults) == (["1: InternalServerException"], [])
    assert str(failed).endswith("as asked by fault 1: InternalServerException")


def test_clients_of_two_accounts_share_an_engine_and_see_their_own(engine: cosell.LocalEngine) -> None:
    engine.opportunities.create()
    theirs: Any = engine.client(account=OTHER_ACCOUNT)
    assert theirs.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
    assert len(engine.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 1


def test_the_other_catalog_is_named_once() -> None:
    with cosell.LocalEngine(catalog="AWS") as engine:
        deal = engine.opportunities.create()
        engine.opportunities.submit(deal)
        engine.review.approve(deal)
        assert (
            engine.client().get_opportunity(Catalog="AWS", Identifier=deal)["LifeCycle"]["ReviewStatus"] == "Approved"
        )


def test_a_client_is_new_for_each_engine() -> None:
    calls: list[str] = []
    first = cosell.connect()
    first.meta.events.register("before-call.partnercentral-selling", lambda **_: calls.append("seen"))
    cosell.connect().list_opportunities(Catalog="Sandbox")
    assert calls == []
    first.list_opportunities(Catalog="Sandbox")
    assert calls == ["seen"]


def test_a_client_is_made_as_the_surroundings_say_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cosell.connect()
    (tmp_path / "config").write_text("[profile patient]\nmax_attempts = 9\nretry_mode = standard\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "patient")
    patient: Any = cosell.connect().meta.config
    assert patient.retries == {"total_max_attempts": 9, "mode": "standard"}
    monkeypatch.delenv("AWS_PROFILE")
    usual: Any = cosell.connect().meta.config
    assert usual.retries.get("total_max_attempts") != 9


def test_new_databases_in_memory_have_keys_of_their_own() -> None:
    tokens = []
    for _ in range(2):
        with cosell.LocalEngine(clock=START) as engine:
            engine.opportunities.seed(3)
            client: Any = engine.client()
            tokens.append(client.list_opportunities(Catalog="Sandbox", MaxResults=1)["NextToken"])
            with pytest.raises(client.exceptions.ValidationException):
                client.list_opportunities(Catalog="Sandbox", MaxResults=1, NextToken=tokens[0][:-4] + "AAAA")
            if len(tokens) == 2:
                with pytest.raises(client.exceptions.ValidationException):
                    client.list_opportunities(Catalog="Sandbox", MaxResults=1, NextToken=tokens[0])


def test_a_closed_engine_says_so_to_its_clients() -> None:
    with cosell.LocalEngine() as engine:
        client = engine.client()
    engine.close()
    with pytest.raises(UserError, match="the engine of this client is closed"):
        client.list_opportunities(Catalog="Sandbox")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"account": "12"}, "account: 12 is not an account"),
        ({"account": 111122223333}, "account: 111122223333 is not an account"),
        ({"catalog": "sandbox"}, "catalog"),
        ({"revew": "auto"}, "no option revew; did you mean review?"),
        ({"sandbox_quirk": True}, "no option sandbox_quirk; did you mean sandbox_quirks?"),
        ({"port": 4280}, "no option port; "),
        ({"drafts": "yes"}, "drafts"),
        ({"clock": 7}, "7 is not a clock"),
        ({"clock": "slow"}, "'slow' is not a clock"),
        ({"faults": "error=ThrottlingException"}, "faults are a list"),
        ({"faults": [{"eror": "ThrottlingException"}]}, "it has no eror; did you mean error?"),
        ({"faults": [{"error": "Throttling"}]}, "Throttling is not an error"),
    ],
)
def test_a_wrong_option_is_refused_with_a_next_step(options: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError) as refused:
        cosell.LocalEngine(**options)
    assert told in str(refused.value)
    assert refused.value.next_step


def test_a_client_of_aws_has_no_engine() -> None:
    import boto3

    aws = boto3.client("partnercentral-selling", region_name="us-east-1")
    for ask in (cosell.engine_of, cosell.events):
        with pytest.raises(UserError, match="not answered in this process"):
            ask(aws)


def test_an_engine_leaves_nothing_behind() -> None:
    def surroundings() -> tuple[Any, ...]:
        open_files = sorted(file.name for file in Path("/proc/self/fd").iterdir())
        return open_files, threading.enumerate(), dict(os.environ)

    with cosell.LocalEngine() as engine:  # what is loaded once stays
        engine.client().list_opportunities(Catalog="Sandbox")
    before = surroundings()
    with cosell.LocalEngine(review="auto") as engine:
        engine.opportunities.create()
        engine.client().list_opportunities(Catalog="Sandbox")
        engine.events.assert_sent("Opportunity Created")
    assert surroundings() == before
