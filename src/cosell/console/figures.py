"""The figures of a pipeline, kept up to date by what has changed since they were asked for last.

The first question about a scope reads every summary once. After that only what has moved is subtracted and added, so
the cost is that of the changes, whatever the size (docs/decisions/0015).
"""

import heapq
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from cosell.console.words import hundredths
from cosell.context import Scope
from cosell.store.interface import Store

MOST_SCOPES: Final = 8
"""Scopes whose figures are kept; the one that was asked for longest ago goes first."""

MONTH: Final = len("2026-01")
DAY: Final = len("2026-01-31")


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
    review_status: str
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


class _Kept:
    """The figures of a scope up to a position, and the lock of whoever reads or moves them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.position = -1
        self.figures = Figures()


class Pipelines:
    """The figures of every scope that was asked for. Safe to use from many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[Scope, _Kept] = {}
        self._lock = threading.Lock()

    @contextmanager
    def of(self, scope: Scope) -> Iterator[Figures]:
        """The figures of a scope as last committed. They stand still inside the block, so do not stay long."""
        kept = self._kept_of(scope)
        with kept.lock:
            self._follow(scope, kept)
            yield kept.figures

    def _kept_of(self, scope: Scope) -> _Kept:
        with self._lock:
            kept = self._kept.pop(scope, None) or _Kept()
            self._kept[scope] = kept
            while len(self._kept) > MOST_SCOPES:
                del self._kept[next(iter(self._kept))]
            return kept

    def _follow(self, scope: Scope, kept: _Kept) -> None:
        with self._store.read(scope) as tx:
            since = tx.since(kept.position) if kept.position >= 0 else None
            if since is None:
                kept.position = -1  # should this fail half-way, the next one begins anew
                kept.figures = Figures()
                kept.position = _read_whole(kept.figures, tx.whole())
                return
        for moved in since.moved:
            if moved.before is not None:
                kept.figures.add(moved.before, -1)
            kept.figures.add(moved.now)
        kept.position = since.position


def _read_whole(figures: Figures, rows: Iterable[int | bytes]) -> int:
    position = -1
    for row in rows:
        if isinstance(row, int):
            position = row
        else:
            figures.add(row)
    return position
