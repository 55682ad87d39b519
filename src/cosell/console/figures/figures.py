"""What is counted in a pipeline: opportunities are added and subtracted one by one (docs/decisions/0015)."""

import heapq
from collections import Counter
from collections.abc import Iterable
from typing import Final, Self

import msgspec

from cosell.console.figures.restriction import EVERYTHING, Counted, CountedSpend, Restriction
from cosell.rules.opportunity.spend import hundredths
from cosell.rules.opportunity.stage import OPEN_STAGES

DAY: Final = len("2026-01-31")


_counted: Final = msgspec.json.Decoder(Counted).decode


def is_open(stage: str, review_status: str) -> bool:
    """Whether an opportunity is still open: neither won nor lost nor rejected."""
    return stage in OPEN_STAGES and review_status != "Rejected"


class Figures:
    """Counts over the opportunities of one scope; money is in hundredths, days are texts.

    Where a day is that of the target close date, it is empty for opportunities that have none.

    What was counted once and no longer exists may remain as a zero.
    """

    def __init__(self) -> None:
        self.partitions: Counter[tuple[str, str]] = Counter()  # (stage, review status)
        self.spends: Counter[tuple[str, str, str]] = Counter()  # (day, currency, stage): hundredths a month with AWS
        self.spenders: Counter[tuple[str, str, str]] = Counter()  # the same: opportunities behind `spends`
        self.closes: Counter[tuple[str, str]] = Counter()  # (day, stage)
        self.created: Counter[str] = Counter()  # day
        self.modified: Counter[tuple[str, str]] = Counter()  # (review status, day)
        self.reasons_lost: Counter[str] = Counter()  # of Closed Lost; empty if none is given
        self.customers: Counter[str] = Counter()  # casefolded names
        self.open_closes: Counter[str] = Counter()  # open ones by the day of their target close date
        self.open_modified: Counter[str] = Counter()  # open ones by the day of their last change
        self.countries: Counter[str] = Counter()
        self.industries: Counter[str] = Counter()

    @classmethod
    def decoded(cls, encoded: bytes) -> Self:
        """What `encoded` returned. Raises msgspec.ValidationError if another version wrote it."""
        kept = _decode_kept(encoded)
        figures = cls()
        figures.spends.update({key: int(value) for key, value in kept.spends.items()})
        for name in _BELOW_64_BITS:
            getattr(figures, name).update(getattr(kept, name))
        return figures

    def encoded(self) -> bytes:
        """All of it, to be stored."""
        spends = {key: str(value) for key, value in self.spends.items()}
        return _encode(_KeptFigures(spends, **{name: getattr(self, name) for name in _BELOW_64_BITS}))

    def add(self, encoded: bytes, times: int = 1, only: Restriction = EVERYTHING) -> None:
        """Count an encoded record or summary if it matches; `times` is -1 to subtract it again."""
        counted = _counted(encoded)
        if only is not EVERYTHING and not only.fits(counted):
            return
        life_cycle = counted.life_cycle
        stage, day = life_cycle.stage, life_cycle.target_close_date[:DAY]
        self.partitions[stage, life_cycle.review_status] += times
        self.created[counted.created_date[:DAY]] += times
        self.modified[life_cycle.review_status, counted.last_modified_date[:DAY]] += times
        self.closes[day, stage] += times
        if is_open(stage, life_cycle.review_status):
            self.open_modified[counted.last_modified_date[:DAY]] += times
            if day:
                self.open_closes[day] += times
        if stage == "Closed Lost":
            self.reasons_lost[life_cycle.closed_lost_reason] += times
        account = counted.customer.account
        self.countries[account.address.country_code] += times
        self.industries[account.industry] += times
        if account.company_name:
            name = account.company_name.casefold()
            self.customers[name] += times
            if not self.customers[name]:  # the one counter that would grow without end
                del self.customers[name]
        if counted.project and counted.project.expected_customer_spend:
            self._add_spend(counted.project.expected_customer_spend, (day, stage), times)

    def _add_spend(self, spends: Iterable[CountedSpend], place: tuple[str, str], times: int) -> None:
        day, stage = place
        currencies = set()
        for spend in spends:
            if spend.amount and spend.target_company != "Self":
                currency = spend.currency_code or "?"
                self.spends[day, currency, stage] += times * hundredths(spend.amount)
                currencies.add(currency)
        for currency in currencies:
            self.spenders[day, currency, stage] += times

    def top_customers(self, count: int) -> list[tuple[str, int]]:
        """Those with the most opportunities, and how many; ties in alphabetical order."""
        least = min(heapq.nlargest(count, self.customers.values()), default=0)  # far cheaper than to sort all by name
        candidates = [item for item in self.customers.items() if item[1] >= least]
        return sorted(candidates, key=lambda item: (-item[1], item[0]))[:count]


class _KeptFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How figures are kept. Sums of money may be longer than 64 bits."""

    spends: dict[tuple[str, str, str], str]
    partitions: dict[tuple[str, str], int]
    spenders: dict[tuple[str, str, str], int]
    closes: dict[tuple[str, str], int]
    created: dict[str, int]
    modified: dict[tuple[str, str], int]
    reasons_lost: dict[str, int]
    customers: dict[str, int]
    open_closes: dict[str, int]
    open_modified: dict[str, int]
    countries: dict[str, int]
    industries: dict[str, int]


_BELOW_64_BITS: Final = _KeptFigures.__struct_fields__[1:]
_encode: Final = msgspec.msgpack.Encoder().encode
_decode_kept: Final = msgspec.msgpack.Decoder(_KeptFigures).decode
