"""A period's opportunities in sum, by stage and currency. Pure."""

from collections import Counter

import msgspec

from cosell.console.figures.figures import Figures
from cosell.console.pipeline.periods import Period
from cosell.reporting import Reporting
from cosell.rules.opportunity.stage import OPEN_STAGES


class Sums(msgspec.Struct, frozen=True):
    """Opportunities by stage; by currency and stage, what customers spend with AWS a month, in hundredths."""

    stages: Counter[str]
    spends: Counter[tuple[str, str]]
    spenders: Counter[tuple[str, str]]
    """Opportunities behind `spends`. Where several currencies have become one, an opportunity with two counts twice."""

    @property
    def total(self) -> int:
        """How many opportunities there are."""
        return self.stages.total()

    @property
    def open(self) -> int:
        """How many of them are open."""
        return sum(self.stages[stage] for stage in OPEN_STAGES)

    @property
    def currencies(self) -> list[str]:
        """Those with any spend."""
        return sorted({currency for (currency, _), count in self.spenders.items() if count})

    @property
    def win_rate(self) -> float | None:
        """Percent of those that have ended; None if none has."""
        won, lost = self.stages["Launched"], self.stages["Closed Lost"]
        return won * 100 / (won + lost) if won + lost else None

    def open_spends(self) -> dict[str, int]:
        """By currency, the sum of open opportunities."""
        spends = {name: sum(self.spends[name, stage] for stage in OPEN_STAGES) for name in self.currencies}
        return {name: value for name, value in spends.items() if value}

    def forecast(self, reporting: Reporting) -> dict[str, int]:
        """As `open_spends`, each amount times the probability of its sale."""
        weighted = {
            name: sum(reporting.weighted(self.spends[name, stage], stage) for stage in OPEN_STAGES)
            for name in self.open_spends()
        }
        return {name: value for name, value in weighted.items() if value}


def sums_of(figures: Figures, period: Period | None, reporting: Reporting) -> Sums:
    """The sums of what closes in a period; None: of everything. Amounts are converted where there are rates."""
    stages: Counter[str] = Counter()
    spends: Counter[tuple[str, str]] = Counter()
    spenders: Counter[tuple[str, str]] = Counter()
    first, last = ("", "9999-99-99") if period is None else (str(period.first), str(period.last))
    for (day, stage), count in figures.closes.items():
        if first <= day <= last:
            stages[stage] += count
    for (day, currency, stage), value in figures.spends.items():
        if first <= day <= last:
            spends[currency, stage] += value
            spenders[currency, stage] += figures.spenders[day, currency, stage]
    if not reporting.rates:
        return Sums(stages, spends, spenders)
    reported: Counter[tuple[str, str]] = Counter()
    behind: Counter[tuple[str, str]] = Counter()
    for (currency, stage), value in spends.items():
        converted, into = reporting.converted(value, currency)
        reported[into, stage] += converted
        behind[into, stage] += spenders[currency, stage]
    return Sums(stages, reported, behind)
