"""A page plan in SQLite's words.

The text of a query depends only on the shape of its plan, so it is made once for each shape; values are bound.
Several ranges become the arms of one UNION ALL, which SQLite merges lazily in the order that every arm's index has.
"""

import functools
from collections.abc import Iterator
from typing import TypeAlias

from cosell.rules.sort_keys import SortBy
from cosell.store.page_plan import Drive, KeyRange, Plan
from cosell.store.sqlite.codes import REVIEW_STATUS_CODES, STAGE_CODES
from cosell.store.sqlite.indexes import KEY_COLUMNS, index_name

Binding: TypeAlias = int | str | bytes
Bounds: TypeAlias = tuple[str, ...]
"""Which bounds a range has, by name, in the order of their values."""

_BOUND_TESTS = {
    "low": "{key} >= ?",
    "high": "{key} < ?",
    "after": "({key}, id_key) > (?, ?)",
    "before": "({key}, id_key) < (?, ?)",
}
_IDENTIFIER_BOUND_TESTS = _BOUND_TESTS | {"after": "id_key > ?", "before": "id_key < ?"}


def page_query(scope_id: int, plan: Plan, limit: int) -> tuple[str, list[Binding]]:
    """The statement that reads a plan's page as (key, id_key, summary), and its bindings.

    A plan without ranges has no page; do not ask for it.
    """
    filters, filter_values = _filters(plan)
    text = _page_text(
        plan.drive.key,
        tuple(_bounds(span, plan.drive.key)[0] for _ in plan.drive.partitions or (None,) for span in plan.drive.ranges),
        bool(plan.drive.partitions),
        plan.ordered,
        plan.sort_by,
        plan.descending,
        filters,
    )
    return text, [*_arm_values(scope_id, plan.drive, filter_values), limit]


def count_query(scope_id: int, drive: Drive, limit: int) -> tuple[str, list[Binding]]:
    """The statement that counts the entries of a drive, up to a limit."""
    text = _count_text(
        drive.key,
        tuple(_bounds(span, drive.key)[0] for _ in drive.partitions or (None,) for span in drive.ranges),
        bool(drive.partitions),
    )
    return text, [*_arm_values(scope_id, drive, []), limit]


@functools.lru_cache(maxsize=4096)
def _page_text(
    key: SortBy,
    arms: tuple[Bounds, ...],
    partitioned: bool,
    ordered: bool,
    sort_by: SortBy,
    descending: bool,
    filters: tuple[str, ...],
) -> str:
    direction = "DESC" if descending else "ASC"
    # An identifier breaks its own ties; SQLite would sort by the repeated column, since it does not see that.
    order = f"ORDER BY 1 {direction}{'' if sort_by == 'Identifier' else f', 2 {direction}'} LIMIT ?"
    sort_column = KEY_COLUMNS[sort_by]
    if ordered and len(arms) == 1:
        return f"{_arm_text(f'{sort_column}, id_key, summary', key, arms[0], partitioned, filters)} {order}"
    found = " UNION ALL ".join(
        _arm_text(f"{sort_column} AS key, id_key AS id_key, opportunity_id AS found_id", key, arm, partitioned, filters)
        for arm in arms
    )
    return (
        f"SELECT found.key, found.id_key, summary FROM ({found} {order}) AS found "
        "CROSS JOIN opportunity ON opportunity_id = found_id"
    )


@functools.lru_cache(maxsize=4096)
def _count_text(key: SortBy, arms: tuple[Bounds, ...], partitioned: bool) -> str:
    found = " UNION ALL ".join(_arm_text("1", key, arm, partitioned, ()) for arm in arms)
    return f"SELECT count(*) FROM ({found} LIMIT ?)"


def _arm_text(columns: str, key: SortBy, bounds: Bounds, partitioned: bool, filters: tuple[str, ...]) -> str:
    tests = _IDENTIFIER_BOUND_TESTS if key == "Identifier" else _BOUND_TESTS
    where = ["scope_id = ?"]
    if partitioned:
        where += ["stage = ?", "review_status = ?"]
    where += [tests[bound].format(key=KEY_COLUMNS[key]) for bound in bounds]
    return (
        f"SELECT {columns} FROM opportunity INDEXED BY {index_name(key, partitioned=partitioned)} "
        f"WHERE {' AND '.join([*where, *filters])}"
    )


def _arm_values(scope_id: int, drive: Drive, filter_values: list[Binding]) -> Iterator[Binding]:
    for partition in drive.partitions or (None,):
        for span in drive.ranges:
            yield scope_id
            if partition is not None:
                yield STAGE_CODES[partition[0]]
                yield REVIEW_STATUS_CODES[partition[1]]
            yield from _bounds(span, drive.key)[1]
            yield from filter_values


def _bounds(span: KeyRange, key: SortBy) -> tuple[Bounds, list[Binding]]:
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
        tests += [_BOUND_TESTS[name].format(key=KEY_COLUMNS[key]) for name in names]
        values += bounds
    if plan.companies:
        tests.append(f"({' OR '.join(['company >= ? AND company < ?'] * len(plan.companies))})")
        for span in plan.companies:
            values += _bounds(span, "CustomerCompanyName")[1]
    if plan.behind is not None:
        names, bounds = _bounds(
            KeyRange(before=plan.behind) if plan.descending else KeyRange(after=plan.behind), plan.sort_by
        )
        bound_tests = _IDENTIFIER_BOUND_TESTS if plan.sort_by == "Identifier" else _BOUND_TESTS
        tests.append(bound_tests[names[0]].format(key=KEY_COLUMNS[plan.sort_by]))
        values += bounds
    return tuple(tests), values
