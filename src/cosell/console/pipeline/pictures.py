"""The charts of a pipeline: which figures each shows, in which order, and the filter that each figure stands for.

A chart consists of lines of cells. Every cell knows the ListOpportunities query whose results it counts, so a click on
it opens the table with exactly those opportunities. Pure: figures and the day are arguments.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from cosell.console.figures.figures import Figures
from cosell.console.pipeline.periods import DAY, Period, month
from cosell.console.pipeline.sums import Sums
from cosell.console.words import money, number, short_money
from cosell.reporting import Reporting
from cosell.rules.opportunity.stage import EVERY_STAGE, OPEN_STAGES
from cosell.store.page_plan import EVERY_REVIEW_STATUS

MONTH: Final = len("2026-01")
DAYS_SHOWN: Final = 30
MONTHS_BEFORE: Final = 6
MONTHS_AFTER: Final = 12
TOP_CUSTOMERS: Final = 10
AGES: Final = (("up to a week", 0, 7), ("a month", 7, 30), ("a quarter", 30, 91), ("half a year", 91, 182))
OLDER: Final = ("longer", 182)
"""Days since the last change, from (inclusive) and to (exclusive)."""

Kind = Literal["bars", "columns", "grid"]
Question = dict[str, Any]


class Cell(msgspec.Struct, frozen=True):
    """One figure: its value, its text, its spreadsheet value, and the query that it counts, if any.

    If the API has no such filter, the query is the nearest one, and `opens` says what it finds. `exact` is set if the
    text is rounded.
    """

    value: int
    text: str
    plain: str
    question: Question | None
    opens: str = ""
    exact: str = ""


class Line(msgspec.Struct, frozen=True):
    """The figures of one label."""

    label: str
    cells: tuple[Cell, ...]


class Picture(msgspec.Struct, frozen=True):
    """A chart. `name` is its address, `headings` name the cells of each line.

    If it `is_of_all`, it shows everything, whatever the period.
    """

    name: str
    title: str
    note: str
    kind: Kind
    label: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    is_of_all: bool = True

    @property
    def most(self) -> int:
        """The largest value, for the scale; at least 1."""
        return max((cell.value for line in self.lines for cell in line.cells), default=1) or 1

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not any(cell.value for line in self.lines for cell in line.cells)


def pictures_of(
    figures: Figures, sums: Sums, period: Period | None, reporting: Reporting, now_ms: int
) -> list[Picture]:
    """Every chart, in the order of the page. `now_ms` is the moment that ages are counted from."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    closing = question_of(period)
    return [
        _stages(sums, closing),
        *(_forecast(sums, currency, closing, reporting) for currency in sums.open_spends()),
        *(_spends(sums, currency, closing, reporting) for currency in sums.currencies),
        _outcomes(sums, closing),
        _ageing(figures, today),
        _closes(figures, today),
        _days("created", "Created a day", "CreatedDate", figures.created, today),
        _days("modified", "Changed a day", "LastModifiedDate", _by_day(figures), today),
        _reasons(figures),
        _customers(figures),
    ]


def question_of(period: Period | None) -> Question:
    """The filter for what closes in a period; None: for everything."""
    if period is None:
        return {}
    return {
        "TargetCloseDate": {
            "AfterTargetCloseDate": period.first.isoformat(),
            "BeforeTargetCloseDate": period.last.isoformat(),
        }
    }


def count_cell(value: int, question: Question | None) -> Cell:
    """A number of opportunities."""
    return Cell(value, number(value), str(value), question)


def _stages(sums: Sums, closing: Question) -> Picture:
    lines = (
        Line(stage, (count_cell(sums.stages[stage], {"LifeCycleStage": [stage], **closing}),)) for stage in EVERY_STAGE
    )
    heading = ("Opportunities",)
    return Picture(
        "stages", "Funnel by stage", "Opportunities", "bars", "Stage", heading, tuple(lines), is_of_all=False
    )


def _spends(sums: Sums, currency: str, closing: Question, reporting: Reporting) -> Picture:
    """One chart for each currency: amounts in different currencies are added up only by the user's rates."""
    return Picture(
        _named("spend", currency),
        f"Expected spend by stage, {currency}",
        f"A month, with AWS; entries for the partner itself are left out{_rates_told(currency, reporting)}",
        "bars",
        "Stage",
        (f"{currency} a month", "Opportunities"),
        tuple(
            Line(
                stage,
                (
                    _money_cell(sums.spends[currency, stage], currency, {"LifeCycleStage": [stage], **closing}),
                    count_cell(sums.spenders[currency, stage], None),
                ),
            )
            for stage in EVERY_STAGE
        ),
        is_of_all=False,
    )


def _forecast(sums: Sums, currency: str, closing: Question, reporting: Reporting) -> Picture:
    """The sum of open opportunities, each amount times the probability of its sale."""
    lines = [
        Line(
            stage,
            (
                _money_cell(sums.spends[currency, stage], currency, {"LifeCycleStage": [stage], **closing}),
                Cell(0, f"{reporting.probabilities[stage]} %", str(reporting.probabilities[stage]), None),
                _money_cell(reporting.weighted(sums.spends[currency, stage], stage), currency, None),
            ),
        )
        for stage in OPEN_STAGES
    ]
    total = (
        _money_cell(sums.open_spends()[currency], currency, None),
        Cell(0, "", "", None),
        _money_cell(sums.forecast(reporting).get(currency, 0), currency, None),
    )
    return Picture(
        _named("forecast", currency),
        f"Weighted forecast, {currency}",
        "The monthly spend expected from open opportunities, times the probability of a sale in their stage, "
        f"which the setting probabilities gives{_rates_told(currency, reporting)}",
        "grid",
        "Stage",
        ("Open", "Probability", "Weighted"),
        (*lines, Line("All open", total)),
        is_of_all=False,
    )


def _named(kind: str, currency: str) -> str:
    return f"{kind}-{currency.lower()}" if currency != "?" else f"{kind}-without-currency"


def _rates_told(currency: str, reporting: Reporting) -> str:
    if currency != reporting.currency or not reporting.rates:
        return ""
    return "; converted at " + ", ".join(f"1 {name} = {rate} {currency}" for name, rate in reporting.rates.items())


def _money_cell(value: int, currency: str, question: Question | None) -> Cell:
    exact = money(value, currency)
    plain = money(value, "").strip().replace(",", "")
    return Cell(value, short_money(value, currency), plain, question, "all of this stage", exact)


def _ageing(figures: Figures, today: date) -> Picture:
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


def _closes(figures: Figures, today: date) -> Picture:
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


def _by_day(figures: Figures) -> dict[str, int]:
    days: dict[str, int] = {}
    for (_, day), count in figures.modified.items():
        days[day] = days.get(day, 0) + count
    return days


def _days(name: str, title: str, member: str, counts: dict[str, int], today: date) -> Picture:
    """The days up to today."""
    lines = []
    for distance in range(DAYS_SHOWN - 1, -1, -1):
        day = today - timedelta(days=distance)
        bounds = {f"After{member}": _midnight(day), f"Before{member}": _midnight(day + timedelta(days=1))}
        lines.append(Line(day.isoformat(), (count_cell(counts.get(day.isoformat(), 0), {member: bounds}),)))
    note = f"The {DAYS_SHOWN} days up to {today}"
    return Picture(name, title, note, "columns", "Day", ("Opportunities",), tuple(lines))


def _outcomes(sums: Sums, closing: Question) -> Picture:
    """Won or lost, among those that have ended."""
    ended = sums.stages["Launched"] + sums.stages["Closed Lost"]
    note = (
        "None has ended"
        if sums.win_rate is None
        else f"{sums.win_rate:.1f} % of {number(ended)} that have ended were won"
    )
    lines = (
        Line(stage, (count_cell(sums.stages[stage], {"LifeCycleStage": [stage], **closing}),))
        for stage in ("Launched", "Closed Lost")
    )
    heading = ("Opportunities",)
    return Picture("outcomes", "Win rate", note, "bars", "Outcome", heading, tuple(lines), is_of_all=False)


def _reasons(figures: Figures) -> Picture:
    reasons = sorted((item for item in figures.reasons_lost.items() if item[1]), key=lambda item: (-item[1], item[0]))
    lost = {"LifeCycleStage": ["Closed Lost"]}
    lines = (
        Line(reason or "not told", (Cell(count, number(count), str(count), lost, "all that were lost"),))
        for reason, count in reasons
    )
    note = "The API has no filter by reason: each figure opens all that were lost"
    return Picture("reasons", "Reasons lost", note, "bars", "Reason", ("Opportunities",), tuple(lines))


def _customers(figures: Figures) -> Picture:
    lines = (
        Line(name, (count_cell(count, {"CustomerCompanyName": [name]}),))
        for name, count in figures.top_customers(TOP_CUSTOMERS)
    )
    note = "By opportunities; case is ignored"
    return Picture("customers", "Top customers", note, "bars", "Customer", ("Opportunities",), tuple(lines))


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _name(first: date) -> str:
    return first.isoformat()[:MONTH]
