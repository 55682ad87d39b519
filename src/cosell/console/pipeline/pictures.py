"""The charts of a pipeline: which figures each shows, in which order, and the filter that each figure stands for.

A chart consists of lines of cells. Every cell knows the ListOpportunities query whose results it counts, so a click on
it opens the table with exactly those opportunities. Pure: figures and the day are arguments.
"""

from datetime import UTC, datetime
from typing import Final

from cosell.console.figures.figures import Figures
from cosell.console.pipeline.date_pictures import ageing_of, changes_by_day, closes_of, days_of
from cosell.console.pipeline.periods import Period
from cosell.console.pipeline.picture import Cell, Line, Picture, Question, count_cell, question_of
from cosell.console.pipeline.spend_pictures import forecast_of, spends_of
from cosell.console.pipeline.sums import Sums
from cosell.console.words import number
from cosell.reporting import Reporting
from cosell.rules.opportunity.stage import EVERY_STAGE

TOP_CUSTOMERS: Final = 10


def pictures_of(
    figures: Figures, sums: Sums, period: Period | None, reporting: Reporting, now_ms: int
) -> list[Picture]:
    """Every chart, in the order of the page. `now_ms` is the moment that ages are counted from."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    closing = question_of(period)
    return [
        _stages(sums, closing),
        *(forecast_of(sums, currency, closing, reporting) for currency in sums.open_spends()),
        *(spends_of(sums, currency, closing, reporting) for currency in sums.currencies),
        _outcomes(sums, closing),
        ageing_of(figures, today),
        closes_of(figures, today),
        days_of("created", "Created a day", "CreatedDate", figures.created, today),
        days_of("modified", "Changed a day", "LastModifiedDate", changes_by_day(figures), today),
        _reasons(figures),
        _customers(figures),
    ]


def _stages(sums: Sums, closing: Question) -> Picture:
    lines = (
        Line(stage, (count_cell(sums.stages[stage], {"LifeCycleStage": [stage], **closing}),)) for stage in EVERY_STAGE
    )
    heading = ("Opportunities",)
    return Picture(
        "stages", "Funnel by stage", "Opportunities", "bars", "Stage", heading, tuple(lines), is_of_all=False
    )


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
