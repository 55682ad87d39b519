"""The table of everything that only grows: the number of the next opportunity, positions, each scope's latest stamp.

They are in one table because every change moves several of them, and then writes one page instead of four. A scope's
stamp has the scope's number; the others have numbers that no scope has.
"""

from typing import Final

import apsw

NEXT_NUMBER: Final = 0
EVENT_POSITION: Final = -1
"""Of the last announced event. A pruned event still had its position, which is not reused."""
CHANGE_POSITION: Final = -2
SEARCH_CODE: Final = -3
"""Of a text that searches know by a number."""
TRIMMED_POSITION: Final = -4
"""Of the last change that was removed from the history."""
TRIMMED_MS: Final = -5
"""When that change was."""

_VALUE: Final = "SELECT value FROM counter WHERE counter_id = ?"
_PUT: Final = "INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


def counter_value(connection: apsw.Connection, counter_id: int) -> int:
    """The value of a counter; 0 if it was never moved."""
    value = connection.execute(_VALUE, (counter_id,)).get
    assert isinstance(value, int | None)
    return value or 0


class Counters:
    """The counters inside one transaction: read when they are first asked for, written once at its end.

    The writer's lock is held from the transaction's beginning, so nobody else can move them meanwhile.
    """

    __slots__ = ("_connection", "_stored", "_values")

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._stored: dict[int, int] = {}
        self._values: dict[int, int] = {}

    def value(self, counter_id: int) -> int:
        """The value of a counter."""
        value = self._values.get(counter_id)
        if value is None:
            value = self._stored[counter_id] = self._values[counter_id] = counter_value(self._connection, counter_id)
        return value

    def raise_to(self, counter_id: int, value: int) -> int:
        """Raise a counter to at least `value`; returns its value."""
        raised = self._values[counter_id] = max(self.value(counter_id), value)
        return raised

    def advance(self, counter_id: int, count: int = 1) -> int:
        """Increase a counter by `count`; returns its value."""
        advanced = self._values[counter_id] = self.value(counter_id) + count
        return advanced

    def mark(self) -> dict[int, int]:
        """What to `return_to`."""
        return dict(self._values)

    def return_to(self, mark: dict[int, int]) -> None:
        """Be as at the mark."""
        self._values = {**self._stored, **mark}

    def write(self) -> None:
        """Write what has moved."""
        moved = [(counter, value) for counter, value in self._values.items() if value != self._stored[counter]]
        self._connection.executemany(_PUT, moved)
