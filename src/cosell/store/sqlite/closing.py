"""What a transaction keeps in memory and writes once, at its end: counters, the bounds of zones, what to drop.

Each change moves all of them, so a transaction of many changes would write the same few rows again and again. The
writer's lock is held from the beginning, so nobody else can move them meanwhile.
"""

from typing import Any, Final, TypeAlias

import apsw

from cosell.store.opportunity import StoredOpportunity
from cosell.store.sql.zone_maps import WIDEN, Bounds, ZoneKey, bounds_of, joined, zone_keys
from cosell.store.sqlite.counters import Counters

Mark: TypeAlias = tuple[int | None, dict[int, int]]

_FORGET: Final = "DELETE FROM client_token WHERE until_day < ?"
_KEPT_DAYS: Final = """
WITH RECURSIVE kept (day) AS (
    SELECT min(until_day) FROM client_token
    UNION ALL SELECT (SELECT min(until_day) FROM client_token WHERE until_day > day) FROM kept WHERE day IS NOT NULL
)
SELECT day FROM kept WHERE day IS NOT NULL
"""


class Closing:
    """The end of one transaction of `connection`, as far as it is known."""

    __slots__ = ("_connection", "_forget_before", "_opportunity_id", "_token_days", "_zones", "counters")

    def __init__(self, connection: apsw.Connection) -> None:
        self.counters = Counters(connection)
        self._connection = connection
        self._opportunity_id: int | None = None
        self._zones: dict[ZoneKey, Bounds] = {}
        self._token_days: set[int] | None = None
        self._forget_before: int | None = None

    def new_opportunity_ids(self, count: int) -> range:
        """As many row numbers that are free."""
        if self._opportunity_id is None:
            largest = self._connection.execute("SELECT coalesce(max(opportunity_id), 0) FROM opportunity").get
            assert isinstance(largest, int)
            self._opportunity_id = largest
        first = self._opportunity_id + 1
        self._opportunity_id += count
        return range(first, first + count)

    def widen_zones(self, scope_id: int, opportunity: StoredOpportunity) -> None:
        """Widen the zones of an opportunity to include it."""
        bounds = bounds_of(opportunity)
        for key in zone_keys(scope_id, opportunity):
            known = self._zones.get(key, bounds)
            self._zones[key] = bounds if known == bounds else joined(known, bounds)

    def token_days(self) -> set[int]:
        """The days until which answers to tokens are kept: two, or more after a clock was set back."""
        if self._token_days is None:
            rows: Any = self._connection.execute(_KEPT_DAYS).fetchall()
            self._token_days = {day for (day,) in rows}
        return self._token_days

    def keep_token(self, today: int, until_day: int) -> None:
        """Take note that an answer is kept until a day; let go of those that were to be kept until yesterday."""
        self.token_days().add(until_day)
        self._forget_before = today

    def mark(self) -> Mark:
        """What to return to if a change among others is given up before it has written anything."""
        return self._opportunity_id, self.counters.mark()

    def return_to(self, mark: Mark) -> None:
        """Be as at the mark. Zones may stay wider: that is harmless."""
        self._opportunity_id, counters = mark
        self.counters.return_to(counters)

    def write(self) -> None:
        """Write all of it, as the transaction's last statements."""
        self.counters.write()
        if self._zones:
            self._connection.executemany(WIDEN, [(*key, *bounds) for key, bounds in self._zones.items()])
        if self._forget_before is not None:
            self._connection.execute(_FORGET, (self._forget_before,))
