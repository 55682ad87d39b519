"""A page plan in PostgreSQL's words.

The text of a query depends only on the shape of its plan, so it is made once for each shape, and prepared; values are
bound. PostgreSQL has no word for "take this index". So a range that is to be read whole stands in a materialized query,
which no order can lead into another index; and one that is to be walked leaves nothing but its order to go by, since
connections that read do without sorts where an index has the order (`connecting.py`). Several ranges become the arms of
one UNION ALL, which are merged lazily. Tried with 18.6.
"""

import functools

from cosell.rules.list.sort_keys import SortBy
from cosell.store.page_plan import Drive, Plan
from cosell.store.sql.page_parts import (
    KEY_COLUMNS,
    Binding,
    BoundNames,
    arm_values,
    bound_test,
    bounds_of,
    filters_of,
    zone_filters,
)


def page_query(scope_id: int, plan: Plan, limit: int) -> tuple[str, list[Binding]]:
    """The statement that reads a plan's page as (key, id_key, summary), and its values.

    A plan without ranges has no page; do not ask for it.
    """
    bounds = [bounds_of(span, plan.drive.key) for span in plan.drive.ranges]
    filters, filter_values = filters_of(plan)
    if plan.skips:
        ((names, values),) = bounds
        zone_tests, zone_values = zone_filters(plan, _zone_columns(plan.drive.key)[0])
        text = _skipping_page_text(plan.drive.key, names, plan.descending, filters, zone_tests)
        return text, [scope_id, plan.drive.key, *zone_values, scope_id, *values, *filter_values, limit]
    shape = (
        plan.drive.key,
        tuple(names for names, _ in bounds),
        len(plan.drive.partitions),
        plan.sort_by,
        plan.descending,
        filters,
    )
    read = arm_values(scope_id, plan.drive, bounds, filter_values)
    if plan.ordered:
        return _walked_page_text(*shape), [*read, limit]
    return _sorted_page_text(*shape), [*read, limit, scope_id]


def count_query(scope_id: int, drive: Drive, limit: int) -> tuple[str, list[Binding]]:
    """The statement that counts the entries of a drive, up to a limit."""
    bounds = [bounds_of(span, drive.key) for span in drive.ranges]
    text = _count_text(drive.key, tuple(names for names, _ in bounds), len(drive.partitions))
    return text, [*arm_values(scope_id, drive, bounds, []), limit]


@functools.lru_cache(maxsize=4096)
def _walked_page_text(
    key: SortBy,
    ranges: tuple[BoundNames, ...],
    partitions: int,
    sort_by: SortBy,
    descending: bool,
    filters: tuple[str, ...],
) -> str:
    found = _arms(f"{KEY_COLUMNS[sort_by]} AS key, id_key, summary", key, ranges, partitions, filters)
    if len(ranges) * (partitions or 1) > 1:
        found = f"SELECT key, id_key, summary FROM ({found}) AS found"
    return f"{found} ORDER BY {_order(sort_by, descending=descending)} LIMIT ?"


@functools.lru_cache(maxsize=4096)
def _sorted_page_text(
    key: SortBy,
    ranges: tuple[BoundNames, ...],
    partitions: int,
    sort_by: SortBy,
    descending: bool,
    filters: tuple[str, ...],
) -> str:
    order = _order(sort_by, descending=descending)
    found = _arms(f"{KEY_COLUMNS[sort_by]} AS key, id_key", key, ranges, partitions, filters)
    return (
        f"WITH found AS MATERIALIZED ({found}), page AS MATERIALIZED (SELECT * FROM found ORDER BY {order} LIMIT ?) "
        "SELECT page.key, page.id_key, summary FROM page JOIN opportunity USING (id_key) WHERE scope_id = ? "
        f"ORDER BY {order}"
    )


@functools.lru_cache(maxsize=4096)
def _skipping_page_text(
    key: SortBy, bounds: BoundNames, descending: bool, filters: tuple[str, ...], zone_tests: tuple[str, ...]
) -> str:
    column = KEY_COLUMNS[key]
    low, high = _zone_columns(key)
    direction = "DESC" if descending else "ASC"
    tests = [bound_test(bound, key) for bound in bounds]
    within = ["scope_id = ?", f"{column} >= zone.{low}", f"{column} < zone.{high}", *tests, *filters]
    order = _order(key, descending=descending)
    return (
        f"SELECT found.key, found.id_key, found.summary FROM (SELECT {low}, {high} FROM zone "
        f"WHERE {' AND '.join(['scope_id = ?', 'sort = ?', *zone_tests])} ORDER BY {low} {direction} OFFSET 0) AS zone "
        f"CROSS JOIN LATERAL (SELECT {column} AS key, id_key, summary FROM opportunity WHERE {' AND '.join(within)} "
        f"ORDER BY {order} OFFSET 0) AS found ORDER BY zone.{low} {direction}, {order} LIMIT ?"
    )


@functools.lru_cache(maxsize=4096)
def _count_text(key: SortBy, ranges: tuple[BoundNames, ...], partitions: int) -> str:
    return f"SELECT count(*) FROM ({_arms('1', key, ranges, partitions, ())} LIMIT ?) AS counted"


def _order(sort_by: SortBy, *, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    return f"id_key {direction}" if sort_by == "Identifier" else f"key {direction}, id_key {direction}"


def _arms(columns: str, key: SortBy, ranges: tuple[BoundNames, ...], partitions: int, filters: tuple[str, ...]) -> str:
    """One SELECT for each range of each partition, joined; the values have the same order in `arm_values`."""
    start = f"SELECT {columns} FROM opportunity WHERE scope_id = ?"
    if partitions:
        start += " AND stage = ? AND review_status = ?"
    arms = [" AND ".join([start, *(bound_test(bound, key) for bound in bounds), *filters]) for bounds in ranges]
    return " UNION ALL ".join(arms * (partitions or 1))


def _zone_columns(key: SortBy) -> tuple[str, str]:
    return ("low_key", "high_key") if key == "Identifier" else ("low", "high")
