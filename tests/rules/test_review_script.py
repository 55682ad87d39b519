"""Scripts of AWS's side: which rule fits, and what a mistake in one is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.rules.aws_side.review_script import Script, ScriptMistake, automatic, rule_for, script_of, spend_of
from cosell.time_texts import LONGEST_MS, span_ms
from cosell.wire.decode import checked_structure
from cosell.wire.types import GetOpportunityResponse
from tests.store.caller import record

SPEND = {"Amount": "1000.50", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
FULL = {
    "PartnerOpportunityIdentifier": "crm-4711",
    "Customer": {"Account": {"CompanyName": "Blue Heron", "Industry": "Retail", "Address": {"CountryCode": "NZ"}}},
    "Project": {
        "Title": "Migration of the shop",
        "ExpectedCustomerSpend": [SPEND, SPEND | {"Amount": "99"}, SPEND | {"TargetCompany": "Self"}],
    },
}
MEETS = [
    {},
    {"company": "blue*"},
    {"company": "BLUE HERON"},
    {"title": "*shop"},
    {"partner_id": "crm-????"},
    {"industry": "retail"},
    {"country": "[a-n]z"},
    {"min_spend": 1099.5},
    {"max_spend": 1099.5},
    {"submission": 2},
    {"chance": 1},
    {"company": "*", "title": "*", "partner_id": "*", "min_spend": 0, "submission": 2},
]
MISSES = [
    {"company": "heron"},
    {"title": "*shop?"},
    {"partner_id": "CRM"},
    {"industry": "Other"},
    {"country": "DE"},
    {"min_spend": 1099.51},
    {"max_spend": 1099.49},
    {"submission": 1},
    {"chance": 0},
    {"company": "blue*", "country": "DE"},
]


def opportunity(**members: Any) -> GetOpportunityResponse:
    return checked_structure(GetOpportunityResponse, record("O1", **members))


def first(rules: list[dict[str, Any]], of: GetOpportunityResponse, *, draw: float = 0.5) -> int | None:
    return rule_for(script_of({"when": rules}), of, 2, lambda _: draw)


@pytest.mark.parametrize("conditions", MEETS, ids=str)
def test_a_rule_fits_whose_conditions_are_all_met(conditions: dict[str, Any]) -> None:
    assert first([conditions], opportunity(**FULL)) == 0


@pytest.mark.parametrize("conditions", MISSES, ids=str)
def test_a_rule_with_a_condition_that_is_not_met_does_not_fit(conditions: dict[str, Any]) -> None:
    assert first([conditions], opportunity(**FULL)) is None


def test_the_first_rule_that_fits_is_followed() -> None:
    rules: list[dict[str, Any]] = [{"company": "nobody"}, {"chance": 0.5}, {"chance": 0.6}, {}]
    assert first(rules, opportunity(**FULL), draw=0.49) == 1
    assert first(rules, opportunity(**FULL), draw=0.55) == 2
    assert first(rules, opportunity(**FULL), draw=0.99) == 3


def test_what_an_opportunity_does_not_have_is_an_empty_text() -> None:
    assert first([{"company": "?*"}, {"title": "?*"}, {"country": "?*"}, {"company": "*"}], opportunity()) == 3
    assert spend_of(opportunity()) == 0
    assert spend_of(opportunity(Project={"ExpectedCustomerSpend": [SPEND | {"Amount": None}]})) == 0


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ([], "object"),
        ({}, "when"),
        ({"when": [], "whne": []}, "whne"),
        ({"when": [{"cmopany": "x"}]}, "cmopany"),
        ({"when": [{"chance": 2}]}, "chance"),
        ({"when": [{"then": [{"do": "dance"}]}]}, "dance"),
        ({"when": [{"then": [{"do": "start", "after": "soon"}]}]}, "rule 1, step 1: 'soon'"),
        ({"when": [{}, {"then": [{"do": "start"}, {"do": "edit"}]}]}, "rule 2, step 2: an edit"),
        ({"when": [{"then": [{"do": "approve", "view": {"LifeCycle": {"Stage": "Engaged"}}}]}]}, "an edit"),
        ({"when": [{"then": [{"do": "start", "comment": "Hi"}]}]}, "verdict"),
        ({"when": [{"then": [{"do": "edit", "view": {"Origin": "AWS Referral"}}]}]}, "view.Origin"),
        ({"when": [{"then": [{"do": "edit", "life_cycle": {"ReviewStatus": "Approved"}}]}]}, "lifeCycle.ReviewStatus"),
        ({"when": [{"then": [{"do": "edit", "view": {"Insights": {"EngagementScore": "Top"}}}]}]}, "EngagementScore"),
        ({"when": [{"then": [{"do": "edit", "view": {"LifeCycle": "Engaged"}}]}]}, "LifeCycle"),
        ({"when": [{"then": [{"do": "edit", "life_cycle": {"Stage": "Closed Lost"}}]}]}, "needs a ClosedLostReason"),
    ],
)
def test_a_mistake_is_reported_in_one_sentence_with_its_place(document: Any, named: str) -> None:
    with pytest.raises(ScriptMistake) as told:
        script_of(document)
    assert named in str(told.value)
    assert "\n" not in str(told.value)


@given(
    start=st.integers(0, LONGEST_MS),
    verdict=st.integers(0, LONGEST_MS),
    action_required=st.floats(0, 1),
    rejected=st.floats(0, 1),
)
def test_the_automatic_reviewer_is_a_script_of_the_same_format(
    start: int, verdict: int, action_required: float, rejected: float
) -> None:
    script = script_of(automatic(start, verdict, action_required, rejected, 3))
    assert isinstance(script, Script)
    assert {tuple(span_ms(step.after) for step in rule.then) for rule in script.when} == {(start, verdict)}
    assert [rule.then[-1].do for rule in script.when] == ["action-required", "reject", "approve"]
