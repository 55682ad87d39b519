"""Moments in answers: milliseconds since 1970 UTC, whatever the service writes.

Source: service model, shape DateTime (iso8601); recorded answers, in which LastModifiedDate has milliseconds since
about the middle of 2025 and whole seconds before. Numbers are seconds, as other AWS JSON services write moments.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


def ms_of(moment: object) -> int:
    """Milliseconds since the epoch, rounded down. Raises ValueError for what is not a moment."""
    if isinstance(moment, int | float) and not isinstance(moment, bool):
        return int(moment * 1000)
    if not isinstance(moment, str):
        raise ValueError("not a moment")  # noqa: TRY004  # all that is not a moment is one kind of mistake
    # fromisoformat knows no more than six digits of a second
    parsed = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", moment) if len(moment) > 24 else moment)
    return (parsed.replace(tzinfo=parsed.tzinfo or UTC) - _EPOCH) // _MS


def ms_of_http_date(text: str | None) -> int | None:
    """Milliseconds of a Date header, None if there is none that can be read."""
    try:
        return (parsedate_to_datetime(text or "") - _EPOCH) // _MS
    except (TypeError, ValueError):
        return None


def text_of(ms: int) -> str:
    """A moment for people and for JSON: `2026-05-04T09:15:22.000Z`."""
    return (_EPOCH + ms * _MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
