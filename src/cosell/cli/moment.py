"""Moments as people type them: a day, a date-time, or a time counted from now."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import click

UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FROM_NOW = re.compile(r"(?P<ahead>\+?)(?P<count>[0-9]{1,6})(?P<unit>[mhdw])")


class Moment(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A date-time in UTC: `2026-01-31`, `2026-01-31T09:00:00+01:00`, `7d` (seven days ago) or `+7d` (ahead)."""

    name = "moment"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime | str:
        """Fails with a usage error if the text names no moment."""
        return self.moment(value, param, ctx)

    def moment(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment that a text names. Without a time zone, UTC is meant."""
        counted = _FROM_NOW.fullmatch(value)
        try:
            if counted:
                distance = timedelta(**{UNITS[counted["unit"]]: int(counted["count"])})
                now = datetime.now(UTC)
                return now + distance if counted["ahead"] else now - distance
            moment = datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a moment. Try 2026-01-31, 2026-01-31T09:00:00Z, 7d or +7d.", param, ctx)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class Day(Moment):
    """The day of a moment, as the API writes it: `2026-01-31`. The service judges a well-formed day."""

    name = "day"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Fails with a usage error if the text names no moment."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return value
        return self.moment(value, param, ctx).date().isoformat()
