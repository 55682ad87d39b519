"""AWS's own view of an opportunity."""

import json
from typing import Any, Literal

import pytest

from cosell.rules.aws_side.summary import summary_at_submission
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.types import GetAwsOpportunitySummaryResponse, GetOpportunityResponse
from tests.conftest import OTHER_ACCOUNT
from tests.store.caller import Caller, Record, Refused, record

CONTACT = {"Email": "ada@example.com", "FirstName": "Ada", "LastName": "Example"}
SPEND = {"Amount": "500", "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
DETAILED = record(
    "O1",
    Customer={"Account": {"CompanyName": "Blue Heron"}, "Contacts": [CONTACT]},
    Project={"ExpectedCustomerSpend": [SPEND], "AwsPartition": "aws-eusc"},
    RelatedEntityIdentifiers={"Solutions": ["S-1234567"], "AwsProducts": ["AWSLambda"]},
)


def submitted(
    of: Record, involvement: Literal["Co-Sell", "For Visibility Only"] = "Co-Sell", before: Record | None = None
) -> Record:
    """The summary that a submission makes of a record, as it goes over the wire."""
    summary = summary_at_submission(
        decode(GetOpportunityResponse, json.dumps(of).encode()),
        involvement,
        "Full",
        "Partner Referral",
        None if before is None else decode(GetAwsOpportunitySummaryResponse, json.dumps(before).encode()),
    )
    return dict(json.loads(encode(summary)))


def keep(caller: Caller, identifier: str, summary: Record) -> None:
    """Let AWS have this view of an opportunity."""
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_aws_summary(identifier, json.dumps(summary).encode())


def test_aws_begins_with_what_the_partner_has_told_it() -> None:
    assert submitted(DETAILED) == {
        "Catalog": "Sandbox",
        "RelatedOpportunityId": "O1",
        "Origin": "Partner Referral",
        "InvolvementType": "Co-Sell",
        "Visibility": "Full",
        "OpportunityTeam": [],
        "Customer": {"Contacts": [CONTACT]},
        "Project": {"ExpectedCustomerSpend": [SPEND], "AwsPartition": "aws-eusc"},
        "RelatedEntityIds": {
            "AwsProducts": ["AWSLambda"],
            "Solutions": ["S-1234567"],
            "AwsMarketplaceSolutions": [],
            "AwsMarketplaceProducts": [],
        },
    }


def test_what_the_partner_has_not_told_is_empty() -> None:
    summary = submitted(record("O1"))
    assert summary["Customer"] == {"Contacts": []}
    assert summary["Project"] == {"ExpectedCustomerSpend": []}
    assert set(map(tuple, summary["RelatedEntityIds"].values())) == {()}


def test_what_aws_has_added_outlives_another_submission() -> None:
    added: dict[str, Any] = {
        "LifeCycle": {"Stage": "Engaged"},
        "OpportunityTeam": [{"Email": "pdm@example.com", "FirstName": "P", "LastName": "M", "BusinessTitle": "PDM"}],
        "CosellMotion": "Partner-led",
    }
    before = submitted(record("O1")) | added
    assert submitted(DETAILED, "For Visibility Only", before) == submitted(DETAILED, "For Visibility Only") | added


def test_the_summary_is_addressed_by_the_partners_identifier(caller: Caller) -> None:
    caller.put([DETAILED])
    keep(caller, "O1", submitted(DETAILED))
    keep(caller, "O1", submitted(DETAILED, "For Visibility Only"))
    answer = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier="O1")
    assert answer == submitted(DETAILED, "For Visibility Only")


def test_before_the_submission_nothing_says_how_aws_is_involved(caller: Caller) -> None:
    caller.put([DETAILED])
    answer = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier="O1")
    told_later = ("InvolvementType", "Visibility")
    assert answer == {name: value for name, value in submitted(DETAILED).items() if name not in told_later}


def test_there_is_no_summary_of_what_is_not_the_callers(caller: Caller) -> None:
    caller.put([DETAILED])
    keep(caller, "O1", submitted(DETAILED))
    strangers = [Caller(caller.engine, OTHER_ACCOUNT), Caller(caller.engine, catalog="AWS")]
    for asker, identifier in [(caller, "O3"), *((stranger, "O1") for stranger in strangers)]:
        with pytest.raises(Refused, match="ResourceNotFoundException"):
            asker("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=identifier)


def test_a_reset_removes_it(caller: Caller) -> None:
    keep(caller, "O1", submitted(DETAILED))
    with caller.engine.store.write(caller.scope) as tx:
        tx.clear()
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier="O1")


def test_what_was_loaded_with_a_review_status_shows_what_a_submission_would_have_shown(caller: Caller) -> None:
    seen = DETAILED | {"LifeCycle": {"Stage": "Prospect", "ReviewStatus": "Approved"}}
    needless = {"PrimaryNeedsFromAws": ["Do Not Need Support from AWS Sales Rep"]}
    caller.put([seen, seen | needless | {"Id": "O2"}])
    expected = {"O1": submitted(DETAILED), "O2": submitted(DETAILED, "For Visibility Only")}
    for identifier, summary in expected.items():
        answer = caller("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=identifier)
        assert answer == summary | {"RelatedOpportunityId": identifier}
