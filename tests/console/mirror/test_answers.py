"""A console asks a mirror, and gets what a server with the same opportunities would answer."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from cosell.console.figures import pipelines
from cosell.console.figures.figures import Figures
from cosell.console.figures.pipelines import Pipelines
from cosell.serve import mirror_search, mirror_steps
from cosell.sync.targets.open import open_target
from tests.conftest import OTHER_ACCOUNT
from tests.console.mirror.shelf import HERE, Shelf, taken
from tests.console.test_following_figures import customers, life_cycles, plain, shown, spends
from tests.list_opportunities import oracle as lists
from tests.list_opportunities import questions as list_questions
from tests.list_opportunities.walk import walk
from tests.search import oracle as searches
from tests.search import questions as search_questions
from tests.search.oracle import Record, Row
from tests.search.partner import Partner
from tests.search.some_deals import some_deals
from tests.store.caller import NOON_MS, Refused, record, stored_form

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


IDENTIFIERS = [*list_questions.IDENTIFIERS, *(f"O{number}" for number in range(80, 140))]


def some_names() -> list[Record]:
    """Opportunities with names that are hard to put in order, identifiers too, and many ties."""
    return [taken(_named(number, name)) for number, name in enumerate([*list_questions.NAMES, "ss", "a", "A"])]


def _named(number: int, name: str) -> Record:
    offsets = list_questions.OFFSETS_MS
    day = [None, *list_questions.DAYS][number % 6]
    life_cycle = {
        "Stage": lists.STAGES[number % len(lists.STAGES)],
        "ReviewStatus": lists.REVIEW_STATUSES[number // 2 % len(lists.REVIEW_STATUSES)],
    }
    return record(
        IDENTIFIERS[number * 5 % len(IDENTIFIERS)],
        last_modified_ms=NOON_MS + offsets[number % len(offsets)],
        created_ms=NOON_MS + offsets[number // 3 % len(offsets)],
        LifeCycle=life_cycle if day is None else life_cycle | {"TargetCloseDate": day},
        Customer={"Account": {"CompanyName": name}} if number % 7 else {},
    )


@pytest.fixture(scope="module")
def names(shared: Shelf) -> Shelf:
    """A mirror of them, one of which has vanished."""
    shared.empty()
    shared.keep([*some_names(), record("O1")])
    shared.mirror.mark_vanished(shared.run, ["O1"], NOON_MS)
    return shared


@settings(max_examples=15, suppress_health_check=SHARED)
@given(request=list_questions.requests(), sizes=list_questions.page_sizes)
def test_lists_are_those_of_a_server(names: Shelf, request: dict[str, Any], sizes: list[int]) -> None:
    expected = lists.answer(some_names(), request)
    event(f"{min(len(expected), 10)} found")
    assert walk(names.partner, request, sizes) == expected


DEALS = [Row(taken(deal.record), {}, deal.view) for deal in some_deals()]
"""What a mirror has of opportunities: no tags."""


@pytest.fixture(scope="module")
def deals() -> Iterator[Shelf]:
    """A mirror of them, with details. Which database it is in, only lists can tell."""
    with open_target("sqlite:///:memory:") as mirror:
        shelf = Shelf(mirror)
        shelf.keep_deals(DEALS)
        yield shelf


@settings(max_examples=30, suppress_health_check=SHARED)
@given(request=search_questions.requests(), sizes=search_questions.page_sizes, at_once=st.sampled_from([1, 7, 500]))
def test_searches_are_those_of_a_server(deals: Shelf, request: dict[str, Any], sizes: list[int], at_once: int) -> None:
    expected = searches.answer(DEALS, request)
    event(f"{min(len(expected), 10)} found")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mirror_search, "AT_ONCE", at_once)
        assert deals.partner.walk(request, sizes) == expected


def test_each_opportunity_is_that_of_a_server(shelf: Shelf) -> None:
    shelf.keep_deals(DEALS[:5])
    for deal in DEALS[:5]:
        identifier = deal.record["Id"]
        assert shelf.partner.get(identifier) == deal.record
        if deal.view is not None:
            assert shelf.partner("GetAwsOpportunitySummary", RelatedOpportunityIdentifier=identifier) == deal.view
    assert shelf.partner("ListTagsForResource", ResourceArn=DEALS[0].record["Arn"]) == {"Tags": []}
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        shelf.partner.get("O1")


def test_the_whole_opportunity_is_shown_unless_the_summary_is_newer(shelf: Shelf) -> None:
    deal, title = DEALS[0], DEALS[0].record["Project"]["Title"]
    shelf.keep_deals([deal])
    identifier = deal.record["Id"]
    later = deal.record | {"LastModifiedDate": "2040-01-01T00:00:00.000Z"}
    shelf.keep([later])
    assert "Title" not in shelf.partner.get(identifier).get("Project", {})
    assert shelf.partner.search(Keyword=title)["OpportunitySearchSummaries"] == []
    shelf.keep_deals([Row(later, {}, None)])
    assert shelf.partner.get(identifier)["Project"]["Title"] == title
    assert [one["Id"] for one in shelf.partner.search(Keyword=title)["OpportunitySearchSummaries"]] == [identifier]


def test_what_cannot_be_shown_is_left_out_of_every_answer(shelf: Shelf) -> None:
    """Whatever it lacks, and whether it was fit to be shown before."""
    there: dict[str, Record] = {
        name: {"Id": name, "LastModifiedDate": "2026-01-01T00:00:00Z"} for name in ("O1", "O2", "O3", "X4")
    }
    there["O2"]["LifeCycle"] = {"Stage": "Unheard of"}
    shelf.keep_raw(there.values())
    following = Pipelines(shelf.partner.engine.store)
    assert [one["Id"] for one in shelf.partner.page(MaxResults=2)["OpportunitySummaries"]] == ["O3", "O1"]
    found = shelf.partner.search(Keyword="o")["OpportunitySearchSummaries"]
    assert [(one["Id"], one["LifeCycle"]["Stage"]) for one in found] == [("O3", "Prospect"), ("O1", "Prospect")]
    assert shown(following, HERE)["partitions"] == {("Prospect", "Pending Submission"): 2}
    for identifier, stage in (("O1", "Unheard of"), ("O2", "Unheard of either"), ("O2", "Qualified")):
        there[identifier] |= {"LifeCycle": {"Stage": stage}, "LastModifiedDate": "2026-01-02T00:00:00Z"}
        shelf.keep_raw([there[identifier]])
        shown(following, HERE)
    assert shown(following, HERE)["partitions"] == {
        ("Prospect", "Pending Submission"): 1,
        ("Qualified", "Pending Submission"): 1,
    }
    with shelf.store.read(HERE) as tx:
        assert tx.count() == 2
    following.close()


def test_a_stage_that_does_not_exist_is_nobodys(deals: Shelf) -> None:
    nowhere = {"EqualsTo": {"Key": "Stage", "Value": {"StringValue": "Unheard of"}}}
    assert deals.partner.search(Filter=nowhere) == {"OpportunitySearchSummaries": []}


def test_a_search_that_takes_too_long_says_what_to_ask_instead(deals: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror_search, "PATIENCE_S", -1)
    with pytest.raises(Refused, match="Ask for a stage or a review status too") as refused:
        deals.partner.search(Keyword="nowhere")
    assert refused.value.name == "ServiceUnavailableException"


def test_nothing_of_another_account_is_there(deals: Shelf) -> None:
    stranger = Partner(deals.partner.engine, OTHER_ACCOUNT)
    assert stranger.page() == {"OpportunitySummaries": []}
    assert stranger.search() == {"OpportunitySearchSummaries": []}
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        stranger.get(DEALS[0].record["Id"])
    with deals.store.read(stranger.scope) as tx:
        assert tx.step(None).is_last
        assert tx.count() == 0


figures = st.fixed_dictionaries(
    {},
    optional={
        "LifeCycle": life_cycles,
        "Customer": customers.filter(lambda one: "\0" not in one["Account"]["CompanyName"]),
        "Project": spends.map(lambda entries: {"ExpectedCustomerSpend": entries, "DeliveryModels": ["Resell"]}),
    },
)
happenings = st.lists(
    st.tuples(st.sampled_from(["sync", "sync", "sync", "look", "vanish", "anew"]), st.lists(figures, max_size=6)),
    min_size=1,
    max_size=8,
)


LIFE_CYCLE: Final = {"Stage": "Prospect", "ReviewStatus": "Pending Submission"}
SPENT: Final = {"CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS", "Amount": "1"}
EMPTIED: Final = [
    ("sync", [{"LifeCycle": LIFE_CYCLE, "Project": {"ExpectedCustomerSpend": [SPENT], "DeliveryModels": ["Resell"]}}]),
    ("look", []),
    ("sync", [{"LifeCycle": LIFE_CYCLE, "Project": {"ExpectedCustomerSpend": [], "DeliveryModels": ["Resell"]}}]),
]
"""A list of structures that becomes an empty one."""


@example(happenings=EMPTIED, of_a_step=1_000)
@settings(max_examples=12, suppress_health_check=SHARED)
@given(happenings=happenings, of_a_step=st.sampled_from([1, 2, 1_000]))
def test_figures_are_those_of_a_server_whatever_a_sync_brings(
    shelf: Shelf, happenings: list[tuple[str, list[Record]]], of_a_step: int
) -> None:
    shelf.empty()
    there: dict[str, Record] = {}
    following = Pipelines(shelf.partner.engine.store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipelines, "KEPT_ON_THE_WAY", 2)
        patch.setattr(mirror_steps, "ROWS_OF_A_STEP", of_a_step)
        patch.setattr(mirror_steps, "CHANGES_OF_A_STEP", of_a_step)
        for number, (what, documents) in enumerate(happenings):
            if what == "sync":
                page = [
                    record(f"O{place * (1 + number % 2)}", last_modified_ms=NOON_MS + number, **members)
                    for place, members in enumerate(documents)
                ]
                shelf.keep(page)
                there |= {one["Id"]: one for one in page}
            elif what == "vanish":
                gone = list(there)[: len(documents)]
                shelf.mirror.mark_vanished(shelf.run, gone, NOON_MS)
                there = {identifier: one for identifier, one in there.items() if identifier not in gone}
            elif what == "anew":
                shelf.empty()
                there = {}
            if what == "look":
                assert shown(following, HERE) == counted(there)
        assert shown(following, HERE) == counted(there)
    following.close()


def counted(there: dict[str, Record]) -> dict[str, Any]:
    """A plain count."""
    count = Figures()
    for one in there.values():
        count.add(stored_form(one).summary)
    return plain(count)
