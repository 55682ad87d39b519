"""Periods of a pipeline: quarters, months, years, and spans of days, each with the one before it. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import msgspec

DAY: Final = timedelta(days=1)


class NoPeriod(Exception):
    """The days that an address names are invalid, or in the wrong order."""


class Period(msgspec.Struct, frozen=True):
    """The days from `first` to `last`, both inclusive."""

    first: date
    last: date

    def __contains__(self, day: str) -> bool:
        """Whether a day, written `2026-01-31`, lies in it; an empty one does not."""
        return self.first.isoformat() <= day <= self.last.isoformat()

    def __str__(self) -> str:
        """`2026-01-01 to 2026-03-31`."""
        return f"{self.first} to {self.last}"

    @property
    def before(self) -> "Period":
        """The same number of months before it if it consists of whole months, else the same number of days."""
        if self.first.day == 1 and (self.last + DAY).day == 1:
            months = _number(self.last) - _number(self.first) + 1
            return Period(month(self.first, -months), self.first - DAY)
        return Period(self.first - (self.last - self.first) - DAY, self.first - DAY)


def month(day: date, distance: int) -> date:
    """The first day of the month that is `distance` months away."""
    months = _number(day) + distance
    return date(months // 12, months % 12 + 1, 1)


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _months(first: date, count: int) -> Period:
    return Period(first, month(first, count) - DAY)


def _quarter(today: date, distance: int) -> Period:
    return _months(month(today, distance * 3 - (today.month - 1) % 3), 3)


CHOICES: Final[dict[str, tuple[str, Callable[[date], Period]]]] = {
    "this-quarter": ("This quarter", lambda today: _quarter(today, 0)),
    "last-quarter": ("Last quarter", lambda today: _quarter(today, -1)),
    "next-quarter": ("Next quarter", lambda today: _quarter(today, 1)),
    "this-month": ("This month", lambda today: _months(month(today, 0), 1)),
    "last-month": ("Last month", lambda today: _months(month(today, -1), 1)),
    "this-year": ("This year", lambda today: _months(date(today.year, 1, 1), 12)),
    "last-year": ("Last year", lambda today: _months(date(today.year - 1, 1, 1), 12)),
}
"""By their name in an address: what people call them, and which they are on a given day."""


def period_of(given: Mapping[str, str], today: date) -> Period | None:
    """The period that an address names, by `period`, or by the days `from` and `to`; None: all. Raises NoPeriod."""
    if given.get("from") or given.get("to"):
        try:
            first, last = (date.fromisoformat(given.get(name, "")) for name in ("from", "to"))
            period = Period(first, last)
            _ = period.before
        except (ValueError, OverflowError):
            raise NoPeriod("A period is two days, from and to, such as 2026-01-01 and 2026-03-31.") from None
        if last < first:
            raise NoPeriod(f"A period ends after it begins, and {last} is before {first}.")
        return period
    name = given.get("period", "")
    if not name:
        return None
    if name not in CHOICES:
        raise NoPeriod(f"A period is one of {', '.join(CHOICES)}.")
    return CHOICES[name][1](today)
