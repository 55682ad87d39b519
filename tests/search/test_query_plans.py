"""How SQLite reads for a search: through the index of the order, in its order, and beside it by keys alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from cosell.context import Scope
from cosell.rules.list.page_token import Position
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.question import Question
from cosell.store.search import ANY_ORDER, search_plan
from cosell.store.sqlite import SqliteStore
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name
from tests.search.oracle import SORT_KEYS


@pytest.fixture(scope="module")
def store() -> Iterator[SqliteStore]:
    store = SqliteStore(":memory:", new_token_key=b"key")
    yield store
    store.close()


@pytest.mark.parametrize("descending", [False, True], ids=["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", SORT_KEYS)
@pytest.mark.parametrize("after", [None, Position(1, "b1")], ids=["the first page", "another page"])
def test_a_search_reads_through_the_index_of_its_order(
    store: SqliteStore, by: str, descending: bool, after: Position | None
) -> None:
    plan = search_plan(Question(by, descending, "", None), after)
    assert plan.in_order == (FIELDS[by].order is not None)
    assert plan.order == FIELDS[by].order or (not plan.in_order and plan.order == ANY_ORDER)
    with store.read(Scope("111122223333", "Sandbox")) as tx:
        query, bindings = tx._query(plan)
        explained: list[Any] = tx._connection.execute(f"EXPLAIN QUERY PLAN {query}", bindings).fetchall()
    steps = [step for *_, step in explained]
    bounds = "" if after is None or not plan.in_order else " AND "
    index = index_name(plan.order, partitioned=False)
    assert steps[0].startswith(f"SEARCH opportunity USING COVERING INDEX {index} (scope_id=?{bounds}")
    assert bounds == "" or KEY_COLUMNS[plan.order] in steps[0]
    assert steps[1] == "SEARCH opportunity_record USING INTEGER PRIMARY KEY (rowid=?)"
    assert all("SCALAR SUBQUERY" in step or "USING PRIMARY KEY" in step for step in steps[2:]), "nothing is sorted"
