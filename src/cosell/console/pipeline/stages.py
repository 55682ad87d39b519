"""Conversion and time in each stage, from the changes that the store keeps."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec
from starlette.responses import Response

from cosell.console.pipeline.sums import sums_of
from cosell.console.visit.visit import Visit
from cosell.rules.opportunity.stage import EVERY_STAGE, OPEN_STAGES
from cosell.store.changes import Course
from cosell.wire.timestamps import Timestamp

MOST_CHANGES: Final = 10_000
"""How many of the latest changes are examined: they are read anew for each page."""
DAY_MS: Final = 24 * 60 * 60 * 1000
WON: Final = "Launched"
LOST: Final = "Closed Lost"


class _LifeCycle(msgspec.Struct, rename="pascal"):
    stage: str


class _Staged(msgspec.Struct, rename="pascal"):
    life_cycle: _LifeCycle


_staged: Final = msgspec.json.Decoder(_Staged).decode


class Left(msgspec.Struct):
    """How a stage was left: `on` to a later one, `back` to an earlier one, or `lost`. `stays` are days."""

    on: int = 0
    back: int = 0
    lost: int = 0
    stays: list[float] = msgspec.field(default_factory=list)

    @property
    def times(self) -> int:
        """How often it was left."""
        return self.on + self.back + self.lost

    @property
    def conversion(self) -> str:
        """The share that went on, of all that left."""
        return f"{self.on * 100 / self.times:.0f} %" if self.times else "–"

    @property
    def time(self) -> str:
        """The median of the stays whose beginning and end are both known."""
        return days(median(self.stays)) if self.stays else "–"


def days(count: float) -> str:
    """`0.4` → `less than a day`, `12.3` → `12 days`."""
    return "less than a day" if count < 1 else "1 day" if round(count) == 1 else f"{count:,.0f} days"


def left_of(courses: Iterable[Course]) -> dict[str, Left]:
    """How each open stage was left in these courses."""
    left: dict[str, Left] = {stage: Left() for stage in OPEN_STAGES}
    for course in courses:
        stages = [_staged(before).life_cycle.stage if before else "" for _, before in course.changes]
        stages.append(_staged(course.now).life_cycle.stage)
        since: int | None = None
        for index, (moment, _) in enumerate(course.changes):
            before, after = stages[index], stages[index + 1]
            if before == after:
                continue
            if before in left:
                _leave(left[before], before, after, None if since is None else moment - since)
            since = moment
    return left


def _leave(one: Left, before: str, after: str, stay_ms: int | None) -> None:
    if after == LOST:
        one.lost += 1
    elif EVERY_STAGE.index(after) > EVERY_STAGE.index(before):
        one.on += 1
    else:
        one.back += 1
    if stay_ms is not None:
        one.stays.append(stay_ms / DAY_MS)


class Reached(msgspec.Struct, frozen=True):
    """How many opportunities are in a stage or a later one, and their share of those in the previous one."""

    stage: str
    count: int
    share: str


def reached_of(stages: Counter[str]) -> list[Reached]:
    """The stages up to the sale. Lost opportunities do not show how far they came, so they are left out."""
    ladder = [*OPEN_STAGES, WON]
    counts = [sum(stages[stage] for stage in ladder[index:]) for index in range(len(ladder))]
    shares = [f"{now * 100 / then:.0f} %" if then else "–" for then, now in pairwise(counts)]
    return [Reached(*one) for one in zip(ladder, counts, ["–", *shares], strict=True)]


def stages(visit: Visit) -> Response:
    """The page."""
    surroundings = visit.surroundings
    with surroundings.pipelines.of(visit.scope) as figures:
        sums = sums_of(figures, None, surroundings.reporting)
    with surroundings.engine.store.read(visit.scope) as tx:
        courses = tx.courses(MOST_CHANGES)
    moments = [moment for course in courses for moment, _ in course.changes]
    left = left_of(courses)
    return visit.page(
        "stages.html",
        total=sums.total,
        reached=reached_of(sums.stages),
        left=left if any(one.times for one in left.values()) else {},
        changes=len(moments),
        since=str(Timestamp.from_ms(min(moments, default=0))),
        lost=sums.stages[LOST],
        pipeline=visit.link("/console/pipeline"),
    )
