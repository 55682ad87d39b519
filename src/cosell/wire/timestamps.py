"""Moments and dates as the service writes them.

A request may name a moment to the nanosecond, and filters compare it as given, so moments are whole nanoseconds
since 1970 UTC. The service's own stamps are whole milliseconds and are written with three digits.

Source: service model, shapes DateTime (iso8601) and Date; recorded answers for the precision of stamps. That JSON
numbers pass as epoch seconds is our choice (docs/fidelity.md).
"""

import functools
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Self

NS_PER_MS = 1_000_000
NS_PER_SECOND = 1_000_000_000

_RFC_3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_FIRST_SECOND = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())


@functools.lru_cache(maxsize=4096)
def _day(days: int) -> str:
    """The day of the calendar, counted from 1970-01-01: days repeat, and formatting one is most of a moment's cost."""
    return (_EPOCH + timedelta(days=days)).date().isoformat()


@functools.lru_cache(maxsize=4096)
def _text(ms: int) -> str:
    """A moment as answers show it. A change writes its stamp into all that it touches, so moments repeat as well."""
    seconds, ms = divmod(ms, 1000)
    days, seconds = divmod(seconds, 86_400)
    return f"{_day(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}Z"


class Timestamp(int):
    """A moment: nanoseconds since 1970-01-01T00:00:00Z."""

    @classmethod
    def from_ms(cls, ms: int) -> Self:
        """The moment `ms` milliseconds after the epoch."""
        return cls(ms * NS_PER_MS)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The moment that an RFC 3339 text names. Raises ValueError if it names none."""
        parts = _RFC_3339.fullmatch(text)
        if parts is None:
            raise ValueError("not a date-time of RFC 3339")
        year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = parts.groups()
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        seconds = (moment - _EPOCH) // _SECOND
        if sign is not None:
            if int(offset_hours) > 23 or int(offset_minutes) > 59:
                raise ValueError("no such offset")
            offset = int(offset_hours) * 3600 + int(offset_minutes) * 60
            seconds -= offset if sign == "+" else -offset
        return cls._within_calendar(seconds, int((fraction or "0").ljust(9, "0")))

    @classmethod
    def from_epoch_seconds(cls, seconds: float | Decimal) -> Self:
        """The moment that a JSON number names. Raises ValueError outside the years 1 to 9999."""
        nanoseconds = int(Decimal(str(seconds)) * NS_PER_SECOND)
        return cls._within_calendar(*divmod(nanoseconds, NS_PER_SECOND))

    @classmethod
    def _within_calendar(cls, seconds: int, nanoseconds: int) -> Self:
        if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
            raise ValueError("outside the years 1 to 9999")
        return cls(seconds * NS_PER_SECOND + nanoseconds)

    @property
    def ms(self) -> int:
        """Whole milliseconds since the epoch, rounded down."""
        return self // NS_PER_MS

    @property
    def ms_at_or_after(self) -> int:
        """The first whole millisecond that is not before this moment."""
        return -(-self // NS_PER_MS)

    @property
    def day(self) -> "Date":
        """The day in UTC."""
        return Date(_day(self // NS_PER_SECOND // 86_400))

    def __str__(self) -> str:
        """The moment as answers show it, `YYYY-MM-DDTHH:MM:SS.mmmZ`."""
        return _text(self // NS_PER_MS)


class Date(str):
    """A day of the calendar, `YYYY-MM-DD`. A plain string on the wire."""

    __slots__ = ()

    @property
    def ordinal(self) -> int:
        """The day's number, as `datetime.date.toordinal` counts."""
        return date.fromisoformat(self).toordinal()


def is_calendar_day(text: str) -> bool:
    """Whether a text of the pattern of Date names a day that exists."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
