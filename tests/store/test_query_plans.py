"""How SQLite reads a page: always by seeking in the index that was meant, in its order, never through a whole table."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Range, Selector
from cosell.rules.list.sort_keys import SORT_NAMES, Key, SortBy, company_key
from cosell.store.page_plan import Drive, Plan, plan
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name
from cosell.store.sqlite import SqliteStore
from cosell.store.sqlite.page_sql import count_query, page_query

FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "stage": {"stages": ("Prospect",)},
    "status": {"review_statuses": ("Approved",)},
    "stage and status": {"stages": ("Prospect",), "review_statuses": ("Approved",)},
    "nine pairs of stages and statuses": {
        "stages": ("Prospect", "Qualified", "Committed"),
        "review_statuses": ("Approved", "Rejected", "Submitted"),
    },
    "company": {"companies": ("a",)},
    "ten companies": {"companies": tuple("abcdefghij")},
    "identifier": {"id_keys": ("c15",)},
    "twenty identifiers": {"id_keys": tuple(f"c{number}" for number in range(10, 30))},
    "changed": {"ranges": (("LastModifiedDate", Range(5, 50)),)},
    "changed since": {"ranges": (("LastModifiedDate", Range(5)),)},
    "created": {"ranges": (("CreatedDate", Range(5, 50)),)},
    "closing": {"ranges": (("TargetCloseDate", Range(5, 50)),)},
    "stage and changed": {"stages": ("Prospect",), "ranges": (("LastModifiedDate", Range(5, 50)),)},
    "everything": {
        "stages": ("Prospect", "Qualified"),
        "review_statuses": ("Approved",),
        "companies": ("a", "b"),
        "ranges": tuple((key, Range(5, 50)) for key in ("LastModifiedDate", "CreatedDate", "TargetCloseDate")),
    },
}
MIDDLE: dict[SortBy, Key] = {
    "LastModifiedDate": 20,
    "Identifier": "c15",
    "CustomerCompanyName": company_key("a"),
    "CreatedDate": 20,
    "TargetCloseDate": 20,
}


@pytest.fixture(scope="module")
def store() -> Iterator[SqliteStore]:
    store = SqliteStore(":memory:", new_token_key=b"key")
    yield store
    store.close()


def explained(store: SqliteStore, query: tuple[str, Any]) -> list[str]:
    """SQLite's own words on how it will run a query."""
    return [str(row[3]) for row in store._writer.execute(f"EXPLAIN QUERY PLAN {query[0]}", query[1])]


def selectors(filters: str) -> Iterator[Selector]:
    for sort_by, descending in itertools.product(SORT_NAMES, (False, True)):
        nothing = dict.fromkeys(("id_keys", "companies", "stages", "review_statuses", "ranges"), ())
        yield Selector(**{"sort_by": sort_by, "descending": descending} | nothing | FILTERS[filters])


def nothing_found(_: Drive, __: int) -> int:
    """A count that makes the planner read a filter's range whole."""
    return 0


def more_than_asked(_: Drive, limit: int) -> int:
    """A count that makes the planner walk."""
    return limit


def plans(filters: str) -> Iterator[tuple[Plan, bool]]:
    """Every plan of a filter that reads anything, and whether it is of a page behind a position."""
    for selector, deep, narrow in itertools.product(selectors(filters), (False, True), (False, True)):
        position = Position(MIDDLE[selector.sort_by], "c15") if deep else None
        chosen = plan(selector, position, nothing_found if narrow else more_than_asked)
        if chosen.drive.ranges:
            yield chosen, deep


@pytest.mark.parametrize("filters", FILTERS)
def test_every_page_is_sought_in_the_index_that_was_meant(store: SqliteStore, filters: str) -> None:
    for chosen, _ in plans(filters):
        steps = explained(store, page_query(1, chosen, 21))
        searches = [step for step in steps if step.startswith("SEARCH") and "INTEGER PRIMARY KEY" not in step]
        index = index_name(chosen.drive.key, partitioned=bool(chosen.drive.partitions))
        zones = [
            search for search in searches if search.startswith("SEARCH zone USING PRIMARY KEY (scope_id=? AND sort=?")
        ]
        rows = [search for search in searches if search not in zones]
        assert len(zones) == chosen.skips
        assert len(rows) == len(chosen.drive.ranges) * max(1, len(chosen.drive.partitions))
        assert all(f" {index} (scope_id=?" in row for row in rows), searches
        assert [step for step in steps if re.match(r"SCAN (opportunity|zone)\b", step)] == []


@pytest.mark.parametrize("filters", FILTERS)
def test_pages_that_follow_their_index_are_never_sorted(store: SqliteStore, filters: str) -> None:
    for chosen, _ in plans(filters):
        sorts = [step for step in explained(store, page_query(1, chosen, 21)) if "TEMP B-TREE" in step]
        assert (sorts == []) == chosen.ordered, (chosen, sorts)


@pytest.mark.parametrize("filters", FILTERS)
def test_what_is_sorted_or_merged_is_never_fetched_before(store: SqliteStore, filters: str) -> None:
    for chosen, _ in plans(filters):
        steps = explained(store, page_query(1, chosen, 21))
        if "SCAN found" in steps:
            rows = [step for step in steps if step.startswith("SEARCH opportunity") and "INTEGER PRIMARY" not in step]
            assert rows
            assert all("USING COVERING INDEX" in row for row in rows), rows


@pytest.mark.parametrize("filters", FILTERS)
def test_deep_pages_seek_to_their_position(store: SqliteStore, filters: str) -> None:
    for chosen, deep in plans(filters):
        if not (deep and chosen.ordered):
            continue
        bounded = re.compile(
            r"sort=\? AND low[<>]\?"
            if chosen.skips
            else r"id_key[<>]\?"
            if chosen.drive.key == "Identifier"
            else rf"\({KEY_COLUMNS[chosen.drive.key]},id_key\)[<>]"
        )
        within = [span for span in chosen.drive.ranges if span.after or span.before]
        seeks = [step for step in explained(store, page_query(1, chosen, 21)) if bounded.search(step)]
        assert len(seeks) >= len(within) * max(1, len(chosen.drive.partitions))


@pytest.mark.parametrize("filters", FILTERS)
def test_the_planners_counts_touch_nothing_but_an_index(store: SqliteStore, filters: str) -> None:
    counted: list[Drive] = []

    def count_up_to(drive: Drive, limit: int) -> int:
        counted.append(drive)
        return limit

    for selector in selectors(filters):
        plan(selector, None, count_up_to)
    for drive in counted:
        steps = explained(store, count_query(1, drive, 2001))
        assert [step for step in steps if step.startswith("SCAN") and "SUBQUERY" not in step.upper()] == [], steps
        assert all("COVERING INDEX" in step for step in steps if step.startswith("SEARCH"))


def test_a_full_merge_of_all_partitions_reads_lazily(store: SqliteStore) -> None:
    """All stages named: 42 ranges. Each is opened, but no more rows are read of it than the merge asks for."""
    with_stages = Selector(
        "LastModifiedDate",
        descending=True,
        id_keys=(),
        companies=(),
        stages=("Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed", "Launched"),
        review_statuses=(),
        ranges=(),
    )
    text, values = page_query(1, plan(with_stages, None, more_than_asked), 21)
    assert _steps_of(store, text, values, rows=4_000) < 2 * _steps_of(store, text, values, rows=400)


def _steps_of(store: SqliteStore, text: str, values: Any, rows: int) -> int:
    """How many tens of instructions SQLite takes for a page of `rows` opportunities, spread over all partitions."""
    writer = store._writer
    writer.execute("BEGIN")
    writer.execute(
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?) "
        "INSERT INTO opportunity (scope_id, id_key, stage, review_status, last_modified, created, target_close, "
        "company, summary) SELECT 1, 'h' || (1000000 + n), 1 + n % 7, 1 + n / 7 % 6, n, n, n, x'00', x'00' FROM number",
        (rows,),
    )
    taken = 0

    def one_more() -> bool:
        nonlocal taken
        taken += 1
        return False  # True would interrupt

    writer.set_progress_handler(one_more, 10)
    found = writer.execute(text, values).fetchall()
    writer.set_progress_handler(None)
    writer.execute("ROLLBACK")
    assert len(found) == 21
    return taken
