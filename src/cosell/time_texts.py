"""Moments and time spans as people write them in options, files and requests to the admin API."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

UNITS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
"""Milliseconds of each unit."""
LONGEST_MS: Final = 100 * 366 * UNITS["d"]

_PART: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|[smhdw])", re.ASCII)
_MS: Final = timedelta(milliseconds=1)


def moment_ms(text: str) -> int:
    """Milliseconds since 1970 UTC of a moment such as `2026-05-04T09:00:00Z`; without a time zone, UTC is meant.

    Raises ValueError, with a sentence for people, if the text names no moment.
    """
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        ms = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // _MS
    except (ValueError, OverflowError):
        ms = -1
    if ms < 0:
        raise ValueError(f"{text!r} is not a moment from 1970 to 9999, such as 2026-05-04T09:00:00Z")
    return ms


def span_ms(text: str) -> int:
    """Milliseconds of a time span such as `90s`, `25h`, `1d12h` or `250ms`.

    Raises ValueError, with a sentence for people, if the text is not a span, or longer than a century.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is not a time span, such as 90s, 15m, 25h, 2d or 1d12h")
    ms = sum(round(float(number) * UNITS[unit]) for number, unit in parts)
    if ms > LONGEST_MS:
        raise ValueError(f"{text!r} is longer than a century")
    return ms


def span_text(ms: int) -> str:
    """A time span in the largest units: `90061000` → `1d1h1m1s`."""
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, ms = divmod(ms, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
