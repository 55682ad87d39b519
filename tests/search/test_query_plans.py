"""How SQLite reads for a search: through the index of the order, in its order, and beside it by numbers alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from cosell.context import Scope
from cosell.rules.list.page_token import Position
from cosell.rules.list.sort_keys import company_key
from cosell.rules.search.entry import CODED, LISTS, WRITTEN, Span
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question
from cosell.store.search import ANY_ORDER, judge_plan
from cosell.store.search_index import ALWAYS, All, Element, Empty, Equal, Identified, No, OneOf, Test, Within, Words
from cosell.store.search_leads import Ranged
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name
from cosell.store.sql.search_columns import COLUMNS, index_of
from cosell.store.sqlite import SqliteStore
from cosell.store.sqlite.search_reading import SqliteSearchIndex
from cosell.store.sqlite.transaction import SqliteReadTransaction
from tests.search.oracle import SORT_KEYS


@pytest.fixture(scope="module")
def reading() -> Iterator[SqliteReadTransaction]:
    store = SqliteStore(":memory:", new_token_key=b"key")
    with store.read(Scope("111122223333", "Sandbox")) as tx:
        yield tx
    store.close()


def steps(reading: SqliteReadTransaction, query: str, bindings: Any) -> list[str]:
    """How SQLite goes about a query."""
    rows: Any = reading._connection.execute(f"EXPLAIN QUERY PLAN {query}", bindings).fetchall()
    return [step for *_, step in rows]


def place(by: str) -> Position:
    """A position of an order."""
    key: Any = "0" * 33 if by == "EstimatedMrr" else 1
    return Position(company_key("a") if by in (*CODED, *WRITTEN, *LISTS) else key, "b1")


def index(reading: SqliteReadTransaction, by: str, descending: bool, after: bool, test: Test) -> SqliteSearchIndex:
    question = Question(by, descending, "", None)
    after_place = place(by) if after else None
    return SqliteSearchIndex(reading._connection, 1, question, test, after_place, has_pending=True)


def conditions(by: str) -> list[Test]:
    """No condition, and those about the field of the order, where there are any for it."""
    if by in CODED:
        return [ALWAYS, OneOf(by, (1, 2)), Empty(by, 1), No(Empty(by, 1))]
    if by in WRITTEN:
        return [ALWAYS, Equal(by, "a")]
    if by in LISTS:
        return [ALWAYS, Empty(by, 1), No(Empty(by, 1))]
    return [ALWAYS] if by == "OpportunityId" else [ALWAYS, Within(by, Span(1, 9))]


SEEKS = {f"SEARCH {table} USING INTEGER PRIMARY KEY (rowid=?)" for table in "ewr"}


@pytest.mark.parametrize("descending", [False, True], ids=["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", SORT_KEYS)
@pytest.mark.parametrize("after", [False, True], ids=["the first page", "another page"])
def test_a_walk_goes_along_the_index_of_its_order(
    reading: SqliteReadTransaction, by: str, descending: bool, after: bool
) -> None:
    order = FIELDS[by].order
    wanted = index_of(by) if order is None else index_name(order, partitioned=False)
    for test in conditions(by):
        asked = index(reading, by, descending, after, All((test, Element("Tags", 1), Words("a"))))
        for numbers in asked._walks:
            plan = steps(reading, *asked._walk_query(numbers, 100, 21))
            assert any(f"USING COVERING INDEX {wanted} (scope_id=?" in step for step in plan), plan
            assert not any("TEMP B-TREE" in step or step.startswith(("SCAN e", "SCAN w")) for step in plan), plan
            assert set(plan) >= SEEKS


@pytest.mark.parametrize("by", SORT_KEYS)
@pytest.mark.parametrize("first", [99, None], ids=["as far as needed", "all"])
def test_candidates_are_looked_up_and_sorted(reading: SqliteReadTransaction, by: str, first: int | None) -> None:
    asked = index(reading, by, False, True, All((Element("Tags", 1), Words("a"))))
    plan = steps(reading, *asked._best_query([1, 2, 3], 21, first))
    assert set(plan) >= SEEKS
    assert plan.count("USE TEMP B-TREE FOR ORDER BY") == 1
    assert not any(step.startswith(("SCAN e", "SCAN w", "SCAN r")) for step in plan), plan


@pytest.mark.parametrize(
    "test",
    [
        Identified("b1"),
        *(Equal(field, "a") for field in WRITTEN),
        *(Within(field, Span(1, 9)) for field in ("LastModifiedDate", "CreatedDate", "TargetCloseDate")),
        Within("EstimatedMrr", Span(1, None)),
    ],
    ids=str,
)
def test_a_range_is_read_from_its_index(reading: SqliteReadTransaction, test: Equal | Identified | Within) -> None:
    asked = index(reading, "Stage", False, False, ALWAYS)
    field = "OpportunityId" if isinstance(test, Identified) else test.field
    order = FIELDS[field].order
    wanted = index_of(field) if order is None else index_name(order, partitioned=False)
    query = asked._lead_query(Ranged(test), patient=False)
    (step,) = steps(reading, query.query, query.bindings)
    assert f"USING COVERING INDEX {wanted} (scope_id=? AND {COLUMNS[field]}"[:60] in step


@pytest.mark.parametrize("descending", [False, True], ids=["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", SORT_KEYS)
@pytest.mark.parametrize("after", [None, Position(1, "b1")], ids=["the first page", "another page"])
def test_everything_is_judged_in_the_order_of_an_index(
    reading: SqliteReadTransaction, by: str, descending: bool, after: Position | None
) -> None:
    plan = judge_plan(Question(by, descending, "", None), after)
    assert plan.in_order == (FIELDS[by].order is not None)
    assert plan.order == FIELDS[by].order or (not plan.in_order and plan.order == ANY_ORDER)
    explained = steps(reading, *reading._judge_query(plan))
    bounds = "" if after is None or not plan.in_order else " AND "
    wanted = index_name(plan.order, partitioned=False)
    assert explained[0].startswith(f"SEARCH opportunity USING COVERING INDEX {wanted} (scope_id=?{bounds}")
    assert bounds == "" or KEY_COLUMNS[plan.order] in explained[0]
    assert explained[1] == "SEARCH opportunity_record USING INTEGER PRIMARY KEY (rowid=?)"
    assert all("SCALAR SUBQUERY" in step or "USING PRIMARY KEY" in step for step in explained[2:]), "nothing is sorted"
