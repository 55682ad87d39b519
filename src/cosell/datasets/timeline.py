"""When the opportunities of an invented pipeline were created and last changed.

People work on weekdays, so moments are first drawn on a scale of working time alone, and then mapped to the
calendar. Everything is a function of its arguments: two readings of one timeline give the same moments.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

MS_PER_DAY: Final = 24 * 60 * 60 * 1000
HISTORY_DAYS: Final = 900
"""How far back the oldest opportunity goes."""
_OPENING_MS: Final = 7 * 60 * 60 * 1000
_WORKING_DAY_MS: Final = 11 * 60 * 60 * 1000
"""From 07:00 to 18:00 UTC, which is somebody's office hours anywhere from Tokyo's evening to Seattle's morning."""
_GROWTH: Final = 0.75
"""Below 1 an alliance that wins opportunities faster each year: the k-th of n comes at (k/n) to this power."""


class Moments(NamedTuple):
    """Creation (whole seconds) and last change of one opportunity, in milliseconds since 1970 UTC."""

    created_ms: int
    modified_ms: int


class Timeline:
    """The moments of `count` opportunities before the moment `now_ms`: creations ascend, changes are all different."""

    def __init__(self, count: int, seed: int, now_ms: int) -> None:
        self._count = count
        self._seed = seed
        today_ms = now_ms - now_ms % MS_PER_DAY
        days = (today_ms - day * MS_PER_DAY for day in range(HISTORY_DAYS, 0, -1))
        self._working_days = [day for day in days if _is_working_day(day)]
        # A change falls on a multiple of `spread` plus a remainder that no other opportunity has: so no two are equal,
        # without a memory of all of them. An odd factor takes each remainder of a power of two once.
        self._spread = 1 << max(10, (count - 1).bit_length())

    @property
    def earliest_ms(self) -> int:
        """No moment is before this one."""
        return self._working_days[0]

    def __iter__(self) -> Iterator[Moments]:
        """One opportunity after the other, in the order of creation."""
        chance = random.Random(f"timeline {self._seed}").random  # noqa: S311  # invented data
        count, spread, end = self._count, self._spread, len(self._working_days)
        for number in range(count):
            position = ((number + chance()) / count) ** _GROWTH * end
            created_ms = self._moment(position) // 1000 * 1000
            # One in eight was never touched again; the others cluster towards the present.
            touched = chance() * 1.14
            changed_ms = created_ms if touched >= 1 else self._moment(position + (end - position) * touched**0.6)
            changed_ms = max(changed_ms, created_ms)
            yield Moments(created_ms, -(-changed_ms // spread) * spread + number * 40503 % spread)

    def _moment(self, position: float) -> int:
        day = min(int(position), len(self._working_days) - 1)
        return self._working_days[day] + _OPENING_MS + int((position - day) % 1 * _WORKING_DAY_MS)


def _is_working_day(day_ms: int) -> bool:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=day_ms)).weekday() < 5
