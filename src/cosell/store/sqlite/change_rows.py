"""The changes of opportunities, and counts that follow them, in SQL. `store/changes.py` has the meanings."""

from collections.abc import Iterable
from itertools import takewhile
from typing import Any, Final

import apsw

from cosell.rules.identifiers import id_key
from cosell.store.changes import Change, Course, Moved, Reached, Step
from cosell.store.opportunity import StoredOpportunity
from cosell.store.sqlite.closing import Closing
from cosell.store.sqlite.counters import CHANGE_POSITION, TRIMMED_MS, TRIMMED_POSITION, Counters, counter_value

CHANGES_OF_A_STEP: Final = 1_000
ROWS_OF_A_STEP: Final = 1_000
TRIMMED_AT_ONCE: Final = 1_000

_NEWEST_AND_ORIGIN: Final = """
SELECT
    (SELECT coalesce(max(position), 0) FROM opportunity_change),
    (
        SELECT coalesce(max(position), 0) FROM opportunity_change
        WHERE scope_id = ? AND id_key = '' AND before IS NOT NULL
    )
"""
# Changes that mark a scope as replaced stay: counts cover what came after them.
_OLDEST: Final = "SELECT position, changed FROM opportunity_change WHERE id_key != '' ORDER BY position LIMIT ?"
# Changes are few behind a position, and many in a scope: SQLite, which cannot know, is told to go by positions.
_END_OF_STEP: Final = """
SELECT count(*), max(position) FROM (
    SELECT position FROM opportunity_change NOT INDEXED WHERE position > ? AND scope_id = ? ORDER BY position LIMIT ?
)
"""
# What an opportunity was at the end of the step stands in the first change after it, or else in the opportunity.
_MOVED: Final = """
SELECT
    (SELECT before FROM opportunity_change WHERE position = first),
    coalesce(
        (
            SELECT before FROM opportunity_change AS later
            WHERE later.scope_id = :scope AND later.id_key = moved.id_key AND later.position > :end
                AND later.before IS NOT NULL
            ORDER BY later.position LIMIT 1
        ),
        {encoded}
    )
FROM (
    SELECT id_key, min(position) AS first FROM opportunity_change NOT INDEXED
    WHERE position > :position AND position <= :end AND scope_id = :scope GROUP BY id_key
) AS moved
CROSS JOIN opportunity INDEXED BY opportunity_by_id_key
    ON opportunity.scope_id = :scope AND opportunity.id_key = moved.id_key{joined}
WHERE :counted_to IS NULL OR moved.id_key <= :counted_to
"""
_FOUND: Final = (
    "SELECT id_key, {encoded} FROM opportunity{joined} WHERE scope_id = ? AND id_key > ? ORDER BY id_key LIMIT ?"
)
_SUMMARIES: Final = {"encoded": "summary", "joined": ""}
_RECORDS: Final = {"encoded": "record", "joined": " JOIN opportunity_record USING (opportunity_id)"}
_LAST: Final = (
    "SELECT id_key, changed, before FROM opportunity_change WHERE scope_id = :scope AND id_key != '' "
    "ORDER BY position DESC LIMIT :limit"
)
_NOW: Final = f"""
SELECT id_key, summary FROM opportunity INDEXED BY opportunity_by_id_key
WHERE scope_id = :scope AND id_key IN (SELECT id_key FROM ({_LAST}))
"""
_HOW_FAR: Final = "({0}origin, {0}counted_to IS NULL, coalesce({0}counted_to, ''), {0}position)"
_KEEP: Final = f"""
INSERT INTO kept_count VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    origin = excluded.origin, position = excluded.position, counted_to = excluded.counted_to, count = excluded.count
WHERE {_HOW_FAR.format("excluded.")} > {_HOW_FAR.format("kept_count.")}
"""


class ChangeRows:
    """What a reading transaction sees of them."""

    _connection: apsw.Connection
    _scope_id: int | None

    def history(self, identifier: str, limit: int) -> list[Change]:
        """See `ChangeReader.history`."""
        rows: Any = self._connection.execute(
            "SELECT position, changed, before FROM opportunity_change "
            "WHERE scope_id = ? AND id_key = ? AND before IS NOT NULL ORDER BY position DESC LIMIT ?",
            (self._scope_id, id_key(identifier), limit),
        )
        return [Change(*row) for row in rows]

    def trimmed_ms(self) -> int:
        """See `ChangeReader.trimmed_ms`."""
        return counter_value(self._connection, TRIMMED_MS)

    def courses(self, limit: int) -> list[Course]:
        """See `ChangeReader.courses`. A savepoint, so that both statements see the same moment."""
        with self._connection:
            last = {"scope": self._scope_id, "limit": limit}
            rows: Any = self._connection.execute(_LAST, last).fetchall()
            now: Any = self._connection.execute(_NOW, last).fetchall()
        courses: dict[str, Course] = {key: Course([], summary) for key, summary in now}
        for key, changed, before in reversed(rows):
            if key in courses:
                courses[key].changes.append((changed, before))
        return list(courses.values())

    def step(self, reached: Reached | None, *, whole: bool = False) -> Step:
        """See `ChangeReader.step`. A savepoint, so that all its statements see the same moment."""
        told = _RECORDS if whole else _SUMMARIES
        with self._connection:
            newest, origin = self._newest_and_origin()
            trimmed = counter_value(self._connection, TRIMMED_POSITION)
            newest = max(newest, trimmed)  # all may have been removed
            begins = reached is None or reached.origin != origin or not trimmed <= reached.position <= newest
            if reached is None or begins:
                reached = Reached(origin, newest, "")
            position, moved = self._moved(reached, newest, _MOVED.format_map(told))
            found, counted_to = [], reached.counted_to
            if position == newest and counted_to is not None:
                after = (self._scope_id, counted_to, ROWS_OF_A_STEP)
                rows: Any = self._connection.execute(_FOUND.format_map(told), after).fetchall()
                found = [encoded for _, encoded in rows]
                counted_to = rows[-1][0] if len(rows) == ROWS_OF_A_STEP else None
        is_last = position == newest and counted_to is None
        return Step(Reached(origin, position, counted_to), begins, is_last, moved, found)

    def _newest_and_origin(self) -> tuple[int, int]:
        numbers: Any = self._connection.execute(_NEWEST_AND_ORIGIN, (self._scope_id,)).fetchone()
        newest, origin = numbers
        return newest, origin

    def _moved(self, reached: Reached, newest: int, statement: str) -> tuple[int, list[Moved]]:
        """What has moved behind `reached`, and up to which position."""
        window = (reached.position, self._scope_id, CHANGES_OF_A_STEP)
        counted: Any = self._connection.execute(_END_OF_STEP, window).fetchone()
        count, last = counted
        if not count:
            return newest, []
        end = last if count == CHANGES_OF_A_STEP else newest
        bindings = {
            "scope": self._scope_id,
            "position": reached.position,
            "end": end,
            "counted_to": reached.counted_to,
        }
        rows: Any = self._connection.execute(statement, bindings)
        return end, [Moved(before, then) for before, then in rows]

    def kept_count(self) -> tuple[Reached, bytes] | None:
        """See `ChangeReader.kept_count`."""
        row: Any = self._connection.execute(
            "SELECT origin, position, counted_to, count FROM kept_count WHERE scope_id = ?", (self._scope_id,)
        ).fetchone()
        return None if row is None else (Reached(*row[:3]), row[3])


def trim(connection: apsw.Connection, before_ms: int) -> int:
    """See `Store.trim_history`. Counts that had not got as far are removed, too."""
    oldest: Any = connection.execute(_OLDEST, (TRIMMED_AT_ONCE,)).fetchall()
    old = list(takewhile(lambda row: row[1] < before_ms, oldest))
    if not old:
        return 0
    position, _ = old[-1]
    connection.execute("DELETE FROM opportunity_change WHERE position <= ? AND id_key != ''", (position,))
    connection.execute("DELETE FROM kept_count WHERE position < ?", (position,))
    counters = Counters(connection)
    counters.raise_to(TRIMMED_POSITION, position)
    counters.raise_to(TRIMMED_MS, max(changed for _, changed in old))
    counters.write()
    return len(old)


class ChangeLog(ChangeRows):
    """What a writing transaction notes of them, beside the changes themselves."""

    _closing: Closing

    def note_new(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """Opportunities that were not there before."""
        self._connection.executemany(
            "INSERT INTO opportunity_change (position, scope_id, id_key, changed) VALUES (?, ?, ?, ?)",
            ((self._position(), self._scope_id, new.id_key, new.last_modified_ms) for new in opportunities),
        )

    def note_replaced(self, opportunity_id: int, by: StoredOpportunity) -> None:
        """An opportunity whose record is still the one before."""
        self._connection.execute(
            "INSERT INTO opportunity_change (position, scope_id, id_key, changed, before) "
            "SELECT ?, ?, ?, ?, record FROM opportunity_record WHERE opportunity_id = ?",
            (self._position(), self._scope_id, by.id_key, by.last_modified_ms, opportunity_id),
        )

    def note_another_scope(self) -> None:
        """Everything is another now: the changes until here, and what was counted, are of what is no more."""
        self._connection.execute("DELETE FROM opportunity_change WHERE scope_id = ?", (self._scope_id,))
        self._connection.execute("DELETE FROM kept_count WHERE scope_id = ?", (self._scope_id,))
        self._connection.execute(
            "INSERT INTO opportunity_change VALUES (?, ?, '', 0, x'')",
            (self._position(), self._scope_id),
        )

    def _position(self) -> int:
        return self._closing.counters.advance(CHANGE_POSITION)

    def keep_count(self, reached: Reached, count: bytes) -> bool:
        """See `CountKeeper.keep_count`."""
        if self._newest_and_origin()[1] != reached.origin:
            return False
        self._connection.execute(_KEEP, (self._scope_id, reached.origin, reached.position, reached.counted_to, count))
        return self._connection.changes() > 0
