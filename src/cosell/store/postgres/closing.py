"""What a transaction keeps in memory and writes at its end: the clock rows, the bounds of zones, and its events.

Events come last of all, because whoever announces one holds the row of their positions until the commit, and with it
every other transaction that announces one.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec

from cosell.store.opportunity import StoredOpportunity
from cosell.store.outbox import Event
from cosell.store.postgres.news import NOTIFY
from cosell.store.postgres.numbers import Numbers
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.tokens import Tokens
from cosell.store.postgres.zones import WIDEN, zone_values
from cosell.store.sql.zone_maps import Bounds, ZoneKey, bounds_of, joined, zone_keys

_TAKE: Final = (
    "SELECT scope_id, stamp, change_position, opportunity_id FROM scope WHERE scope_id = ANY(?) "
    "ORDER BY account, catalog FOR UPDATE"
)
_GIVE_BACK: Final = "UPDATE scope SET stamp = ?, change_position = ?, opportunity_id = ? WHERE scope_id = ?"
_FORGET: Final = "DELETE FROM client_token WHERE scope_id = ? AND until < ?"
_ANNOUNCE: Final = """
WITH last AS (UPDATE event_position SET position = position + ?1 RETURNING position)
INSERT INTO outbox SELECT last.position - ?1 + place, account, catalog, subject, detail_type, event_id, time, event
FROM last, unnest(?2::text[], ?3::text[], ?4::text[], ?5::text[], ?6::text[], ?7::bigint[], ?8::bytea[])
WITH ORDINALITY AS told (account, catalog, subject, detail_type, event_id, time, event, place)
"""

Mark: TypeAlias = tuple["dict[int, ClockRow]", int, int]


class ClockRow(msgspec.Struct):
    """What only grows in a scope: its latest stamp, the position of its last change, the number of its last row."""

    stamp: int
    change_position: int
    opportunity_id: int


class Closing:
    """The end of one transaction of `connection`, as far as it is known."""

    def __init__(self, connection: PostgresConnection, numbers: Numbers) -> None:
        self._connection = connection
        self.numbers = numbers
        self.tokens = Tokens(connection)
        numbers.begin()
        self._clock_rows: dict[int, ClockRow] = {}
        self._stored: dict[int, ClockRow] = {}
        self._zones: dict[ZoneKey, Bounds] = {}
        self._events: list[Event] = []
        self._forgotten: dict[int, int] = {}

    def take(self, scope_ids: Iterable[int]) -> None:
        """Take the clock rows of scopes: no other process writes to them until the end."""
        wanted = [scope_id for scope_id in scope_ids if scope_id not in self._clock_rows]
        if not wanted:
            return
        for scope_id, *numbers in self._connection.rows(_TAKE, (wanted,)):
            self._stored[scope_id] = ClockRow(*numbers)
            self._clock_rows[scope_id] = ClockRow(*numbers)

    def clock_row(self, scope_id: int) -> ClockRow:
        """The clock row of a scope, taken now if it was not before."""
        if scope_id not in self._clock_rows:
            self.take([scope_id])
        return self._clock_rows[scope_id]

    def forget_tokens(self, scope_id: int, until_ms: int) -> None:
        """Let go of the answers to tokens that were to be kept until then."""
        self._forgotten[scope_id] = until_ms

    def widen_zones(self, scope_id: int, opportunity: StoredOpportunity) -> None:
        """Let the zones of an opportunity hold it."""
        bounds = bounds_of(opportunity)
        for key in zone_keys(scope_id, opportunity):
            known = self._zones.get(key, bounds)
            self._zones[key] = bounds if known == bounds else joined(known, bounds)

    def announce(self, event: Event) -> None:
        """Put an event into the outbox, after those before it."""
        self._events.append(event)

    @property
    def has_announced(self) -> bool:
        """Whether there are events to deliver."""
        return bool(self._events)

    def mark(self) -> Mark:
        """What to return to if a change among others is given up before it has written anything."""
        rows = {number: msgspec.structs.replace(row) for number, row in self._clock_rows.items()}
        return rows, len(self._events), len(self.numbers.given)

    def return_to(self, mark: Mark) -> None:
        """Be as at the mark. Rows that were taken since stay taken, and zones may stay wider: that is harmless."""
        rows, events, given = mark
        for number, row in self._clock_rows.items():
            before = rows.get(number, self._stored[number])
            row.stamp, row.change_position, row.opportunity_id = msgspec.structs.astuple(before)
        del self._events[events:]
        self.numbers.give_back(given)

    def write(self) -> None:
        """Write all of it, as the transaction's last statements."""
        moved = [
            (*msgspec.structs.astuple(row), number)
            for number, row in self._clock_rows.items()
            if row != self._stored[number]
        ]
        for key, bounds in self._zones.items():
            self._connection.put(WIDEN, zone_values(key, bounds))
        for values in moved:
            self._connection.put(_GIVE_BACK, values)
        for forgotten in self._forgotten.items():
            self._connection.put(_FORGET, forgotten)
        if self._events:
            self._connection.put(
                _ANNOUNCE, (len(self._events), *map(list, zip(*map(_columns, self._events), strict=True)))
            )
            self._connection.put(NOTIFY)


def _columns(event: Event) -> tuple[str | int | bytes, ...]:
    return (
        event.receiver.account,
        event.receiver.catalog,
        event.subject,
        event.detail_type,
        event.event_id,
        event.time_ms,
        event.body,
    )
