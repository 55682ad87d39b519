"""What CreateOpportunity stores, what UpdateOpportunity replaces, and what each of them announces."""

import re
from dataclasses import replace
from typing import Any

import pytest

from cosell.context import Readings
from cosell.engine import Engine
from tests.complete_opportunity import COMPLETE, UPDATED, complete, merged
from tests.conftest import ACCOUNT
from tests.store.caller import Caller, HandClock, Record, Refused, announced, moment

EMPTY_LISTS: dict[str, list[str]] = {
    "AwsMarketplaceOffers": [],
    "AwsMarketplaceOfferSets": [],
    "Solutions": [],
    "AwsProducts": [],
    "AwsMarketplaceSolutions": [],
    "AwsMarketplaceProducts": [],
}
OWNER = {"Email": "owner@example.com", "FirstName": "Ana", "LastName": "Silva", "BusinessTitle": "OpportunityOwner"}


ESTIMATE = {"EstimationUrl": f"https://calculator.aws/#/estimate?id={'0a' * 20}"}


def spend(amount: str | None, company: str = "AWS") -> Record:
    return {"Amount": amount, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": company}


def test_the_least_that_can_be_created(caller: Caller, clock: HandClock) -> None:
    answer = caller.create("token")
    assert answer == {"Id": "O1000001", "LastModifiedDate": moment(clock.now_ms)}
    assert caller.get("O1000001") == {
        "Catalog": "Sandbox",
        "Id": "O1000001",
        "Arn": f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/Sandbox/opportunity/O1000001",
        "CreatedDate": moment(clock.now_ms),
        "LastModifiedDate": moment(clock.now_ms),
        "Customer": COMPLETE["Customer"],
        "LifeCycle": COMPLETE["LifeCycle"] | {"Stage": "Prospect", "ReviewStatus": "Pending Submission"},
        "Marketing": {"Source": "None"},
        "NationalSecurity": "No",
        "OpportunityTeam": [
            {
                "BusinessTitle": "OpportunityOwner",
                "Email": f"owner@partner-{ACCOUNT}.example.com",
                "FirstName": "Partner",
                "LastName": ACCOUNT,
            }
        ],
        "OpportunityType": "Net New Business",
        "Project": COMPLETE["Project"],
        "RelatedEntityIdentifiers": EMPTY_LISTS,
    }


def test_what_was_sent_is_kept(caller: Caller) -> None:
    sent = {
        "PartnerOpportunityIdentifier": "crm-7",
        "NationalSecurity": "No",
        "OpportunityType": "Expansion",
        "PrimaryNeedsFromAws": ["Co-Sell - Deal Support"],
        "OpportunityTeam": [OWNER],
        "Marketing": {"Source": "Marketing Activity", "CampaignName": "Spring", "AwsFundingUsed": "No"},
        "SoftwareRevenue": {"DeliveryModel": "Contract"},
        "Customer": {"Account": {"CompanyName": "Blue Heron", "Address": {"City": "Porto", "StreetAddress": "Rua 1"}}},
    }
    assert caller.create("token", **sent)["PartnerOpportunityIdentifier"] == "crm-7"
    kept = caller.get("O1000001")
    assert {member: kept[member] for member in sent} == {member: complete(**sent)[member] for member in sent}


def test_the_review_belongs_to_the_service(engine: Engine) -> None:
    caller = Caller(engine, catalog="AWS")
    claims = {
        "ReviewStatus": "Approved",
        "ReviewComments": "fine",
        "ReviewStatusReason": "none",
        "NextStepsHistory": [{"Value": "call", "Time": "2026-01-01T00:00:00Z"}],
    }
    wanted = {"Stage": "Qualified", "NextSteps": "meet", "TargetCloseDate": "2030-01-01"}
    caller.create("token", LifeCycle=wanted | claims)
    expected = wanted | {"ReviewStatus": "Pending Submission"}
    assert caller.get("O1000001")["LifeCycle"] == expected
    caller.update("O1000001", LifeCycle=wanted | claims)
    assert caller.get("O1000001")["LifeCycle"] == expected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("10000.00", "10000"),
        ("531.0", "531"),
        ("531.50", "531.5"),
        ("0.05", "0.05"),
        ("0.00", "0"),
        ("100", "100"),
        ("7.", "7"),
        ("0", "0"),
        ("", ""),
        ("9" * 31, "9" * 31),
    ],
)
def test_amounts_lose_the_zeros_that_say_nothing(caller: Caller, sent: str, kept: str) -> None:
    caller.create("token", Project={"ExpectedCustomerSpend": [spend(sent) | ESTIMATE]})
    (summary,) = caller.page()["OpportunitySummaries"]
    assert summary["Project"]["ExpectedCustomerSpend"] == [spend(kept) | ESTIMATE]
    assert caller.get("O1000001")["Project"]["ExpectedCustomerSpend"] == [spend(kept) | ESTIMATE]


def test_a_spend_is_one_with_aws_unless_a_contract_says_otherwise(caller: Caller) -> None:
    spends = [spend(None, "Self") | ESTIMATE, spend("2", "AWS")]
    caller.create("without", Project={"ExpectedCustomerSpend": [*spends, spend("1", "Blue Heron")]})
    contract = {"ExpectedContractDuration": {"Term": "Months", "Value": "12"}}
    caller.create("with", Project={"ExpectedCustomerSpend": spends} | contract)
    drafting = Caller(replace(caller.engine, readings=Readings(drafts=True)))
    drafting("CreateOpportunity", ClientToken="nothing", Project=contract)
    without, with_contract, nothing = (record["Project"] for record in caller.records())
    assert [entry["TargetCompany"] for entry in without["ExpectedCustomerSpend"]] == ["AWS", "AWS", "AWS"]
    assert [entry["TargetCompany"] for entry in with_contract["ExpectedCustomerSpend"]] == ["Self", "AWS"]
    assert nothing == contract


def test_a_related_opportunity_must_be_the_callers_own(caller: Caller) -> None:
    first = caller.create("first")["Id"]
    for stranger in (Caller(caller.engine, "777788889999"), Caller(caller.engine, catalog="AWS")):
        with pytest.raises(Refused) as refused:
            stranger.create("related", Project={"RelatedOpportunityIdentifier": first})
        assert (refused.value.name, refused.value.status) == ("ResourceNotFoundException", 400)
    caller.create("related", Project={"RelatedOpportunityIdentifier": first})
    assert len(caller.records()) == 2


def test_numbers_are_given_once_for_the_whole_installation(caller: Caller) -> None:
    others = [Caller(caller.engine, f"{number:012d}", catalog) for number in range(3) for catalog in ("AWS", "Sandbox")]
    identifiers = [other.create("token")["Id"] for other in others]
    assert identifiers == [f"O{1_000_001 + number}" for number in range(6)]


def test_an_update_replaces_what_may_be_edited(caller: Caller, clock: HandClock) -> None:
    caller.create(
        "token",
        Customer={"Account": {"CompanyName": "Blue Heron"}},
        Project={"Title": "Move"},
        PartnerOpportunityIdentifier="crm-7",
        OpportunityTeam=[OWNER],
        LifeCycle={"Stage": "Committed", "NextSteps": "call", "TargetCloseDate": "2030-01-01"},
        OpportunityType="Expansion",
    )
    created_ms = clock.now_ms
    clock.now_ms += 5000
    wanted = merged(UPDATED, {"LifeCycle": {"Stage": "Committed"}, "SoftwareRevenue": {"DeliveryModel": "Contract"}})
    stamp = {"Identifier": "O1000001", "LastModifiedDate": moment(created_ms)}
    answer = caller("UpdateOpportunity", **stamp, **wanted)
    assert answer == {"Id": "O1000001", "LastModifiedDate": moment(created_ms + 5000)}
    assert caller.get("O1000001") == {
        "Catalog": "Sandbox",
        "Id": "O1000001",
        "Arn": f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/Sandbox/opportunity/O1000001",
        "CreatedDate": moment(created_ms),
        "LastModifiedDate": moment(created_ms + 5000),
        "Customer": COMPLETE["Customer"],
        "LifeCycle": COMPLETE["LifeCycle"] | {"Stage": "Committed", "ReviewStatus": "Pending Submission"},
        "Project": COMPLETE["Project"],
        "Marketing": {"Source": "None"},
        "NationalSecurity": "No",
        "OpportunityTeam": [OWNER],
        "OpportunityType": "Net New Business",
        "RelatedEntityIdentifiers": EMPTY_LISTS,
        "SoftwareRevenue": {"DeliveryModel": "Contract"},
    }


@pytest.mark.parametrize("late_by", ["1 ms early", "1 ms late", "an hour late", "the creation's stamp after an update"])
def test_a_stale_stamp_is_a_conflict(caller: Caller, clock: HandClock, late_by: str) -> None:
    caller.create("token")
    if late_by == "the creation's stamp after an update":
        caller.update("O1000001")
    stamp_ms = clock.now_ms + {"1 ms early": 1, "1 ms late": -1, "an hour late": -3_600_000}.get(late_by, 0)
    before = caller.get("O1000001")
    with pytest.raises(Refused) as refused:
        caller.update("O1000001", LastModifiedDate=moment(stamp_ms), PartnerOpportunityIdentifier="lost")
    assert (refused.value.name, refused.value.status) == ("ConflictException", 400)
    assert caller.get("O1000001") == before


@pytest.mark.parametrize("echo", ["{}", "{}000Z", "{}999999Z", "{}+00:00"])
def test_a_stamp_counts_by_the_millisecond(caller: Caller, clock: HandClock, echo: str) -> None:
    caller.create("token")
    stamp = moment(clock.now_ms)
    caller.update("O1000001", LastModifiedDate=stamp if echo == "{}" else echo.format(stamp.removesuffix("Z")))


def test_next_steps_are_remembered_when_they_change_fifty_at_most(caller: Caller, clock: HandClock) -> None:
    caller.create("token", LifeCycle={"NextSteps": "first"})
    assert "NextStepsHistory" not in caller.get("O1000001")["LifeCycle"]
    stamps = {}
    for number in range(53):
        clock.now_ms += 1000
        stamps[f"step {number}"] = caller.update("O1000001", LifeCycle={"NextSteps": f"step {number}"})[
            "LastModifiedDate"
        ]
        caller.update("O1000001", LifeCycle={"NextSteps": f"step {number}"})
    caller.update("O1000001")
    history = caller.get("O1000001")["LifeCycle"]["NextStepsHistory"]
    assert history == [{"Value": f"step {number}", "Time": stamps[f"step {number}"]} for number in range(3, 53)]
    (summary,) = caller.page()["OpportunitySummaries"]
    assert "NextStepsHistory" not in summary["LifeCycle"]


@pytest.mark.parametrize(
    "ask", [lambda caller: caller.get("O9"), lambda caller: caller.update("O9", LastModifiedDate=0)]
)
def test_what_does_not_exist_is_not_found(caller: Caller, ask: Any) -> None:
    with pytest.raises(Refused) as refused:
        ask(caller)
    assert (refused.value.name, refused.value.status) == ("ResourceNotFoundException", 400)


def test_identifiers_are_texts_and_not_numbers(caller: Caller) -> None:
    caller.create("token")
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        caller.get("O01000001")


def test_every_change_is_announced_as_eventbridge_delivers_it(caller: Caller, clock: HandClock) -> None:
    caller.create("token")
    clock.now_ms += 3000
    caller.update("O1000001")
    created, updated = announced(caller.engine)
    kept = [(waiting.event.event_id, waiting.event.subject) for waiting in caller.engine.store.outbox.after(0, 3)]
    assert kept == [(created["id"], "O1000001"), (updated["id"], "O1000001")]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", created["id"])
    assert created == {
        "version": "0",
        "id": created["id"],
        "detail-type": "Opportunity Created",
        "source": "aws.partnercentral-selling",
        "account": ACCOUNT,
        "time": "2026-05-28T20:26:40Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {"schemaVersion": "1", "catalog": "Sandbox", "opportunity": {"identifier": "O1000001"}},
    }
    assert updated == created | {
        "id": updated["id"],
        "detail-type": "Opportunity Updated",
        "time": "2026-05-28T20:26:43Z",
    }
    assert list(created) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
