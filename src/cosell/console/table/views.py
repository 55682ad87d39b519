"""Ready-made views: what needs attention, each a query of the table, and how many opportunities it finds.

The counts are those kept for the pipeline (docs/decisions/0017); nothing is counted for a page.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from cosell.console.figures.figures import Figures
from cosell.console.figures.pipelines import StillCounting
from cosell.console.visit.visit import Visit
from cosell.rules.opportunity.stage import EVERY_STAGE, OPEN_STAGES
from cosell.store.interface import StoreUnavailable
from cosell.store.page_plan import EVERY_REVIEW_STATUS
from cosell.wire.timestamps import Timestamp

STUCK_DAYS: Final = 30
"""Days without a change after which an open opportunity is stuck: summaries do not tell since when a stage stands."""
_NOT_REJECTED: Final = [status for status in EVERY_REVIEW_STATUS if status != "Rejected"]
_OPEN: Final[Mapping[str, Any]] = {"LifeCycleStage": list(OPEN_STAGES), "LifeCycleReviewStatus": _NOT_REJECTED}
_ASKED_ONLY: Final = frozenset({"LifeCycleStage", "LifeCycleReviewStatus", "Sort", "MaxResults"})
"""What may be in a query whose results have a kept count."""


class Counts(msgspec.Struct, frozen=True):
    """How many opportunities each ready-made view finds, and the table's query; None if nobody has counted."""

    views: Mapping[str, int]
    total: int | None


def views_at(today: date) -> dict[str, dict[str, Any]]:
    """The query of each view."""
    yesterday = today - timedelta(days=1)
    return {
        "Action Required": {"LifeCycleReviewStatus": ["Action Required"]},
        "Overdue": {
            **_OPEN,
            "TargetCloseDate": {"BeforeTargetCloseDate": yesterday.isoformat()},
            "Sort": {"SortBy": "TargetCloseDate", "SortOrder": "ASCENDING"},
        },
        "Closing this month": {
            **_OPEN,
            "TargetCloseDate": {
                "AfterTargetCloseDate": today.isoformat(),
                "BeforeTargetCloseDate": _end_of_month(today).isoformat(),
            },
            "Sort": {"SortBy": "TargetCloseDate", "SortOrder": "ASCENDING"},
        },
        f"No change for {STUCK_DAYS} days": {
            **_OPEN,
            "LastModifiedDate": {"BeforeLastModifiedDate": f"{_stuck_before(today)}T00:00:00Z"},
            "Sort": {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"},
        },
    }


def today_of(visit: Visit) -> date:
    """Today, by the engine's clock."""
    return date.fromisoformat(str(Timestamp.from_ms(visit.surroundings.engine.clock()))[:10])


def counts_for(visit: Visit, question: Mapping[str, Any]) -> Counts | None:
    """What is known without counting; None while that is still being counted, or cannot be read."""
    try:
        with visit.surroundings.pipelines.of(visit.scope) as figures:
            return Counts(_views(figures, today_of(visit)), _total(figures, question))
    except (StillCounting, StoreUnavailable):  # the opportunities themselves are there all the same
        return None


def _total(figures: Figures, question: Mapping[str, Any]) -> int | None:
    if question.keys() - _ASKED_ONLY:
        return None
    stages = set(question.get("LifeCycleStage", EVERY_STAGE))
    statuses = set(question.get("LifeCycleReviewStatus", EVERY_REVIEW_STATUS))
    return sum(count for (stage, status), count in figures.partitions.items() if stage in stages and status in statuses)


def _views(figures: Figures, today: date) -> dict[str, int]:
    first, last, stuck_before = today.isoformat(), _end_of_month(today).isoformat(), _stuck_before(today)
    counts = (
        sum(count for (_, status), count in figures.partitions.items() if status == "Action Required"),
        sum(count for day, count in figures.open_closes.items() if day < first),
        sum(count for day, count in figures.open_closes.items() if first <= day <= last),
        sum(count for day, count in figures.open_modified.items() if day < stuck_before),
    )
    return dict(zip(views_at(today), counts, strict=True))


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _stuck_before(today: date) -> str:
    return (today - timedelta(days=STUCK_DAYS)).isoformat()
