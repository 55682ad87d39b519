"""NextToken of a search: it leads on for the same question in whatever words, and is worth nothing for any other."""

from collections.abc import Iterator
from typing import Any

import pytest

from cosell.engine import Engine
from tests.conftest import OTHER_ACCOUNT
from tests.search.oracle import SORT_KEYS, Row
from tests.search.partner import Partner
from tests.search.some_deals import some_deals
from tests.search.test_illegal_trees import leaf
from tests.store.caller import DAY_MS, HandClock, Record, Refused, record

STAGE = leaf("ContainsAny", "Stage", StringListValue=["Prospect", "qualified"])
AMOUNT = leaf("GreaterThan", "EstimatedMrr", DoubleValue=10)
CREATED = leaf("GreaterThan", "CreatedDate", DateValue="2020-01-01T00:00:00Z")
QUESTION: Record = {
    "Keyword": "o",
    "Filter": {"OrAllFilters": [STAGE, {"AndAllFilters": [AMOUNT, CREATED]}]},
    "Sort": {"SortBy": "PartnerProjectTitle", "SortOrder": "ASCENDING"},
}
SAME: dict[str, Record] = {
    "the keyword in capitals, between spaces": {"Keyword": "  O\t"},
    "the parts in another order, and twice": {
        "Filter": {"OrAllFilters": [{"AndAllFilters": [CREATED, AMOUNT, CREATED]}, STAGE, STAGE]}
    },
    "a list within a list": {
        "Filter": {"OrAllFilters": [{"OrAllFilters": [STAGE]}, {"AndAllFilters": [AMOUNT, CREATED]}]}
    },
    "texts in another order and case": {
        "Filter": {
            "OrAllFilters": [
                leaf("ContainsAny", "Stage", StringListValue=["QUALIFIED", "prospect", "Qualified"]),
                {
                    "AndAllFilters": [
                        leaf("GreaterThan", "EstimatedMrr", LongValue=10),
                        leaf("GreaterThanOrEquals", "CreatedDate", DateValue="2020-01-01T00:00:00.000001+00:00"),
                    ]
                },
            ]
        }
    },
    "two negations": {"Filter": {"NotFilter": {"NotFilter": {"OrAllFilters": [STAGE, {"NotFilter": None} | AMOUNT]}}}},
    "another page size": {"MaxResults": 100},
}
OTHER: dict[str, Record] = {
    "another account": {},
    "another catalog": {"Catalog": "AWS"},
    "another keyword": {"Keyword": "oo"},
    "no keyword": {"Keyword": None},
    "no filter": {"Filter": None},
    "a part of the filter": {"Filter": STAGE},
    "and for or": {"Filter": {"AndAllFilters": [STAGE, {"AndAllFilters": [AMOUNT, CREATED]}]}},
    "the contrary": {"Filter": {"NotFilter": QUESTION["Filter"]}},
    "another order": {"Sort": {"SortBy": "PartnerProjectTitle", "SortOrder": "DESCENDING"}},
    "another sort key": {"Sort": {"SortBy": "NextStep", "SortOrder": "ASCENDING"}},
    "no order": {"Sort": None},
}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def partner(clock: HandClock) -> Iterator[Partner]:
    """A partner with opportunities in each catalog."""
    engine = Engine.open(":memory:", clock=clock)
    for catalog in ("AWS", "Sandbox"):
        Partner(engine, catalog=catalog).put_rows(some_deals())
    yield Partner(engine)
    engine.close()


def refusal(partner: Partner, token: str, request: Record) -> Record:
    """The body of the refusal of a token."""
    with pytest.raises(Refused) as refused:
        partner.search(**request, NextToken=token)
    body = refused.value.body
    assert (refused.value.status, body["Reason"]) == (400, "REQUEST_VALIDATION_FAILED")
    assert [(error["FieldName"], error["Code"]) for error in body["ErrorList"]] == [("NextToken", "INVALID_VALUE")]
    return body


@pytest.mark.parametrize("words", [words for words in SAME if words != "two negations"])
def test_the_same_question_in_other_words_is_led_on(partner: Partner, words: str) -> None:
    whole = partner.walk(QUESTION, [100])
    first = partner.search(**QUESTION, MaxResults=3)
    rest = partner.search(**{"MaxResults": 100} | QUESTION | SAME[words], NextToken=first["NextToken"])
    assert first["OpportunitySearchSummaries"] + rest["OpportunitySearchSummaries"] == whole


def test_two_negations_are_none(partner: Partner) -> None:
    plain = {"Filter": {"OrAllFilters": [STAGE, AMOUNT]}}
    token = partner.search(**plain, MaxResults=3)["NextToken"]
    assert partner.search(**SAME["two negations"], NextToken=token) == partner.search(**plain, NextToken=token)


@pytest.mark.parametrize("contradiction", OTHER)
def test_a_token_of_another_question_is_refused(partner: Partner, contradiction: str) -> None:
    token = partner.search(**QUESTION, MaxResults=3)["NextToken"]
    asker = Partner(partner.engine, OTHER_ACCOUNT) if contradiction == "another account" else partner
    refused = refusal(asker, token, QUESTION | OTHER[contradiction])
    assert refused == refusal(partner, "rubbish", QUESTION), "no answer tells why a token is refused"


def test_a_token_of_a_list_is_none_of_a_search(partner: Partner) -> None:
    refusal(partner, partner.page(MaxResults=3)["NextToken"], {})
    with pytest.raises(Refused):
        partner.page(NextToken=partner.search(MaxResults=3)["NextToken"])


def test_a_token_lives_for_a_day(partner: Partner, clock: HandClock) -> None:
    token = partner.search(**QUESTION, MaxResults=3)["NextToken"]
    clock.now_ms += DAY_MS
    assert partner.search(**QUESTION, NextToken=token)["OpportunitySearchSummaries"]
    clock.now_ms += 1
    refusal(partner, token, QUESTION)


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", SORT_KEYS)
def test_a_token_leads_on_behind_the_longest_texts(partner: Partner, by: str, order: str) -> None:
    long = "\U0001d504" * 255
    partner = Partner(partner.engine, OTHER_ACCOUNT)
    members: dict[str, Any] = {
        "Customer": {"Account": {"CompanyName": long, "Industry": long, "AwsAccountId": long}},
        "Project": {"Title": long, "ApnPrograms": [long]},
        "LifeCycle": {"Stage": "Prospect", "NextSteps": long},
        "PartnerOpportunityIdentifier": long,
        "RelatedEntityIdentifiers": {"AwsMarketplaceOffers": [long], "AwsMarketplaceOfferSets": [f"{long}/{long}"]},
        "OpportunityTeam": [{"FirstName": long, "LastName": long, "BusinessTitle": "OpportunityOwner"}],
    }
    partner.put_rows([Row(record(f"O{number}", **members), {long: long}, None) for number in range(3)])
    found = partner.walk({"Sort": {"SortBy": by, "SortOrder": order}}, [1])
    assert sorted(summary["Id"] for summary in found) == ["O0", "O1", "O2"]
