"""The numbers of opportunities, which no installation gives twice.

They come from a sequence, which no transaction gives back to. So what a change has taken in vain, and what was fetched
for a group and not needed, is kept for the next one of this process; unless somebody has reserved numbers meanwhile,
which may lie beside them. Whoever takes a number shares a lock until the commit, and who reserves has it alone.
"""

from collections import deque
from typing import Final

from cosell.store.postgres.sql_connection import PostgresConnection

_LOCK: Final = "hashtextextended('cosell numbers in ' || current_schema(), 0)"
_FETCH: Final = f"""
SELECT reserved.last_value, (SELECT array_agg(nextval('opportunity_number')) FROM generate_series(1, ?))
FROM pg_advisory_xact_lock_shared({_LOCK}), opportunity_reservation AS reserved
"""
_RESERVE: Final = """
SELECT setval('opportunity_number', ?1, true) FROM opportunity_number
WHERE CASE WHEN is_called THEN last_value ELSE last_value - 1 END < ?1
"""


class Numbers:
    """The numbers that this process has in hand, for the transaction of its writer."""

    def __init__(self) -> None:
        self._spare: deque[int] = deque()
        self._reservation = -1
        self._is_locked = False
        self._used_last = 1
        self.given: list[int] = []
        """Those that the transaction at hand has taken, in their order."""

    def begin(self) -> None:
        """A transaction begins."""
        self.given.clear()
        self._is_locked = False

    def end(self, *, is_committed: bool) -> None:
        """It has ended. What was given is given, or given back."""
        self._used_last = max(1, len(self.given))
        if not is_committed:
            self.give_back(0)

    def give_back(self, count: int) -> None:
        """Let all but the first `count` that were given be given again."""
        self._spare.extendleft(reversed(self.given[count:]))
        del self.given[count:]

    def next(self, connection: PostgresConnection) -> int:
        """A number that nobody has."""
        if not self._is_locked or not self._spare:
            missing = self._used_last - len(self.given) - len(self._spare)
            self._fetch(connection, max(missing, 0 if self._spare else 1))
            if not self._spare:  # others reserved some, so those in hand did not count
                self._fetch(connection, 1)
        number = self._spare.popleft()
        self.given.append(number)
        return number

    def _fetch(self, connection: PostgresConnection, count: int) -> None:
        reservation, numbers = connection.row(_FETCH, (count,))
        if reservation != self._reservation:
            self._spare.clear()
            self._reservation = reservation
        self._spare.extend(numbers or ())
        self._is_locked = True

    def reserve(self, connection: PostgresConnection, upto: int) -> None:
        """Never give `upto` or a lower number again."""
        connection.rows(f"SELECT nextval('opportunity_reservation') FROM pg_advisory_xact_lock({_LOCK})")
        connection.rows(_RESERVE, (upto,))
        self._is_locked = False
