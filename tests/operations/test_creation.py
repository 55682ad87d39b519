"""What a creation may hold: all that AWS needs of it, and what is there has to agree."""

from typing import Any, Final

import pytest

from cosell.context import Readings
from cosell.engine import Engine
from cosell.rules.opportunity.conditions import CONDITIONS, VALUE_LISTS
from cosell.rules.opportunity.members import field_name
from tests.complete_opportunity import written
from tests.operations.whole_opportunity import WHOLE, but, refusal
from tests.store.caller import Caller, HandClock

SPEND: Final = WHOLE["Project"]["ExpectedCustomerSpend"][0]
ESTIMATE: Final = {"EstimationUrl": f"https://calculator.aws/#/estimate?id={'0a' * 20}"}
NO_SUPPORT: Final = "Do Not Need Support from AWS Sales Rep"
CO_SELL: Final = "Co-Sell - Deal Support"
US: Final = "Customer.Account.Address.CountryCode"
REGION: Final = "Customer.Account.Address.StateOrRegion"
POSTAL_CODE: Final = "Customer.Account.Address.PostalCode"

FORBIDDEN: Final[list[tuple[str, dict[str, Any], str, str]]] = [
    # (what is wrong, the members that make it so, FieldName, Code)
    ("support, and none", {"PrimaryNeedsFromAws": [CO_SELL, NO_SUPPORT]}, "primaryNeedsFromAws", "INVALID_VALUE"),
    (
        "a secret for visibility only",
        {"PrimaryNeedsFromAws": [NO_SUPPORT], "NationalSecurity": "Yes", "Customer.Account.Industry": "Government"},
        "primaryNeedsFromAws",
        "INVALID_VALUE",
    ),
    ("a secret of no government", {"NationalSecurity": "Yes"}, "nationalSecurity", "INVALID_VALUE"),
    ("four digits", {POSTAL_CODE: "9720"}, "customer.account.address.postalCode", "INVALID_STRING_FORMAT"),
    ("a line too much", {POSTAL_CODE: "97204\n"}, "customer.account.address.postalCode", "INVALID_STRING_FORMAT"),
    (
        "a long region",
        {US: "AL", REGION: "x" * 256},
        "customer.account.address.stateOrRegion",
        "INVALID_STRING_FORMAT",
    ),
    ("a code", {REGION: "OR"}, "customer.account.address.stateOrRegion", "INVALID_ENUM_VALUE"),
    (
        "a spend with a third",
        {"Project.ExpectedCustomerSpend": [SPEND, SPEND | {"TargetCompany": "Blue Heron"}]},
        "project.expectedCustomerSpend[1].targetCompany",
        "INVALID_VALUE",
    ),
    (
        "dollars in Europe",
        {"Project.AwsPartition": "aws-eusc", "Project.ExpectedCustomerSpend": [SPEND | {"CurrencyCode": "EUR"}, SPEND]},
        "project.expectedCustomerSpend[1].currencyCode",
        "INVALID_VALUE",
    ),
    *(
        (
            f"a contract of {months!r} months",
            {"Project.ExpectedContractDuration": {"Term": "Months", "Value": months}},
            "project.expectedContractDuration.value",
            "VALUE_OUT_OF_RANGE",
        )
        for months in ("0", "145", "", "1.5", "-1", "twelve", "٣", "9" * 5000)
    ),
    (
        "a contract that ends before it begins",
        {"SoftwareRevenue.EffectiveDate": "2028-04-01"},
        "softwareRevenue.expirationDate",
        "INVALID_VALUE",
    ),
    (
        "a contract with an end and no beginning",
        {"SoftwareRevenue.EffectiveDate": None},
        "softwareRevenue.effectiveDate",
        "REQUIRED_FIELD_MISSING",
    ),
    (
        "a competitor's name twice",
        {"Project.CompetitorName": "On-Prem"},
        "project.otherCompetitorNames",
        "ACTION_NOT_PERMITTED",
    ),
    (
        "a nameless competitor",
        {"Project.OtherCompetitorNames": None},
        "project.otherCompetitorNames",
        "REQUIRED_FIELD_MISSING",
    ),
    ("a stranger's program", {"Project.ApnPrograms": ["P3", "P4"]}, "project.apnPrograms[1]", "INVALID_ENUM_VALUE"),
    ("another use case", {"Project.CustomerUseCase": "Other"}, "project.customerUseCase", "INVALID_ENUM_VALUE"),
    (
        "a campaign without an activity",
        {"Marketing": {"Source": "None", "CampaignName": "Spring"}},
        "marketing.campaignName",
        "ACTION_NOT_PERMITTED",
    ),
    (
        "channels without an activity",
        {"Marketing": {"Channels": ["Email"]}},
        "marketing.channels",
        "ACTION_NOT_PERMITTED",
    ),
    (
        "use cases without an activity",
        {"Marketing": {"UseCases": ["Storage"]}},
        "marketing.useCases",
        "ACTION_NOT_PERMITTED",
    ),
    (
        "funds without an activity",
        {"Marketing": {"AwsFundingUsed": "Yes"}},
        "marketing.awsFundingUsed",
        "ACTION_NOT_PERMITTED",
    ),
    ("use cases without funds", {"Marketing.AwsFundingUsed": "No"}, "marketing.useCases", "ACTION_NOT_PERMITTED"),
    (
        "an activity without a word on funds",
        {"Marketing.AwsFundingUsed": None},
        "marketing.awsFundingUsed",
        "REQUIRED_FIELD_MISSING",
    ),
    ("marketing of gardens", {"Marketing.UseCases": ["Gardens"]}, "marketing.useCases[0]", "INVALID_ENUM_VALUE"),
    (
        "a reason for no loss",
        {"LifeCycle.ClosedLostReason": "Price"},
        "lifeCycle.closedLostReason",
        "ACTION_NOT_PERMITTED",
    ),
    ("yesterday", {"LifeCycle.TargetCloseDate": "2026-05-27"}, "lifeCycle.targetCloseDate", "INVALID_VALUE"),
    ("today", {"LifeCycle.TargetCloseDate": "2026-05-28"}, "lifeCycle.targetCloseDate", "INVALID_VALUE"),
    (
        "nothing spent",
        {"Project.ExpectedCustomerSpend": [SPEND, SPEND | {"Amount": "0.00"}]},
        "project.expectedCustomerSpend[1].amount",
        "INVALID_VALUE",
    ),
    ("no region", {REGION: None}, "customer.account.address.stateOrRegion", "REQUIRED_FIELD_MISSING"),
    ("a launched beginning", {"LifeCycle.Stage": "Launched"}, "lifeCycle.stage", "ACTION_NOT_PERMITTED"),
]
LOST: Final = {"LifeCycle.Stage": "Closed Lost"}

PERMITTED: Final[list[tuple[str, dict[str, Any]]]] = [
    ("everything", {}),
    ("no support", {"PrimaryNeedsFromAws": [NO_SUPPORT]}),
    ("a secret", {"NationalSecurity": "Yes", "Customer.Account.Industry": "Government"}),
    ("nine digits", {POSTAL_CODE: "97204-1234"}),
    ("any text elsewhere", {US: "AL", POSTAL_CODE: "x", REGION: "New York"}),
    ("a long region", {US: "AL", REGION: "x" * 255}),
    ("soldiers", {REGION: "FPO, AP"}),
    ("no region elsewhere", {REGION: None, US: "IE"}),
    ("no code where there are none", {US: "HK", POSTAL_CODE: None, REGION: None}),
    ("an estimate", {"Project.ExpectedCustomerSpend": [{n: SPEND[n] for n in SPEND if n != "Amount"} | ESTIMATE]}),
    (
        "a spend with oneself",
        {"Project.ExpectedCustomerSpend": [SPEND | {"TargetCompany": "Self", "Frequency": "None"}]},
    ),
    ("a month", {"Project.ExpectedContractDuration": {"Term": "Months", "Value": "1"}}),
    ("twelve years", {"Project.ExpectedContractDuration": {"Term": "Months", "Value": "144"}}),
    ("a contract of one day", {"SoftwareRevenue.EffectiveDate": "2028-03-31"}),
    ("a contract without an end", {"SoftwareRevenue.ExpirationDate": None}),
    (
        "euros in Europe",
        {"Project.AwsPartition": "aws-eusc", "Project.ExpectedCustomerSpend": [SPEND | {"CurrencyCode": "EUR"}]},
    ),
    ("no competitor", {"Project.CompetitorName": None, "Project.OtherCompetitorNames": None}),
    ("nothing funded", {"Marketing": {"Source": "Marketing Activity", "AwsFundingUsed": "No"}}),
    ("no marketing", {"Marketing": None}),
    ("an industry in words", {"Customer.Account.Industry": "Financial Services"}),
    ("an industry without words", {"Customer.Account.OtherIndustry": None}),
    ("tomorrow", {"LifeCycle.TargetCloseDate": "2026-05-29"}),
    ("commitment", {"LifeCycle.Stage": "Committed"}),
]


@pytest.mark.parametrize(("members", "field", "code"), [case[1:] for case in FORBIDDEN], ids=[c[0] for c in FORBIDDEN])
def test_what_disagrees_is_refused(caller: Caller, members: dict[str, Any], field: str, code: str) -> None:
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **but(members)) == [(field, code)]
    assert caller.records() == []


@pytest.mark.parametrize("members", [case[1] for case in PERMITTED], ids=[case[0] for case in PERMITTED])
def test_what_agrees_is_taken(caller: Caller, members: dict[str, Any]) -> None:
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **but(members)) == []


def test_every_rule_is_broken_by_a_case() -> None:
    rules = {(field_name(row.member), row.code) for row in CONDITIONS + VALUE_LISTS}
    broken = {(field.partition("[")[0].removesuffix(".value"), code) for _, _, field, code in FORBIDDEN}
    assert rules - broken == {("lifeCycle.closedLostReason", "REQUIRED_FIELD_MISSING")}, "it takes a loss to break it"


def test_a_lost_beginning_has_no_reason_either(caller: Caller) -> None:
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **but(LOST)) == [
        ("lifeCycle.closedLostReason", "REQUIRED_FIELD_MISSING"),
        ("lifeCycle.stage", "ACTION_NOT_PERMITTED"),
    ]


def test_a_refusal_names_everything_at_once(caller: Caller) -> None:
    wrong = {
        "Project.CustomerUseCase": "Gardens",
        "Project.ApnPrograms": ["P4", "P5"],
        "LifeCycle.TargetCloseDate": "2020-01-01",
        "Marketing.AwsFundingUsed": None,
        "LifeCycle.Stage": "Launched",
    }
    assert sorted(refusal(caller, "CreateOpportunity", ClientToken="t", **but(wrong))) == [
        ("lifeCycle.stage", "ACTION_NOT_PERMITTED"),
        ("lifeCycle.targetCloseDate", "INVALID_VALUE"),
        ("marketing.awsFundingUsed", "REQUIRED_FIELD_MISSING"),
        ("project.apnPrograms[0]", "INVALID_ENUM_VALUE"),
        ("project.apnPrograms[1]", "INVALID_ENUM_VALUE"),
        ("project.customerUseCase", "INVALID_ENUM_VALUE"),
    ]


def test_lists_of_values_can_be_left_unchecked(clock: HandClock) -> None:
    caller = Caller(Engine.open(":memory:", clock=clock, readings=Readings(any_value=True)))
    wrong = {"Project.CustomerUseCase": "Gardens", "Project.ApnPrograms": ["P4"], REGION: "OR"}
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **but(wrong)) == []
    still = but(wrong | {"LifeCycle.TargetCloseDate": "2020-01-01"})
    assert refusal(caller, "CreateOpportunity", ClientToken="u", **still) == [
        ("lifeCycle.targetCloseDate", "INVALID_VALUE")
    ]


def test_a_partner_creates_no_referral_of_aws_in_the_catalog_aws(caller: Caller) -> None:
    ours = Caller(caller.engine, catalog="AWS")
    for origin, told in (("AWS Referral", [("origin", "INVALID_VALUE")]), ("Partner Referral", [])):
        assert refusal(ours, "CreateOpportunity", ClientToken="t", Origin=origin, **WHOLE) == told


def test_a_refused_creation_can_be_corrected_under_its_token(caller: Caller) -> None:
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **but({"LifeCycle.Stage": "Launched"}))
    assert refusal(caller, "CreateOpportunity", ClientToken="t", **but({"LifeCycle.Stage": "Prospect"})) == []


@pytest.mark.parametrize(
    ("members", "stored"),
    [
        ({"Project.CustomerUseCase": "Migration/Database Migration"}, "Migration / Database Migration"),
        ({US: "AO", REGION: "Luanda", "Project.CustomerUseCase": "SAP"}, "SAP"),
    ],
)
def test_what_means_the_same_is_stored_in_one_form(caller: Caller, members: dict[str, Any], stored: str) -> None:
    record = caller.get(caller.create("t", **but(members))["Id"])
    assert record["Project"]["CustomerUseCase"] == stored
    assert ("PostalCode" in record["Customer"]["Account"]["Address"]) == (US not in members)


def test_a_secret_customer_is_not_stored(caller: Caller) -> None:
    secret = but({"NationalSecurity": "Yes", "Customer.Account.Industry": "Government", US: "DE"})
    account = caller.get(caller.create("t", **secret)["Id"])["Customer"]["Account"]
    assert account["CompanyName"] == "National Security"
    assert account["Address"] == {"City": "Portland", "StreetAddress": "1 River Road", "CountryCode": "US"}
    assert "WebsiteUrl" not in account
    (summary,) = caller.page()["OpportunitySummaries"]
    assert summary["Customer"]["Account"]["CompanyName"] == "National Security"


def test_a_secret_customer_without_an_address_gets_a_country(caller: Caller) -> None:
    account = {"CompanyName": "Blue Heron", "Industry": "Government", "Address": None, "WebsiteUrl": None}
    caller.create("t", NationalSecurity="Yes", Customer={"Account": account, "Contacts": []})
    assert caller.records()[0]["Customer"]["Account"]["Address"] == {"CountryCode": "US"}


def test_what_was_created_comes_back(caller: Caller) -> None:
    assert written(caller.get(caller.create("t", **WHOLE)["Id"])) == but(
        {"LifeCycle.ReviewStatus": "Pending Submission"}
    )
