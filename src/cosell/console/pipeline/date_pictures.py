"""The charts over days and months: ageing, target close dates, and what was created and changed each day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from cosell.console.figures.figures import Figures
from cosell.console.pipeline.periods import DAY, month
from cosell.console.pipeline.picture import Cell, Line, Picture, count_cell
from cosell.rules.opportunity.stage import OPEN_STAGES
from cosell.store.page_plan import EVERY_REVIEW_STATUS

MONTH: Final = len("2026-01")
DAYS_SHOWN: Final = 30
MONTHS_BEFORE: Final = 6
MONTHS_AFTER: Final = 12
AGES: Final = (("up to a week", 0, 7), ("a month", 7, 30), ("a quarter", 30, 91), ("half a year", 91, 182))
OLDER: Final = ("longer", 182)
"""Days since the last change, from (inclusive) and to (exclusive)."""


def ageing_of(figures: Figures, today: date) -> Picture:
    """The time since opportunities were last changed, by review status."""
    ages: list[tuple[str, date | None, date | None]] = [
        (name, today - timedelta(days=to - 1), today - timedelta(days=since - 1)) for name, since, to in AGES
    ]
    # Clocks may be set back: what was changed after today counts as young, too.
    ages[0] = (ages[0][0], ages[0][1], None)
    ages.append((OLDER[0], None, today - timedelta(days=OLDER[1] - 1)))
    lines = tuple(
        Line(status, tuple(_aged(figures, status, since, before) for _, since, before in ages))
        for status in EVERY_REVIEW_STATUS
    )
    headings = tuple(name for name, _, _ in ages)
    note = "Opportunities by the time since their last change"
    return Picture("ageing", "Ageing by review status", note, "grid", "Review status", headings, lines)


def _aged(figures: Figures, status: str, since: date | None, before: date | None) -> Cell:
    count = sum(
        value
        for (its_status, day), value in figures.modified.items()
        if its_status == status
        and (since is None or day >= since.isoformat())
        and (before is None or day < before.isoformat())
    )
    bounds = {}
    if since is not None:
        bounds["AfterLastModifiedDate"] = _midnight(since)
    if before is not None:
        bounds["BeforeLastModifiedDate"] = _midnight(before)
    return count_cell(count, {"LifeCycleReviewStatus": [status], "LastModifiedDate": bounds})


def closes_of(figures: Figures, today: date) -> Picture:
    """Months around today; everything before and after them has a line of its own."""
    first, last = month(today, -MONTHS_BEFORE), month(today, MONTHS_AFTER)
    months = [month(today, distance) for distance in range(-MONTHS_BEFORE, MONTHS_AFTER + 1)]
    groups = (OPEN_STAGES, ("Launched",), ("Closed Lost",))
    by_month: Counter[tuple[str, str]] = Counter()
    for (day, stage), count in figures.closes.items():
        if day:
            by_month[day[:MONTH], stage] += count
    lines = [
        _closing("earlier", by_month, groups, None, first - DAY, lambda name: name < _name(first)),
        *(_closing(_name(one), by_month, groups, one, month(one, 1) - DAY, _name(one).__eq__) for one in months),
        _closing("later", by_month, groups, month(last, 1), None, lambda name: name > _name(last)),
    ]
    note = "Opportunities by the month of their target close date"
    headings = ("Open", "Launched", "Closed Lost")
    return Picture("closes", "Target close by month", note, "grid", "Month", headings, tuple(lines))


def _closing(
    label: str,
    by_month: Counter[tuple[str, str]],
    groups: Iterable[tuple[str, ...]],
    first: date | None,
    last: date | None,
    is_in: Any,
) -> Line:
    bounds = {}
    if first is not None:
        bounds["AfterTargetCloseDate"] = first.isoformat()
    if last is not None:
        bounds["BeforeTargetCloseDate"] = last.isoformat()
    cells = []
    for stages in groups:
        count = sum(value for (name, stage), value in by_month.items() if stage in stages and is_in(name))
        cells.append(count_cell(count, {"LifeCycleStage": list(stages), "TargetCloseDate": bounds}))
    return Line(label, tuple(cells))


def changes_by_day(figures: Figures) -> dict[str, int]:
    """How many opportunities were last changed on each day."""
    days: dict[str, int] = {}
    for (_, day), count in figures.modified.items():
        days[day] = days.get(day, 0) + count
    return days


def days_of(name: str, title: str, member: str, counts: dict[str, int], today: date) -> Picture:
    """The days up to today."""
    lines = []
    for distance in range(DAYS_SHOWN - 1, -1, -1):
        day = today - timedelta(days=distance)
        bounds = {f"After{member}": _midnight(day), f"Before{member}": _midnight(day + timedelta(days=1))}
        lines.append(Line(day.isoformat(), (count_cell(counts.get(day.isoformat(), 0), {member: bounds}),)))
    note = f"The {DAYS_SHOWN} days up to {today}"
    return Picture(name, title, note, "columns", "Day", ("Opportunities",), tuple(lines))


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _name(first: date) -> str:
    return first.isoformat()[:MONTH]
