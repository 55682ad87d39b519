"""What is counted of a pipeline: opportunities are put in and taken out one by one (docs/decisions/0015)."""

import heapq
from collections import Counter
from collections.abc import Iterable
from typing import Final, Self

import msgspec

from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS
from cosell.rules.opportunity.spend import hundredths
from cosell.store.page_plan import EVERY_STAGE

MONTH: Final = len("2026-01")
DAY: Final = len("2026-01-31")
OPEN_STAGES: Final = tuple(stage for stage in EVERY_STAGE if stage not in ("Launched", "Closed Lost"))


class _Spend(msgspec.Struct, rename="pascal"):
    amount: str | None = None
    currency_code: str | None = None
    target_company: str | None = None


class _Project(msgspec.Struct, rename="pascal"):
    expected_customer_spend: list[_Spend] | None = None


class _Account(msgspec.Struct, rename="pascal"):
    company_name: str | None = None


class _Customer(msgspec.Struct, rename="pascal"):
    account: _Account | None = None


class _LifeCycle(msgspec.Struct, rename="pascal"):
    stage: str
    review_status: str = FIRST_REVIEW_STATUS
    target_close_date: str | None = None
    closed_lost_reason: str | None = None


class Counted(msgspec.Struct, rename="pascal"):
    """What the figures need of a record or a summary, whose members have the same names."""

    life_cycle: _LifeCycle
    created_date: str
    last_modified_date: str
    customer: _Customer | None = None
    project: _Project | None = None


_counted: Final = msgspec.json.Decoder(Counted).decode


def is_open(stage: str, review_status: str) -> bool:
    """Whether something can still become of an opportunity: it is neither won nor lost nor rejected."""
    return stage in OPEN_STAGES and review_status != "Rejected"


class Figures:
    """Counts over the opportunities of one scope; money is in hundredths, days and months are texts.

    What was counted once and is no more may stay as a zero.
    """

    def __init__(self) -> None:
        self.partitions: Counter[tuple[str, str]] = Counter()  # (stage, review status)
        self.spends: Counter[tuple[str, str]] = Counter()  # (currency, stage): hundredths a month with AWS
        self.spenders: Counter[tuple[str, str]] = Counter()  # (currency, stage): opportunities behind `spends`
        self.closes: Counter[tuple[str, str]] = Counter()  # (month of the target close date, stage)
        self.created: Counter[str] = Counter()  # day
        self.modified: Counter[tuple[str, str]] = Counter()  # (review status, day)
        self.reasons_lost: Counter[str] = Counter()  # of Closed Lost; empty where none is given
        self.customers: Counter[str] = Counter()  # casefolded names
        self.open_closes: Counter[str] = Counter()  # open ones by the day of their target close date
        self.open_modified: Counter[str] = Counter()  # open ones by the day of their last change

    @classmethod
    def decoded(cls, encoded: bytes) -> Self:
        """What `encoded` has made. Raises msgspec.ValidationError for what another version of it made."""
        kept = _decode_kept(encoded)
        figures = cls()
        figures.spends.update({key: int(value) for key, value in kept.spends.items()})
        for name in _BELOW_64_BITS:
            getattr(figures, name).update(getattr(kept, name))
        return figures

    def encoded(self) -> bytes:
        """All of it, to be kept."""
        spends = {key: str(value) for key, value in self.spends.items()}
        return _encode(_KeptFigures(spends, **{name: getattr(self, name) for name in _BELOW_64_BITS}))

    def add(self, encoded: bytes, times: int = 1) -> None:
        """Count an encoded record or summary; `times` is -1 to take it out again."""
        counted = _counted(encoded)
        life_cycle = counted.life_cycle
        stage = life_cycle.stage
        self.partitions[stage, life_cycle.review_status] += times
        self.created[counted.created_date[:DAY]] += times
        self.modified[life_cycle.review_status, counted.last_modified_date[:DAY]] += times
        if life_cycle.target_close_date:
            self.closes[life_cycle.target_close_date[:MONTH], stage] += times
        if is_open(stage, life_cycle.review_status):
            self.open_modified[counted.last_modified_date[:DAY]] += times
            if life_cycle.target_close_date:
                self.open_closes[life_cycle.target_close_date] += times
        if stage == "Closed Lost":
            self.reasons_lost[life_cycle.closed_lost_reason or ""] += times
        if counted.customer and counted.customer.account and counted.customer.account.company_name:
            name = counted.customer.account.company_name.casefold()
            self.customers[name] += times
            if not self.customers[name]:  # the one counter that would grow without end
                del self.customers[name]
        if counted.project and counted.project.expected_customer_spend:
            self._add_spend(counted.project.expected_customer_spend, stage, times)

    def _add_spend(self, spends: Iterable[_Spend], stage: str, times: int) -> None:
        currencies = set()
        for spend in spends:
            if spend.amount and spend.target_company != "Self":
                currency = spend.currency_code or "?"
                self.spends[currency, stage] += times * hundredths(spend.amount)
                currencies.add(currency)
        for currency in currencies:
            self.spenders[currency, stage] += times

    def top_customers(self, count: int) -> list[tuple[str, int]]:
        """Those with the most opportunities, and how many; of equals the first in the alphabet."""
        least = min(heapq.nlargest(count, self.customers.values()), default=0)  # far cheaper than to sort all by name
        candidates = [item for item in self.customers.items() if item[1] >= least]
        return sorted(candidates, key=lambda item: (-item[1], item[0]))[:count]


class _KeptFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How figures are kept. Sums of money may be longer than 64 bits."""

    spends: dict[tuple[str, str], str]
    partitions: dict[tuple[str, str], int]
    spenders: dict[tuple[str, str], int]
    closes: dict[tuple[str, str], int]
    created: dict[str, int]
    modified: dict[tuple[str, str], int]
    reasons_lost: dict[str, int]
    customers: dict[str, int]
    open_closes: dict[str, int]
    open_modified: dict[str, int]


_BELOW_64_BITS: Final = _KeptFigures.__struct_fields__[1:]
_encode: Final = msgspec.msgpack.Encoder().encode
_decode_kept: Final = msgspec.msgpack.Decoder(_KeptFigures).decode
