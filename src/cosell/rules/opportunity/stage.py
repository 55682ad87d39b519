"""The stage of the sale: which one may follow which.

The partner moves it; the review decides when. Five stages are open, and a sale may move among them. Two end it.

Source: service model 2022-07-26, LifeCycle.Stage; field reports (a sale that is launched or lost stays so). A row
marked * is our reading: docs/decisions/0011.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from cosell.context import Readings
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS, ReviewStatus

OpenStage: TypeAlias = Literal["Prospect", "Qualified", "Technical Validation", "Business Validation", "Committed"]
Stage: TypeAlias = OpenStage | Literal["Launched", "Closed Lost"]

FIRST_STAGE: Final = "Prospect"
LAUNCHED: Final = "Launched"
CLOSED_LOST: Final = "Closed Lost"
OPEN_STAGES: Final[tuple[OpenStage, ...]] = get_args(OpenStage)
EVERY_STAGE: Final[tuple[Stage, ...]] = (*OPEN_STAGES, LAUNCHED, CLOSED_LOST)
FINAL_STAGES: Final[frozenset[Stage]] = frozenset({LAUNCHED, CLOSED_LOST})
WITH_A_SOLUTION: Final[frozenset[Stage]] = frozenset({"Committed", LAUNCHED})
"""Stages in which a described solution is no longer enough: one must be associated."""

_NO_OTHER: Final[frozenset[Stage]] = frozenset()

FOLLOWING: Final[Mapping[ReviewStatus, frozenset[Stage]]] = {
    # review status: stages that an open one may become, besides staying what it is
    "Pending Submission": _NO_OTHER,  # reports of 2026: the stage of the creation stays
    "Submitted": _NO_OTHER,
    "In review": _NO_OTHER,
    "Action Required": _NO_OTHER,  # *
    "Approved": frozenset(EVERY_STAGE),  # *
    "Rejected": _NO_OTHER,
}


def stages_after(status: ReviewStatus, stage: Stage, readings: Readings, *, played: bool = False) -> frozenset[Stage]:
    """The stages that an opportunity may have after an update, including its present one.

    An update that plays AWS's verdict on what was submitted moves it among the open ones [recorded request].
    """
    if stage in FINAL_STAGES and not (stage == CLOSED_LOST and readings.closed_lost_reopens):
        return frozenset({stage})
    if played and status != FIRST_REVIEW_STATUS:
        return frozenset(OPEN_STAGES)
    return FOLLOWING[status] | {stage}
