"""What a transaction keeps in memory and writes once, at its end: numbers, stamps, the bounds of zones.

Each change moves all of them, so a transaction of many changes would write the same few rows again and again. The
writer's lock is held from the beginning, so nobody else can move them meanwhile.
"""

from typing import Any, Final, TypeAlias

import apsw

from cosell.store.opportunity import StoredOpportunity
from cosell.store.sqlite.zones import WIDEN, Bounds, ZoneKey, bounds_of, joined, zone_keys

Mark: TypeAlias = tuple[int | None, int | None, dict[int, int]]

_STAMP: Final = "UPDATE scope SET last_stamp = ? WHERE scope_id = ?"
_NUMBER: Final = "UPDATE installation SET next_number = ?"
_FORGET: Final = "DELETE FROM client_token WHERE until <= ?"


class Closing:
    """The end of one transaction of `connection`, as far as it is known."""

    __slots__ = ("_connection", "_forget_until", "_last_stamps", "_next_number", "_opportunity_id", "_zones")

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._next_number: int | None = None
        self._opportunity_id: int | None = None
        self._last_stamps: dict[int, int] = {}
        self._zones: dict[ZoneKey, Bounds] = {}
        self._forget_until: int | None = None

    def next_number(self) -> int:
        """See `WriteTransaction.next_number`."""
        number = self._number()
        self._next_number = number + 1
        return number

    def reserve_numbers(self, upto: int) -> None:
        """See `WriteTransaction.reserve_numbers`."""
        self._next_number = max(self._number(), upto + 1)

    def _number(self) -> int:
        if self._next_number is None:
            self._next_number = self._value("SELECT next_number FROM installation")
        return self._next_number

    def last_stamp(self, scope_id: int) -> int:
        """See `WriteTransaction.last_stamp`."""
        if scope_id not in self._last_stamps:
            self._last_stamps[scope_id] = self._value("SELECT last_stamp FROM scope WHERE scope_id = ?", scope_id)
        return self._last_stamps[scope_id]

    def raise_stamp(self, scope_id: int, stamp_ms: int) -> int:
        """Make `stamp_ms` the scope's latest stamp, unless it has a later one: the latest."""
        stamp = self._last_stamps[scope_id] = max(self.last_stamp(scope_id), stamp_ms)
        return stamp

    def new_opportunity_ids(self, count: int) -> range:
        """As many row numbers that are free."""
        if self._opportunity_id is None:
            self._opportunity_id = self._value("SELECT coalesce(max(opportunity_id), 0) FROM opportunity")
        first = self._opportunity_id + 1
        self._opportunity_id += count
        return range(first, first + count)

    def widen_zones(self, scope_id: int, opportunity: StoredOpportunity) -> None:
        """Let the zones of an opportunity hold it."""
        bounds = bounds_of(opportunity)
        for key in zone_keys(scope_id, opportunity):
            known = self._zones.get(key)
            self._zones[key] = bounds if known is None else joined(known, bounds)

    def forget_tokens(self, until_ms: int) -> None:
        """Let go of answers that were to be kept until then."""
        self._forget_until = until_ms

    def mark(self) -> Mark:
        """What to return to if a change among others is given up before it has written anything."""
        return self._next_number, self._opportunity_id, dict(self._last_stamps)

    def return_to(self, mark: Mark) -> None:
        """Be as at the mark. Zones may stay wider: that is harmless."""
        self._next_number, self._opportunity_id, last_stamps = mark
        self._last_stamps = dict(last_stamps)

    def write(self) -> None:
        """Write all of it, as the transaction's last statements."""
        if self._next_number is not None:
            self._connection.execute(_NUMBER, (self._next_number,))
        for scope_id, stamp in self._last_stamps.items():
            self._connection.execute(_STAMP, (stamp, scope_id))
        if self._zones:
            rows = [(*key, *bounds) for key, bounds in self._zones.items()]
            self._connection.executemany(WIDEN, rows)
        if self._forget_until is not None:
            self._connection.execute(_FORGET, (self._forget_until,))

    def _value(self, statement: str, *bindings: int) -> int:
        value: Any = self._connection.execute(statement, bindings).get
        assert isinstance(value, int)
        return value
