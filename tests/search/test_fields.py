"""Every field with every operator that goes with it, every order both ways, and the readings that are our choice."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cosell import flow
from cosell.engine import Engine
from tests.search import oracle
from tests.search.oracle import DATES, LISTS, NUMBERS, ONE_TEXT, SORT_KEYS, Row
from tests.search.partner import Partner
from tests.search.some_deals import some_deals
from tests.store.caller import NOON_MS, Record, moment, record
from tests.wire.legal_requests import shape_of

RANGES = ["GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals"]


@pytest.fixture(scope="module")
def partner(newcomer: Callable[[], Partner]) -> Partner:
    """Somebody with some dozen opportunities."""
    partner = newcomer()
    partner.put_rows(some_deals())
    return partner


def found(partner: Partner, operator: str, key: str, **value: Any) -> list[str]:
    """Whom one condition finds, as the oracle does."""
    request = {"Filter": {operator: {"Key": key, "Value": value}}}
    shown = partner.walk(request, [100])
    assert shown == oracle.answer(partner.rows(), request)
    return [summary["Id"] for summary in shown]


def test_the_fields_and_orders_are_those_of_the_model() -> None:
    assert {*ONE_TEXT, *LISTS, *DATES, *NUMBERS} == set(shape_of("OpportunitySearchFilterName").enum)
    assert set(SORT_KEYS) == set(shape_of("OpportunitySearchSortName").enum)


@pytest.mark.parametrize("field", [*ONE_TEXT, *LISTS])
def test_a_text_is_found_whole_by_its_parts_and_among_others(partner: Partner, field: str) -> None:
    texts = {text for row in partner.rows() for text in oracle.texts_of(row, field)}
    assert texts
    for text in texts:
        whole = found(partner, "EqualsTo", field, StringValue=text)
        assert whole
        assert found(partner, "ContainsAll", field, StringListValue=[text, text]) == whole
        for part in (text[1:], text[:3].swapcase(), text.upper()):
            found(partner, "EqualsTo", field, StringValue=part or "x")
            found(partner, "ContainsAny", field, StringListValue=[part or "x", "nothing of the kind"])
        for other in sorted(texts)[:5]:
            found(partner, "ContainsAll", field, StringListValue=[text, other])
    missing = found(partner, "ContainsAny", field, StringValue="nothing of the kind")
    assert missing == []


@pytest.mark.parametrize("operator", RANGES)
@pytest.mark.parametrize("field", DATES)
def test_moments_are_compared_as_given(partner: Partner, field: str, operator: str) -> None:
    moments = {oracle.number_of(row, field) for row in partner.rows()} - {None}
    for nanoseconds in moments:
        assert nanoseconds is not None
        written = moment(int(nanoseconds // 10**6)).removesuffix("Z")
        for finer in ("Z", "000001Z", "999999Z"):
            found(partner, operator, field, DateValue=written + finer)


@pytest.mark.parametrize("operator", RANGES)
def test_amounts_are_compared_as_numbers(partner: Partner, operator: str) -> None:
    for number in (0, 7, 8.25, 250.5, 250.499, 8000, 1e9, -1):
        found(partner, operator, "EstimatedMrr", DoubleValue=number)
    found(partner, operator, "EstimatedMrr", LongValue=7)


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", SORT_KEYS)
def test_every_order_is_kept_through_pages_of_every_size(partner: Partner, by: str, order: str) -> None:
    request = {"Sort": {"SortBy": by, "SortOrder": order}}
    expected = oracle.answer(partner.rows(), request)
    for sizes in ([1], [7], [100]):
        assert partner.walk(request, sizes) == expected


@pytest.mark.parametrize(
    "keyword", ["heron", " BLUE   HERON ", "grey heron", "ana silva", "o10", "crm-7", "%", "köln", "  "]
)
def test_a_keyword_is_looked_for_in_six_fields(partner: Partner, keyword: str) -> None:
    request = {"Keyword": keyword}
    assert partner.walk(request, [100]) == oracle.answer(partner.rows(), request)


def test_the_keyword_and_the_filter_both_have_to_match(partner: Partner) -> None:
    qualified = {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Qualified"}}}
    request = {"Keyword": "heron", "Filter": qualified}
    both = partner.walk(request, [100])
    assert both == oracle.answer(partner.rows(), request)
    assert (
        0
        < len(both)
        < min(len(partner.walk({"Filter": qualified}, [100])), len(partner.walk({"Keyword": "heron"}, [100])))
    )


def test_a_page_has_twenty_and_the_newest_comes_first(partner: Partner) -> None:
    page = partner.search()
    assert page["OpportunitySearchSummaries"] == oracle.answer(partner.rows(), {})[:20]
    assert "NextToken" in page


def test_an_amount_of_31_digits_is_told_from_its_neighbours(engine: Engine, newcomer: Callable[[], Partner]) -> None:
    partner = newcomer()
    amounts = {"O1": "9" * 31, "O2": "9" * 30 + "8", "O3": "9" * 30 + "8.99"}
    partner.put_rows([Row(_worth(identifier, amount), {}, None) for identifier, amount in amounts.items()])
    for bound, wanted in (
        ("9" * 30 + "8.5", {"O1", "O3"}),
        ("9" * 30 + "8.990", {"O1"}),
        ("9" * 30 + "8.99e0", {"O1"}),
    ):
        assert set(_more_than(engine, partner, bound)) == wanted
    assert set(_more_than(engine, partner, "9" * 30 + ".8e1")) == {"O1", "O3"}


def _worth(identifier: str, amount: str) -> Record:
    spend = {"Amount": amount, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"}
    return record(identifier, Project={"ExpectedCustomerSpend": [spend]})


def _more_than(engine: Engine, partner: Partner, bound: str) -> list[str]:
    """Whose amount is greater than what is written so."""
    body = '{"Catalog": "Sandbox", "Filter": {"GreaterThan": {"Key": "EstimatedMrr", "Value": {"DoubleValue": %s}}}}'
    headers = {
        b"x-amz-target": b"AWSPartnerCentralSelling.SearchOpportunities",
        b"authorization": f"AWS4-HMAC-SHA256 Credential={partner.scope.account}/".encode(),
    }
    answer = flow.answer(engine, flow.Call("POST", "/", headers, (body % bound).encode()))
    return [summary["Id"] for summary in json.loads(answer.body)["OpportunitySearchSummaries"]]


def test_a_target_close_date_is_the_beginning_of_its_day(newcomer: Callable[[], Partner]) -> None:
    partner = newcomer()
    partner.put_rows([Row(record("O1", LifeCycle={"Stage": "Prospect", "TargetCloseDate": "2026-05-01"}), {}, None)])
    assert found(partner, "LessThanOrEquals", "TargetCloseDate", DateValue="2026-05-01T00:00:00Z") == ["O1"]
    assert found(partner, "LessThan", "TargetCloseDate", DateValue="2026-05-01T00:00:00Z") == []
    assert found(partner, "GreaterThan", "TargetCloseDate", DateValue="2026-04-30T23:59:59.999999Z") == ["O1"]


def test_what_is_missing_fails_a_condition_and_passes_its_negation(newcomer: Callable[[], Partner]) -> None:
    partner = newcomer()
    partner.put_rows([Row(record("O1"), {}, None)])
    for leaf in (
        {"LessThan": {"Key": "EstimatedMrr", "Value": {"LongValue": 1}}},
        {"ContainsAny": {"Key": "NextStep", "Value": {"StringValue": "a"}}},
        {"LessThan": {"Key": "TargetCloseDate", "Value": {"DateValue": moment(NOON_MS)}}},
    ):
        assert partner.walk({"Filter": leaf}, [100]) == []
        assert len(partner.walk({"Filter": {"NotFilter": leaf}}, [100])) == 1


def test_the_example_of_the_documentation_is_the_deepest_legal_tree(partner: Partner) -> None:
    tree = {
        "AndAllFilters": [
            {"ContainsAll": {"Key": "Stage", "Value": {"StringValue": "Qualified"}}},
            {
                "OrAllFilters": [
                    {"GreaterThanOrEquals": {"Key": "EstimatedMrr", "Value": {"DoubleValue": 1000}}},
                    {"NotFilter": {"ContainsAny": {"Key": "Tags", "Value": {"StringListValue": ["archive", "test"]}}}},
                ]
            },
        ]
    }
    request = {"Keyword": "heron", "Filter": tree, "Sort": {"SortBy": "TargetCloseDate", "SortOrder": "ASCENDING"}}
    shown = partner.walk(request, [50])
    assert shown
    assert shown == oracle.answer(partner.rows(), request)
