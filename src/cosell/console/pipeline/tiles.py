"""The figures at the top of the pipeline, each with that of the previous period. Pure."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cosell.console.figures.figures import Figures
from cosell.console.pipeline.periods import DAY, Period
from cosell.console.pipeline.picture import question_of
from cosell.console.pipeline.sums import Sums
from cosell.console.words import NOTHING, money, number, short_money
from cosell.reporting import Reporting
from cosell.rules.opportunity.stage import OPEN_STAGES

WAITING: Final = ("Submitted", "In review")


class Tile(msgspec.Struct, frozen=True):
    """A figure. `exact` has the texts that are rounded; `before` is the same for the previous period, if there is one.

    `question` is the filter that it is about.
    """

    label: str
    texts: tuple[str, ...]
    question: dict[str, Any]
    exact: str = ""
    before: str = ""


def tiles_of(
    figures: Figures, sums: Sums, before: Sums | None, period: Period | None, reporting: Reporting
) -> list[Tile]:
    """The most important figures. `before` is set if there is a `period`."""
    closing = question_of(period)
    opened = {"LifeCycleStage": list(OPEN_STAGES), **closing}
    tiles = [
        Tile("Closing" if period else "Opportunities", (number(sums.total),), closing),
        Tile("Open", (number(sums.open),), opened),
        _money("Open spend a month", sums.open_spends(), before.open_spends() if before else None, opened),
        _money("Weighted forecast", sums.forecast(reporting), before.forecast(reporting) if before else None, opened),
    ]
    if before is not None:
        tiles[:2] = [
            msgspec.structs.replace(tile, before=_compared(now, then, number(then)))
            for tile, now, then in zip(tiles, (sums.total, sums.open), (before.total, before.open), strict=False)
        ]
    if period is None:
        waiting = sum(count for (_, status), count in figures.partitions.items() if status in WAITING)
        tiles.append(Tile("Waiting for AWS", (number(waiting),), {"LifeCycleReviewStatus": list(WAITING)}))
    else:
        now, then = (sum(n for day, n in figures.created.items() if day in one) for one in (period, period.before))
        created = {
            "AfterCreatedDate": f"{period.first}T00:00:00Z",
            "BeforeCreatedDate": f"{period.last + DAY}T00:00:00Z",
        }
        tiles.append(Tile("Created", (number(now),), {"CreatedDate": created}, "", _compared(now, then, number(then))))
    ended = {"LifeCycleStage": ["Launched", "Closed Lost"], **closing}
    tiles.append(Tile("Win rate", (_rate(sums.win_rate),), ended, "", _rate(before.win_rate) if before else ""))
    return tiles


def _money(label: str, now: Mapping[str, int], before: Mapping[str, int] | None, question: dict[str, Any]) -> Tile:
    texts = tuple(short_money(value, currency) for currency, value in now.items()) or (NOTHING,)
    exact = ", ".join(money(value, currency) for currency, value in now.items())
    told = ""
    if before is not None:
        told = ", ".join(
            _compared(now.get(currency, 0), before.get(currency, 0), short_money(before.get(currency, 0), currency))
            for currency in dict.fromkeys([*now, *before])
        )
    return Tile(label, texts, question, exact, told or (NOTHING if before is not None else ""))


def _compared(now: int, before: int, told: str) -> str:
    """The previous figure, and the change since then: `120 (+8 %)`."""
    return f"{told} ({(now - before) * 100 / before:+.0f} %)" if before else told


def _rate(rate: float | None) -> str:
    return NOTHING if rate is None else f"{rate:.1f} %"
