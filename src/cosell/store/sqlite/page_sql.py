"""A page plan in SQLite's words.

The text of a query depends only on the shape of its plan, so it is made once for each shape; values are bound.
Several ranges become the arms of one UNION ALL, which SQLite merges lazily in the order that every arm's index has.
"""

import functools
from collections.abc import Iterator
from typing import TypeAlias

from cosell.rules.list.sort_keys import SortBy
from cosell.store.page_plan import GO_TOGETHER, UNBOUNDED, Drive, KeyRange, Plan
from cosell.store.sql.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.store.sql.zone_maps import zone_of
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name

Binding: TypeAlias = int | str | bytes
BoundNames: TypeAlias = tuple[str, ...]
Bounds: TypeAlias = tuple[BoundNames, list[Binding]]
"""Which bounds a range has, by name, and their values in the same order."""

_BOUND_TESTS = {
    "low": "{key} >= ?",
    "high": "{key} < ?",
    "after": "({key}, {id}) > (?, ?)",
    "before": "({key}, {id}) < (?, ?)",
}
_IDENTIFIER_BOUND_TESTS = _BOUND_TESTS | {"after": "{id} > ?", "before": "{id} < ?"}


def page_query(scope_id: int, plan: Plan, limit: int) -> tuple[str, list[Binding]]:
    """The statement that reads a plan's page as (key, id_key, summary), and its bindings.

    A plan without ranges has no page; do not ask for it.
    """
    bounds = [_bounds(span, plan.drive.key) for span in plan.drive.ranges]
    filters, filter_values = _filters(plan)
    if plan.skips:
        ((names, values),) = bounds
        zone_filters, zone_values = _zone_filters(plan)
        text = _skipping_page_text(plan.drive.key, names, plan.descending, filters, zone_filters)
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
    return text, [*_arm_values(scope_id, plan.drive, bounds, filter_values), limit]


def count_query(scope_id: int, drive: Drive, limit: int) -> tuple[str, list[Binding]]:
    """The statement that counts the entries of a drive, up to a limit."""
    bounds = [_bounds(span, drive.key) for span in drive.ranges]
    text = _count_text(drive.key, tuple(names for names, _ in bounds), len(drive.partitions))
    return text, [*_arm_values(scope_id, drive, bounds, []), limit]


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
    tests = [_bound_test(bound, key, column=f"+{column}", id_column="+id_key") for bound in bounds]
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
    arms = [" AND ".join([start, *(_bound_test(bound, key) for bound in bounds), *filters]) for bounds in ranges]
    return " UNION ALL ".join(arms * (partitions or 1))


def _bound_test(bound: str, key: SortBy, column: str = "", id_column: str = "id_key") -> str:
    tests = _IDENTIFIER_BOUND_TESTS if key == "Identifier" else _BOUND_TESTS
    return tests[bound].format(key=column or KEY_COLUMNS[key], id=id_column)


def _arm_values(scope_id: int, drive: Drive, bounds: list[Bounds], filter_values: list[Binding]) -> Iterator[Binding]:
    for partition in drive.partitions or (None,):
        for _, values in bounds:
            yield scope_id
            if partition is not None:
                yield STAGE_CODES[partition[0]]
                yield REVIEW_STATUS_CODES[partition[1]]
            yield from values
            yield from filter_values


def _bounds(span: KeyRange, key: SortBy) -> Bounds:
    if span is UNBOUNDED:
        return (), []
    names: list[str] = []
    values: list[Binding] = []
    for name, bound in (("low", span.low), ("high", span.high)):
        if bound is not None:
            names.append(name)
            values.append(bound)
    for name, position in (("after", span.after), ("before", span.before)):
        if position is not None:
            names.append(name)
            values += [position.id_key] if key == "Identifier" else [position.key, position.id_key]
    return tuple(names), values


def _filters(plan: Plan) -> tuple[tuple[str, ...], list[Binding]]:
    if not plan.has_filters:
        return (), []
    tests: list[str] = []
    values: list[Binding] = []
    for column, codes, wanted in (
        ("stage", STAGE_CODES, plan.stages),
        ("review_status", REVIEW_STATUS_CODES, plan.review_statuses),
    ):
        if wanted:
            tests.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += [codes[value] for value in wanted]
    for key, span in plan.ranges:
        names, bounds = _bounds(span, key)
        tests += [_bound_test(name, key) for name in names]
        values += bounds
    if plan.companies:
        tests.append(f"({' OR '.join(['company >= ? AND company < ?'] * len(plan.companies))})")
        for span in plan.companies:
            values += _bounds(span, "CustomerCompanyName")[1]
    if plan.behind is not None:
        names, bounds = _bounds(
            KeyRange(before=plan.behind) if plan.descending else KeyRange(after=plan.behind), plan.sort_by
        )
        tests += [_bound_test(name, plan.sort_by) for name in names]
        values += bounds
    return tuple(tests), values


def _zone_filters(plan: Plan) -> tuple[tuple[str, ...], list[Binding]]:
    """Which zones can hold a row of the page: those within the drive's range, with dates within each other range."""
    (span,) = plan.drive.ranges
    key = plan.drive.key
    tests: list[str] = []
    values: list[Binding] = []
    for test, bound in (
        ("low >= ?", span.after.key if span.after else span.low),
        ("low <= ?", span.before.key if span.before else span.high),
    ):
        if bound is not None:
            tests.append(test)
            values.append(zone_of(key, bound)[0])
    for other, dates in plan.ranges:
        for test, limit in (
            (f"most_{KEY_COLUMNS[other]} >= ?", dates.low),
            (f"least_{KEY_COLUMNS[other]} < ?", dates.high),
        ):
            if limit is not None:
                tests.append(test)
                values.append(limit)
    return tuple(tests), values
