"""What is sensitive stays out of a test, unless its owner says otherwise; the answers are the same."""

import json
from typing import Any

import pytest

from cosell.errors import UserError
from cosell.saved_test.placeholders import Placeholders
from cosell.wire.constraints import text_constraint
from cosell.wire.model import DATA, service_model
from tests.saved_tests.conftest import Outcome
from tests.saved_tests.connector import PROBLEM, SECRET, Connector

pytest_plugins = ("pytester",)

PASSES = {"passed": 1}
FOUND = {"Stage": "Prospect", "Industry": "Transportation and Logistics", "CustomerCompanyName": SECRET}


def test_nothing_sensitive_is_in_a_test(connector: Connector, outcome: Outcome) -> None:
    created = connector.create("crm-1")
    connector.get(created["Id"])
    connector.client.list_opportunities(Catalog="Sandbox", CustomerCompanyName=[SECRET.lower()])
    for last in (3, 2):  # the opportunity made by the calls, and brought along
        text = connector.saved(last=last)
        assert "zqxj" not in text.casefold()
        assert '"4200"' not in text
        assert "28195" not in text
        assert "Placeholders stand for" in text
        assert 'CustomerCompanyName=["CompanyName 1"]' in text
        assert outcome(text) == PASSES


def test_a_search_finds_among_placeholders_what_it_has_found(
    connector: Connector, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(DATA))  # so that an older boto3 knows the operation
    created = connector.create("crm-1")
    equal = [{"Key": name, "Value": {"StringValue": value}} for name, value in FOUND.items()]
    search = {
        "Keyword": SECRET,
        "Filter": {
            "AndAllFilters": [
                *({"EqualsTo": one} for one in equal),
                {"EqualsTo": {"Key": "OpportunityId", "Value": {"StringValue": created["Id"]}}},
                {"ContainsAny": {"Key": "PartnerProjectTitle", "Value": {"StringListValue": [f"{SECRET} moves"]}}},
            ]
        },
    }
    assert connector.send("SearchOpportunities", json.dumps({"Catalog": "Sandbox", **search}).encode()) == 200
    text = connector.saved()
    assert "zqxj" not in text.casefold()
    assert 'found["OpportunitySearchSummaries"]) == 1' in text
    assert outcome(text) == PASSES


def test_a_company_that_is_called_like_a_value_of_a_list_changes_no_list(
    connector: Connector, outcome: Outcome
) -> None:
    deal = connector.deal()
    deal["Customer"]["Account"]["CompanyName"] = "Transportation and Logistics"
    connector.client.create_opportunity(Catalog="Sandbox", ClientToken="listed", **deal)
    text = connector.saved()
    assert '"Industry": "Transportation and Logistics"' in text
    assert outcome(text) == PASSES


def test_whoever_says_so_gets_what_was_sent(connector: Connector, outcome: Outcome) -> None:
    connector.create("crm-1")
    text = connector.saved(reveal=True)
    for sensitive in (SECRET, PROBLEM, "zqxj@example.com", "+4942112345", "28195", '"4200"'):
        assert sensitive in text
    assert "as they were" in text
    assert outcome(text) == PASSES


WRONG: list[Any] = [
    {"Customer": {"Account": {"CompanyName": "Z" * 121}}},
    {"Customer": {"Account": {"CompanyName": "Zqxj", "Address": {"CountryCode": "US", "PostalCode": "zqxj 7"}}}},
    {"Customer": {"Account": {"CompanyName": "Zqxj", "Address": {"CountryCode": "Zqxj"}}}},
    {"Customer": {"Account": {"CompanyName": "Zqxj", "Address": {"CountryCode": "US", "StateOrRegion": "Zqxj"}}}},
    {"Customer": {"Account": {"CompanyName": 7, "Address": {"CountryCode": "DE"}}}},
    {"Customer": {"Account": {"CompanyName": "Zqxj", "Duns": "zqxj"}}},
    {"Customer": {"Contacts": [{"Email": "zqxj at example.com", "Phone": "0421 zqxj"}]}},
    {"Project": {"Title": "Zqxj", "CustomerBusinessProblem": "Zqxj"}},
    {"Project": {"ExpectedCustomerSpend": [{"Amount": "zqxj", "CurrencyCode": "EUR", "TargetCompany": "AWS"}]}},
    {"Project": {"ExpectedCustomerSpend": [{"Amount": "0.00", "CurrencyCode": "EUR", "TargetCompany": "AWS"}]}},
    {"LifeCycle": {"NextSteps": "Zqxj " * 60}},
]


@pytest.mark.parametrize("members", WRONG)
def test_what_was_refused_for_a_sensitive_value_is_refused_alike(
    connector: Connector, outcome: Outcome, members: Any
) -> None:
    request = {"Catalog": "Sandbox", "ClientToken": "wrong", **members}
    assert connector.send("CreateOpportunity", json.dumps(request).encode()) == 400
    text = connector.saved()
    assert "zqxj" not in text.casefold()
    assert outcome(text) == PASSES


SENSITIVE = [name for name, shape in service_model().shapes.items() if shape.sensitive]
LEGAL: dict[str, str] = {
    "AwsAccount": "111122223333",
    "CompanyWebsiteUrl": "https://www.acme.com",
    "CustomerAccountDataDunsString": "123456789",
    "DunsNumber": "123456789",
    "Email": "ada@acme.com",
    "FileUri": "s3://acme/deals.csv",
    "PhoneNumber": "+4942112345",
    "SenderContactEmail": "Ada@acme.com",
    "Amount": "900.50",
    "MonetaryAmount": "900.50",
}


@pytest.mark.parametrize("shape_name", SENSITIVE)
def test_the_placeholder_of_a_legal_value_is_legal(shape_name: str) -> None:
    shape = service_model().shapes[shape_name]
    constraint = text_constraint(shape_name, shape)
    value = LEGAL.get(shape_name, shape.enum[0] if shape.enum else "Ada".ljust(constraint.min_length, "."))
    assert constraint.matches_pattern(value)
    placeholder = Placeholders().hide(shape_name, value)
    assert constraint.matches_pattern(placeholder)
    assert placeholder != value or shape.enum


@pytest.mark.parametrize(
    ("shape_name", "value"),
    [("Address", {"StateOrRegion": "Oregon"}), ("Amount", "0"), ("Amount", ""), ("AddressPart", "  ")],
)
def test_what_names_nobody_stays(shape_name: str, value: Any) -> None:
    assert Placeholders().hide(shape_name, value) == value


def test_amounts_that_are_one_stay_one() -> None:
    placeholders = Placeholders()
    amounts = [placeholders.hide("Amount", amount) for amount in ("900", "900.00", "901")]
    assert amounts[1] == f"{amounts[0]}.00"
    assert len(set(amounts)) == 3


def test_where_no_other_value_is_refused_alike_that_is_said() -> None:
    with pytest.raises(UserError, match="a value of Text cannot be hidden") as refused:
        Placeholders().hide("Email", "ADA@ACME.COM")
    assert refused.value.next_step == "save it with --reveal"
