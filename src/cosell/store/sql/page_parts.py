"""What a page plan's parts are in SQL: the columns of the orders, tests of bounds, and filters with their values."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from cosell.rules.list.sort_keys import SortBy
from cosell.store.page_plan import UNBOUNDED, Drive, KeyRange, Plan
from cosell.store.sql.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.store.sql.zone_maps import zone_of

KEY_COLUMNS: Final[dict[SortBy, str]] = {
    "LastModifiedDate": "last_modified",
    "Identifier": "id_key",
    "CustomerCompanyName": "company",
    "CreatedDate": "created",
    "TargetCloseDate": "target_close",
}

Binding: TypeAlias = int | str | bytes
BoundNames: TypeAlias = tuple[str, ...]
Bounds: TypeAlias = tuple[BoundNames, list[Binding]]
"""Which bounds a range has, by name, and their values in the same order."""

_BOUND_TESTS: Final = {
    "low": "{key} >= ?",
    "high": "{key} < ?",
    "after": "({key}, {id}) > (?, ?)",
    "before": "({key}, {id}) < (?, ?)",
}
_IDENTIFIER_BOUND_TESTS: Final = _BOUND_TESTS | {"after": "{id} > ?", "before": "{id} < ?"}


def index_name(key: SortBy, *, partitioned: bool) -> str:
    """The name of the index in the order of `key`, within stage and review status if it is partitioned."""
    return f"opportunity_by_{'stage_status_' if partitioned else ''}{KEY_COLUMNS[key]}"


def bound_test(bound: str, key: SortBy, column: str = "", id_column: str = "id_key") -> str:
    """The test that a row is within a bound, which has a name of `Bounds`."""
    tests = _IDENTIFIER_BOUND_TESTS if key == "Identifier" else _BOUND_TESTS
    return tests[bound].format(key=column or KEY_COLUMNS[key], id=id_column)


def arm_values(scope_id: int, drive: Drive, bounds: list[Bounds], filter_values: list[Binding]) -> Iterator[Binding]:
    """The values of every arm: one SELECT for each range of each partition."""
    for partition in drive.partitions or (None,):
        for _, values in bounds:
            yield scope_id
            if partition is not None:
                yield STAGE_CODES[partition[0]]
                yield REVIEW_STATUS_CODES[partition[1]]
            yield from values
            yield from filter_values


def bounds_of(span: KeyRange, key: SortBy) -> Bounds:
    """The bounds of a range of an order."""
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


def filters_of(plan: Plan) -> tuple[tuple[str, ...], list[Binding]]:
    """What a plan drops on its way, as tests and their values."""
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
        names, bounds = bounds_of(span, key)
        tests += [bound_test(name, key) for name in names]
        values += bounds
    if plan.companies:
        tests.append(f"({' OR '.join(['company >= ? AND company < ?'] * len(plan.companies))})")
        for span in plan.companies:
            values += bounds_of(span, "CustomerCompanyName")[1]
    if plan.behind is not None:
        names, bounds = bounds_of(
            KeyRange(before=plan.behind) if plan.descending else KeyRange(after=plan.behind), plan.sort_by
        )
        tests += [bound_test(name, plan.sort_by) for name in names]
        values += bounds
    return tuple(tests), values


def zone_filters(plan: Plan, low: str = "low") -> tuple[tuple[str, ...], list[Binding]]:
    """Which zones can hold a row of the page: those within the drive's range, with dates within each other range.

    `low` is the column of their lower ends.
    """
    (span,) = plan.drive.ranges
    key = plan.drive.key
    tests: list[str] = []
    values: list[Binding] = []
    for test, bound in (
        (f"{low} >= ?", span.after.key if span.after else span.low),
        (f"{low} <= ?", span.before.key if span.before else span.high),
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
