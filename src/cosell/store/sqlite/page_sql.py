"""A page plan in SQLite's words.

The text of a query depends only on the shape of its plan, so it is made once for each shape; values are bound.
Several ranges become the arms of one UNION ALL, which SQLite merges lazily in the order that every arm's index has.
"""

import functools

from cosell.rules.list.sort_keys import SortBy
from cosell.store.page_plan import GO_TOGETHER, Drive, Plan
from cosell.store.sql.page_parts import (
    KEY_COLUMNS,
    Binding,
    BoundNames,
    arm_values,
    bound_test,
    bounds_of,
    filters_of,
    index_name,
    zone_filters,
)


def page_query(scope_id: int, plan: Plan, limit: int) -> tuple[str, list[Binding]]:
    """The statement that reads a plan's page as (key, id_key, summary), and its bindings.

    A plan without ranges has no page; do not ask for it.
    """
    bounds = [bounds_of(span, plan.drive.key) for span in plan.drive.ranges]
    filters, filter_values = filters_of(plan)
    if plan.skips:
        ((names, values),) = bounds
        zone_tests, zone_values = zone_filters(plan)
        text = _skipping_page_text(plan.drive.key, names, plan.descending, filters, zone_tests)
        return text, [scope_id, plan.drive.key, *zone_values, *values, *filter_values, limit]
    text = _page_text(
        plan.drive.key,
        tuple(names for names, _ in bounds),
        len(plan.drive.partitions),
        plan.ordered,
        plan.sort_by,
        plan.descending,
        filters,
    )
    return text, [*arm_values(scope_id, plan.drive, bounds, filter_values), limit]


def count_query(scope_id: int, drive: Drive, limit: int) -> tuple[str, list[Binding]]:
    """The statement that counts the entries of a drive, up to a limit."""
    bounds = [bounds_of(span, drive.key) for span in drive.ranges]
    text = _count_text(drive.key, tuple(names for names, _ in bounds), len(drive.partitions))
    return text, [*arm_values(scope_id, drive, bounds, []), limit]


@functools.lru_cache(maxsize=4096)
def _page_text(
    key: SortBy,
    ranges: tuple[BoundNames, ...],
    partitions: int,
    ordered: bool,
    sort_by: SortBy,
    descending: bool,
    filters: tuple[str, ...],
) -> str:
    sort_column = KEY_COLUMNS[sort_by]
    order = f"ORDER BY {_order(sort_by, descending=descending)} LIMIT ?"
    if ordered and len(ranges) * (partitions or 1) == 1:
        return f"{_arms(f'{sort_column}, id_key, summary', key, ranges, partitions, filters)} {order}"
    columns = f"{sort_column} AS key, id_key AS id_key, opportunity_id AS found_id"
    found = _arms(columns, key, ranges, partitions, filters)
    if not ordered and descending and sort_by in GO_TOGETHER and len(ranges) * (partitions or 1) == 1:
        # Read forwards, each row would take the best place so far, and SQLite would move all the others every time.
        # LIMIT -1 keeps it from dropping the order in which the range is to be read.
        found = f"SELECT * FROM ({found} ORDER BY {KEY_COLUMNS[key]} DESC, id_key DESC LIMIT -1)"
    return (
        f"SELECT found.key, found.id_key, summary FROM ({found} {order}) "
        "AS found CROSS JOIN opportunity ON opportunity_id = found_id"
    )


@functools.lru_cache(maxsize=4096)
def _skipping_page_text(
    key: SortBy, bounds: BoundNames, descending: bool, filters: tuple[str, ...], zone_filters: tuple[str, ...]
) -> str:
    # The plus keeps SQLite from seeking to the page's bounds in each zone, instead of to the zone's own.
    column = KEY_COLUMNS[key]
    tests = [bound_test(bound, key, column=f"+{column}", id_column="+id_key") for bound in bounds]
    return (
        f"SELECT {column}, id_key, summary FROM zone CROSS JOIN opportunity INDEXED BY "
        f"{index_name(key, partitioned=False)} ON opportunity.scope_id = zone.scope_id "
        f"AND {column} >= zone.low AND {column} < zone.high WHERE "
        + " AND ".join(["zone.scope_id = ?", "zone.sort = ?", *zone_filters, *tests, *filters])
        + f" ORDER BY zone.low {'DESC' if descending else 'ASC'}, {_order(key, descending=descending)} LIMIT ?"
    )


@functools.lru_cache(maxsize=4096)
def _count_text(key: SortBy, ranges: tuple[BoundNames, ...], partitions: int) -> str:
    return f"SELECT count(*) FROM ({_arms('1', key, ranges, partitions, ())} LIMIT ?)"


def _order(sort_by: SortBy, *, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    # An identifier breaks its own ties; SQLite would sort by the repeated column, since it does not see that.
    return f"1 {direction}" if sort_by == "Identifier" else f"1 {direction}, 2 {direction}"


def _arms(columns: str, key: SortBy, ranges: tuple[BoundNames, ...], partitions: int, filters: tuple[str, ...]) -> str:
    """One SELECT for each range of each partition, joined; the bindings have the same order in `_arm_values`."""
    start = (
        f"SELECT {columns} FROM opportunity INDEXED BY {index_name(key, partitioned=bool(partitions))} "
        f"WHERE scope_id = ?{' AND stage = ? AND review_status = ?' if partitions else ''}"
    )
    arms = [" AND ".join([start, *(bound_test(bound, key) for bound in bounds), *filters]) for bounds in ranges]
    return " UNION ALL ".join(arms * (partitions or 1))
