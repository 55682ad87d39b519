"""What a transaction keeps in memory and writes at its end: the clock rows, the bounds of zones, and its events.

Events come last of all, because whoever announces one holds the row of their positions until the commit, and with it
every other transaction that announces one.
"""

from typing import Final, TypeAlias

import msgspec

from cosell.store.opportunity import StoredOpportunity
from cosell.store.outbox import Event
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.postgres.zones import WIDEN, zone_values
from cosell.store.sql.zone_maps import Bounds, ZoneKey, bounds_of, joined, zone_keys

_TAKE: Final = "SELECT stamp, change_position, opportunity_id FROM scope WHERE scope_id = ? FOR UPDATE"
_GIVE_BACK: Final = "UPDATE scope SET stamp = ?, change_position = ?, opportunity_id = ? WHERE scope_id = ?"
_POSITIONS: Final = "UPDATE event_position SET position = position + ? RETURNING position"
_ANNOUNCE: Final = "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
NEWS: Final = "cosell_events"
"""The channel on which processes tell each other that there are events."""
_NOTIFY: Final = f"SELECT pg_notify('{NEWS}', '')"

Mark: TypeAlias = tuple["dict[int, ClockRow]", int]


class ClockRow(msgspec.Struct):
    """What only grows in a scope: its latest stamp, the position of its last change, the number of its last row."""

    stamp: int
    change_position: int
    opportunity_id: int


class Closing:
    """The end of one transaction of `connection`, as far as it is known."""

    def __init__(self, connection: PostgresConnection) -> None:
        self._connection = connection
        self._clock_rows: dict[int, ClockRow] = {}
        self._stored: dict[int, ClockRow] = {}
        self._zones: dict[ZoneKey, Bounds] = {}
        self._events: list[Event] = []

    def take(self, scope_id: int) -> ClockRow:
        """The clock row of a scope. No other process writes to the scope until the end."""
        row = self._clock_rows.get(scope_id)
        if row is None:
            row = ClockRow(*self._connection.row(_TAKE, (scope_id,)))
            self._stored[scope_id] = msgspec.structs.replace(row)
            self._clock_rows[scope_id] = row
        return row

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
        return {number: msgspec.structs.replace(row) for number, row in self._clock_rows.items()}, len(self._events)

    def return_to(self, mark: Mark) -> None:
        """Be as at the mark. Rows that were taken since stay taken, and zones may stay wider: that is harmless."""
        rows, events = mark
        for number, row in self._clock_rows.items():
            before = rows.get(number, self._stored[number])
            row.stamp, row.change_position, row.opportunity_id = msgspec.structs.astuple(before)
        del self._events[events:]

    def write(self) -> None:
        """Write all of it, as the transaction's last statements."""
        moved = [
            (*msgspec.structs.astuple(row), number)
            for number, row in self._clock_rows.items()
            if row != self._stored[number]
        ]
        if self._zones:
            self._connection.run_many(WIDEN, [zone_values(key, bounds) for key, bounds in self._zones.items()])
        if moved:
            self._connection.run_many(_GIVE_BACK, moved)
        if self._events:
            count = len(self._events)
            last = self._connection.value(_POSITIONS, (count,))
            self._connection.run_many(
                _ANNOUNCE,
                [
                    (
                        last - count + place,
                        event.receiver.account,
                        event.receiver.catalog,
                        event.subject,
                        event.detail_type,
                        event.event_id,
                        event.time_ms,
                        event.body,
                    )
                    for place, event in enumerate(self._events, start=1)
                ],
            )
            self._connection.rows(_NOTIFY)
