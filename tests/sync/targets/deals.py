"""Invented opportunities around today, and what each view has to answer about them: the oracle, in plain Python."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cosell.sync.targets.mirror import Mirror
from tests.store.caller import DAY_MS, NOON_MS, moment
from tests.sync.targets.rows import Summary, begin, keep, row_of, summary

Answer = list[tuple[Any, ...]]
STAGES = {"Prospect": 1, "Qualified": 2, "Technical Validation": 3, "Business Validation": 4, "Committed": 5}
OTHER_STAGES = [None, "Launched", "Closed Lost", "A new stage"]
REVIEWS = [None, "Pending Submission", "Submitted", "In review", "Action Required", "Approved", "Rejected"]
WAITING = ("Submitted", "In review", "Action Required")
EPOCH = date(1970, 1, 1)
LAST_MS = DAY_MS - 1
"""The last millisecond of a day."""


@dataclass(frozen=True)
class Spend:
    """An entry of Project.ExpectedCustomerSpend."""

    amount: str | None
    currency: str | None
    frequency: str | None

    @property
    def document(self) -> dict[str, str]:
        members = {"Amount": self.amount, "CurrencyCode": self.currency, "Frequency": self.frequency}
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class Deal:
    """An opportunity, as far as views look at it."""

    id: str
    modified_ms: int
    created_ms: int | None = None
    close: date | None = None
    stage: str | None = None
    was_in: str | None = None
    """The stage that it had before it changed to `stage`."""
    review: str | None = None
    company: str | None = None
    spends: tuple[Spend, ...] = field(default=())
    vanished: bool = False

    @property
    def is_open(self) -> bool:
        return not self.vanished and self.stage not in ("Launched", "Closed Lost")

    @property
    def order(self) -> int:
        return STAGES.get(self.stage or "", 6)

    @property
    def document(self) -> Summary:
        life_cycle = {"Stage": self.stage, "ReviewStatus": self.review, "TargetCloseDate": self.close}
        document = summary(
            self.id,
            self.modified_ms,
            LifeCycle={name: str(value) for name, value in life_cycle.items() if value is not None},
            Project={"ExpectedCustomerSpend": [spend.document for spend in self.spends]},
        )
        del document["CreatedDate"]
        if self.created_ms is not None:
            document["CreatedDate"] = moment(self.created_ms)
        if self.company is not None:
            document["Customer"] = {"Account": {"CompanyName": self.company, "Industry": "Retail"}}
        return document


def deals(today: date) -> list[Deal]:
    """What happens every day, and whatever a calendar has that does not."""
    midnight_ms = ms_of(today)
    odd = [
        Deal("O101", midnight_ms),  # says nothing of itself
        Deal("O102", midnight_ms + LAST_MS, midnight_ms + LAST_MS, today, "Prospect", review="Submitted"),
        Deal("O103", midnight_ms - 1, midnight_ms - 1, today - timedelta(days=1), "Prospect"),
        Deal("O104", midnight_ms, midnight_ms + 3 * DAY_MS, today + timedelta(days=1), "Qualified"),  # of tomorrow
        Deal("O105", midnight_ms, ms_of(date(2024, 2, 29)) + LAST_MS, date(2028, 2, 29), "Committed"),
        Deal(
            "O106",
            ms_of(date(2024, 3, 1)),
            ms_of(date(2000, 2, 29)),
            date(2024, 2, 29),
            "Committed",
            review="Submitted",
        ),
        Deal("O107", midnight_ms, ms_of(date(1970, 1, 1)), date(9999, 12, 31), "Qualified"),
        Deal("O108", midnight_ms, ms_of(date(1969, 12, 31)) + LAST_MS, date(1900, 3, 1), "Qualified"),
        Deal("O109", midnight_ms, midnight_ms - DAY_MS, today, "Qualified", was_in="Prospect", company="Moved"),
        Deal("O110", midnight_ms - 9 * DAY_MS, midnight_ms - 20 * DAY_MS, today, "Qualified", was_in="Prospect"),
        Deal("O111", midnight_ms, midnight_ms - 2 * DAY_MS, today, "Prospect", review="In review", vanished=True),
    ]
    for number, year in enumerate(range(today.year - 1, today.year + 2), start=1):  # the ends of every quarter
        odd += [
            Deal(f"O2{number}{month:02}{at}", midnight_ms, None, day, "Prospect")
            for month in (1, 4, 7, 10)
            for at, day in enumerate((date(year, month, 1), date(year, month, 1) - timedelta(days=1)))
        ]
    chance = random.Random(4)
    return odd + [_deal(f"O{number}", today, chance) for number in range(1, 90)]


def _deal(identifier: str, today: date, chance: random.Random) -> Deal:
    noon_ms = ms_of(today) + DAY_MS // 2
    days = chance.choice([2, 6, 8, 30, 31, 90, 91, 180, 181, 900])
    spends = [
        Spend(
            chance.choice(["1000.25", "7", "0.1", "250000", "", None]),
            chance.choice(["USD", "EUR", "JPY", None]),
            chance.choice(["Monthly", "Monthly", None]),
        )
        for _ in range(chance.choice([0, 1, 1, 2]))
    ]
    return Deal(
        identifier,
        noon_ms - chance.choice([1, 3, 6, 8, 30, 200]) * DAY_MS,
        noon_ms - days * DAY_MS,
        chance.choice([None, *(today + timedelta(days=days) for days in (-400, -3, 0, 1, 40, 80, 300))]),
        chance.choice([*STAGES, *OTHER_STAGES]),
        review=chance.choice(REVIEWS),
        company=f"Company {identifier}",
        spends=tuple(spends),
    )


def fill(mirror: Mirror, kept: Iterable[Deal]) -> None:
    """Let a mirror see the deals, as they were before and as they are."""
    deals = list(kept)
    before = [replace(deal, stage=deal.was_in, modified_ms=deal.modified_ms - DAY_MS) for deal in deals if deal.was_in]
    for page in (before, deals):
        keep(mirror, *(row_of(deal.id, deal.modified_ms, deal.document) for deal in page))
    mirror.mark_vanished(begin(mirror), [deal.id for deal in deals if deal.vanished], NOON_MS)


class Oracle:
    """What views have to answer about some deals at a moment, in UTC. `answers` has them by the views' names."""

    def __init__(self, deals: Iterable[Deal], now: datetime) -> None:
        self.deals = list(deals)
        self.today = now.date()
        self.week_ago_ms = int((now - timedelta(days=7)).timestamp() * 1000)
        self.quarter = [
            date(self.today.year + month // 12, month % 12 + 1, 1)
            for month in ((self.today.month - 1) // 3 * 3, (self.today.month - 1) // 3 * 3 + 3)
        ]

    def answers(self) -> dict[str, Answer]:
        """Rows without order; of the calendar without `week_ago`, which moves."""
        return {
            "open_opportunity": [self._open(deal) for deal in self._now_open()],
            "open_pipeline_by_stage": list(self._by_stage()),
            "open_spend_by_stage": self._spends(lambda deal: (deal.order, deal.stage)),
            "open_spend_by_currency": self._spends(lambda _: ()),
            "open_pipeline_by_age": list(self._by_age()),
            "stuck_in_review": [self._stuck(deal) for deal in self.deals if self._is_stuck(deal)],
            "closing_this_quarter": [
                (deal.id, None, deal.company, deal.stage, deal.review, deal.close, self._until_close(deal))
                for deal in self._now_open()
                if deal.close and self.quarter[0] <= deal.close < self.quarter[1]
            ],
            "changed_this_week": [*self._changes(), *self._news()],
            "opportunity_age": [(deal.id, *self._ages(deal)) for deal in self.deals if not deal.vanished],
            "opportunity_day": [
                (deal.id, *map(_day_number, (self.today, *self._days(deal))))
                for deal in self.deals
                if not deal.vanished
            ],
            "mirror_calendar": [(self.today, *self.quarter)],
        }

    def _now_open(self) -> Iterator[Deal]:
        return (deal for deal in self.deals if deal.is_open)

    def _days(self, deal: Deal) -> tuple[date | None, date, date | None]:
        return None if deal.created_ms is None else day_of(deal.created_ms), day_of(deal.modified_ms), deal.close

    def _ages(self, deal: Deal) -> tuple[int | None, int, int | None]:
        created, modified, _ = self._days(deal)
        age = None if created is None else (self.today - created).days
        return age, (self.today - modified).days, self._until_close(deal)

    def _until_close(self, deal: Deal) -> int | None:
        return None if deal.close is None else (deal.close - self.today).days

    def _open(self, deal: Deal) -> tuple[Any, ...]:
        stamps = (None if deal.created_ms is None else moment(deal.created_ms), moment(deal.modified_ms))
        industry = "Retail" if deal.company else None
        described = (deal.id, None, deal.company, None, industry, deal.order, deal.stage, deal.review)
        return *described, *stamps, deal.close, *self._ages(deal)

    def _by_stage(self) -> Iterator[tuple[Any, ...]]:
        for stage, found in self._grouped().items():
            ages = [age for deal in found if (age := self._ages(deal)[0]) is not None]
            overdue = sum(deal.close is not None and deal.close < self.today for deal in found)
            approved = sum(deal.review == "Approved" for deal in found)
            yield *stage, len(found), approved, overdue, max(ages, default=None)

    def _by_age(self) -> Iterator[tuple[Any, ...]]:
        for stage, found in self._grouped().items():
            counts = [0, 0, 0, 0]
            for deal in found:
                if (age := self._ages(deal)[0]) is not None:
                    counts[sum(age > limit for limit in (30, 90, 180))] += 1
            yield *stage, *counts

    def _grouped(self) -> dict[tuple[int, str | None], list[Deal]]:
        stages = defaultdict(list)
        for deal in self._now_open():
            stages[deal.order, deal.stage].append(deal)
        return stages

    def _spends(self, key_of: Callable[[Deal], tuple[Any, ...]]) -> Answer:
        whose: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        amounts: dict[tuple[Any, ...], list[Decimal]] = defaultdict(list)
        for deal in self._now_open():
            for spend in deal.spends:
                key = (*key_of(deal), spend.currency, spend.frequency)
                whose[key].add(deal.id)
                amounts[key] += [Decimal(spend.amount)] if spend.amount else []
        return [(*key, len(ids), sum(amounts[key]) if amounts[key] else None) for key, ids in whose.items()]

    def _is_stuck(self, deal: Deal) -> bool:
        return not deal.vanished and deal.review in WAITING and self._ages(deal)[1] >= 7

    def _stuck(self, deal: Deal) -> tuple[Any, ...]:
        described = (deal.id, None, deal.company, deal.stage, deal.review, None, None)
        return *described, self._ages(deal)[1], moment(deal.modified_ms)

    def _changes(self) -> Iterator[tuple[Any, ...]]:
        for deal in self.deals:
            if deal.modified_ms >= self.week_ago_ms:
                at = (moment(deal.modified_ms), moment(NOON_MS))
                if deal.was_in:
                    yield deal.id, deal.company, "LifeCycle.Stage", deal.was_in, deal.stage, *at
                if deal.vanished:
                    yield deal.id, deal.company, "Id", deal.id, None, *at

    def _news(self) -> Iterator[tuple[Any, ...]]:
        for deal in self.deals:
            if deal.created_ms is not None and deal.created_ms >= self.week_ago_ms:
                yield deal.id, deal.company, "Id", None, deal.id, moment(deal.modified_ms), moment(NOON_MS)


def ms_of(day: date) -> int:
    """The first millisecond of a day in UTC."""
    return (day - EPOCH).days * DAY_MS


def day_of(ms: int) -> date:
    """The day in UTC."""
    return EPOCH + timedelta(days=ms // DAY_MS)


def _day_number(day: date | None) -> int | None:
    return None if day is None else (day - EPOCH).days


def plain(rows: Iterable[tuple[Any, ...]]) -> Answer:
    """Rows in one order, without the types in which databases differ."""
    return sorted((tuple(map(_plain, row)) for row in rows), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(round(value.astimezone(UTC).timestamp() * 1000))
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal | int | float) else value
