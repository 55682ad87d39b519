"""How far an invented deal is: stage, review, dates and activities that agree with each other.

Consistency means: only what AWS has approved is launched, lost or beyond Qualified; a lost deal says why, and who won
it; a review that asks for something or refuses says so; a target close date comes after the creation, and has passed
for what is launched or lost.
"""

import random
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Self

from cosell.datasets import vocabulary as words
from cosell.datasets.chance import Weighted, one_of
from cosell.datasets.timeline import MS_PER_DAY, Moments
from cosell.datasets.vocabulary import ModelValue
from cosell.rules.opportunity.stage import OPEN_STAGES

_FUNNEL: Final = tuple((days, Weighted(stages.items())) for days, stages in words.FUNNEL)
_EARLY_REVIEW: Final = tuple((days, Weighted(statuses.items())) for days, statuses in words.EARLY_REVIEW)
_CLOSED_LOST: Final = Weighted(((reason, competitor), weight) for reason, weight, competitor in words.CLOSED_LOST)
_ACTIVITIES: Final[dict[str, list[str]]] = dict(
    zip(
        words.SALES_ACTIVITIES,
        accumulate(list(activities) for activities in words.SALES_ACTIVITIES.values()),
        strict=True,
    )
)
SHORTEST_SALE_DAYS: Final = 14
"""From creation to launch."""
_AHEAD_DAYS: Final = {
    # How far the target close date of an open deal lies ahead, at most; what is further in the sale closes sooner.
    "Prospect": 330,
    "Qualified": 270,
    "Technical Validation": 200,
    "Business Validation": 130,
    "Committed": 60,
}
_OVERDUE: Final = 0.12
"""Share of open deals whose target close date has passed."""


@dataclass(frozen=True, slots=True)
class Deal:
    """The state of a deal. Days count from 1970-01-01 UTC."""

    stage: ModelValue
    review_status: ModelValue
    target_close_day: int
    sales_activities: list[ModelValue]
    closed_lost_reason: str | None = None
    competitor: str | None = None
    review_status_reason: str | None = None
    review_comments: str | None = None

    @classmethod
    def draw(cls, chance: random.Random, moments: Moments, now_day: int) -> Self:
        """The state of a deal that was created and last changed at `moments`, seen on the day `now_day`."""
        created_day = moments.created_ms // MS_PER_DAY
        changed_day = moments.modified_ms // MS_PER_DAY
        age_days = now_day - created_day
        stage = _by_age(_FUNNEL, age_days).draw(chance)
        shortest = {"Launched": SHORTEST_SALE_DAYS, "Closed Lost": 1}.get(stage, 0)
        if changed_day - created_day < shortest:
            stage = "Prospect"
        competitor = one_of(chance, words.COMPETITORS) if chance.random() < 0.25 else None
        if stage == "Launched":
            closed = created_day + shortest + int(chance.random() * (changed_day - created_day - shortest + 1))
            return cls(stage, "Approved", closed, _ACTIVITIES[stage], competitor=competitor)
        if stage == "Closed Lost":
            reason, winner = _CLOSED_LOST.draw(chance)
            closed = created_day + 1 + int(chance.random() * (changed_day - created_day))
            reached = _ACTIVITIES[one_of(chance, OPEN_STAGES)]
            return cls(stage, "Approved", closed, reached, closed_lost_reason=reason, competitor=winner or competitor)
        ahead = 5 + int(chance.random() * _AHEAD_DAYS[stage])
        target = now_day + ahead
        if age_days > SHORTEST_SALE_DAYS and chance.random() < _OVERDUE:
            target = created_day + 1 + int(chance.random() * (age_days - 1))
        status = _by_age(_EARLY_REVIEW, age_days).draw(chance) if stage in ("Prospect", "Qualified") else "Approved"
        said = {"Action Required": words.ACTION_REQUIRED, "Rejected": words.REJECTED}.get(status)
        asked, comments = one_of(chance, said) if said else (None, None)
        return cls(
            stage,
            status,
            target,
            _ACTIVITIES[stage],
            competitor=competitor,
            review_status_reason=asked,
            review_comments=comments,
        )


def _by_age(rows: tuple[tuple[float, Weighted[str]], ...], age_days: int) -> Weighted[str]:
    for days, weighted in rows[:-1]:
        if age_days <= days:
            return weighted
    return rows[-1][1]
