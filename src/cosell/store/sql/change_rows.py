"""The changes of opportunities, and counts that follow them, in SQL. `store/changes.py` has the meanings."""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import ClassVar, Final, NamedTuple

from cosell.rules.identifiers import id_key
from cosell.store.changes import Change, Course, Moved, Reached, Step
from cosell.store.opportunity import StoredOpportunity
from cosell.store.sql.connection import SqlConnection, Value

CHANGES_OF_A_STEP: Final = 1_000
ROWS_OF_A_STEP: Final = 1_000
TRIMMED_AT_ONCE: Final = 1_000

_END_OF_STEP: Final = """
SELECT count(*), max(position) FROM (
    SELECT position FROM opportunity_change{along_positions}
    WHERE scope_id = ? AND position > ? ORDER BY position LIMIT ?
) AS next
"""
_ORIGIN: Final = """
SELECT coalesce(max(position), 0) FROM opportunity_change WHERE scope_id = ? AND id_key = '' AND before IS NOT NULL
"""
# What an opportunity was at the end of the step stands in the first change after it, or else in the opportunity.
_MOVED: Final = """
SELECT
    (SELECT before FROM opportunity_change WHERE scope_id = ?1 AND position = first),
    coalesce(
        (
            SELECT before FROM opportunity_change AS later
            WHERE later.scope_id = ?1 AND later.id_key = moved.id_key AND later.position > ?3
                AND later.before IS NOT NULL
            ORDER BY later.position LIMIT 1
        ),
        {encoded}
    )
FROM (
    SELECT id_key, min(position) AS first FROM opportunity_change{along_positions}
    WHERE scope_id = ?1 AND position > ?2 AND position <= ?3 GROUP BY id_key
) AS moved
JOIN opportunity{by_key} ON opportunity.scope_id = ?1 AND opportunity.id_key = moved.id_key{joined}
WHERE moved.id_key <= ?4 OR ?4 IS NULL
"""
_FOUND: Final = (
    "SELECT id_key, {encoded} FROM opportunity{joined} WHERE scope_id = ? AND id_key > ? ORDER BY id_key LIMIT ?"
)
_LAST: Final = (
    "SELECT id_key, changed, before FROM opportunity_change WHERE scope_id = ?1 AND id_key != '' "
    "ORDER BY position DESC LIMIT ?2"
)
_NOW: Final = f"""
SELECT id_key, summary FROM opportunity{{by_key}}
WHERE scope_id = ?1 AND id_key IN (SELECT id_key FROM ({_LAST}) AS last)
"""
_HOW_FAR: Final = "({0}origin, {0}counted_to IS NULL, coalesce({0}counted_to, ''), {0}position)"
_KEEP: Final = f"""
INSERT INTO kept_count VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope_id) DO UPDATE SET
    origin = excluded.origin, position = excluded.position, counted_to = excluded.counted_to, count = excluded.count
WHERE {_HOW_FAR.format("excluded.")} > {_HOW_FAR.format("kept_count.")}
"""


class ChangeStatements(NamedTuple):
    """What is asked about changes, in the words of one database. Those in pairs tell summaries, or records."""

    newest: str
    trimmed: str
    end_of_step: str
    moved: tuple[str, str]
    found: tuple[str, str]
    now: str


def change_statements(
    *, newest: str, trimmed: str, with_record: str, along_positions: str = "", by_key: str = ""
) -> ChangeStatements:
    """The statements of a database that has to be told which way to read, and how records are joined.

    `newest` gives the greatest position, of the scope or of all, and takes the scope. So does `trimmed`, which gives
    the position up to which changes were removed, and the latest moment of those.
    """
    told = [("summary", ""), ("record", with_record)]
    words = {"along_positions": along_positions, "by_key": by_key}
    moved, moved_whole = (_MOVED.format(encoded=encoded, joined=joined, **words) for encoded, joined in told)
    found, found_whole = (_FOUND.format(encoded=encoded, joined=joined) for encoded, joined in told)
    return ChangeStatements(
        newest=newest,
        trimmed=trimmed,
        end_of_step=_END_OF_STEP.format_map(words),
        moved=(moved, moved_whole),
        found=(found, found_whole),
        now=_NOW.format_map(words),
    )


class ChangeRows:
    """What a reading transaction sees of them."""

    _connection: SqlConnection
    _scope_id: int | None
    _changes: ClassVar[ChangeStatements]

    def history(self, identifier: str, limit: int) -> list[Change]:
        """See `ChangeReader.history`."""
        rows = self._connection.rows(
            "SELECT position, changed, before FROM opportunity_change "
            "WHERE scope_id = ? AND id_key = ? AND before IS NOT NULL ORDER BY position DESC LIMIT ?",
            (self._scope_id, id_key(identifier), limit),
        )
        return [Change(*row) for row in rows]

    def trimmed_ms(self) -> int:
        """See `ChangeReader.trimmed_ms`."""
        return self._trimmed()[1]

    def courses(self, limit: int) -> list[Course]:
        """See `ChangeReader.courses`."""
        last = (self._scope_id, limit)
        with self._connection.one_moment():
            rows = self._connection.rows(_LAST, last)
            now = self._connection.rows(self._changes.now, last)
        courses: dict[str, Course] = {key: Course([], summary) for key, summary in now}
        for key, changed, before in reversed(rows):
            if key in courses:
                courses[key].changes.append((changed, before))
        return list(courses.values())

    def step(self, reached: Reached | None, *, whole: bool = False) -> Step:
        """See `ChangeReader.step`."""
        with self._connection.one_moment():
            newest, origin = self._newest_and_origin()
            trimmed, _ = self._trimmed()
            newest = max(newest, trimmed)  # all may have been removed
            begins = reached is None or reached.origin != origin or not trimmed <= reached.position <= newest
            if reached is None or begins:
                reached = Reached(origin, newest, "")
            position, moved = self._moved(reached, newest, self._changes.moved[whole])
            found, counted_to = [], reached.counted_to
            if position == newest and counted_to is not None:
                after = (self._scope_id, counted_to, ROWS_OF_A_STEP)
                rows = self._connection.rows(self._changes.found[whole], after)
                found = [encoded for _, encoded in rows]
                counted_to = rows[-1][0] if len(rows) == ROWS_OF_A_STEP else None
        is_last = position == newest and counted_to is None
        return Step(Reached(origin, position, counted_to), begins, is_last, moved, found)

    def _trimmed(self) -> tuple[int, int]:
        """Up to which position changes were removed, and the latest moment of one of them."""
        trimmed: tuple[int, int] | None = self._connection.row(self._changes.trimmed, (self._scope_id,))
        return trimmed or (0, 0)

    def _newest_and_origin(self) -> tuple[int, int]:
        scope = (self._scope_id,)
        return self._connection.value(self._changes.newest, scope), self._connection.value(_ORIGIN, scope)

    def _moved(self, reached: Reached, newest: int, statement: str) -> tuple[int, list[Moved]]:
        """What has moved behind `reached`, and up to which position."""
        window = (self._scope_id, reached.position, CHANGES_OF_A_STEP)
        count, last = self._connection.row(self._changes.end_of_step, window)
        if not count:
            return newest, []
        end = last if count == CHANGES_OF_A_STEP else newest
        values = (self._scope_id, reached.position, end, reached.counted_to)
        return end, [Moved(before, then) for before, then in self._connection.rows(statement, values)]

    def kept_count(self) -> tuple[Reached, bytes] | None:
        """See `ChangeReader.kept_count`."""
        row = self._connection.row(
            "SELECT origin, position, counted_to, count FROM kept_count WHERE scope_id = ?", (self._scope_id,)
        )
        return None if row is None else (Reached(*row[:3]), row[3])


def removed(oldest: Sequence[tuple[int, int]], before_ms: int) -> tuple[int, int, int]:
    """Which of the oldest changes go that were made before then: their last position, latest moment and count."""
    old = list(takewhile(lambda change: change[1] < before_ms, oldest))
    return (old[-1][0], max(changed for _, changed in old), len(old)) if old else (0, 0, 0)


class ChangeLog(ChangeRows):
    """What a writing transaction notes of them, beside the changes themselves."""

    def _next_change(self) -> int:
        """The position of the next change."""
        raise NotImplementedError

    def note_new(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """Opportunities that were not there before."""
        self._connection.run_many(
            "INSERT INTO opportunity_change (position, scope_id, id_key, changed) VALUES (?, ?, ?, ?)",
            ((self._next_change(), self._scope_id, new.id_key, new.last_modified_ms) for new in opportunities),
        )

    def note_replaced(self, by: StoredOpportunity, has_key: str, *key: Value) -> None:
        """An opportunity whose record is still the one before, where it `has_key`."""
        self._connection.put(
            "INSERT INTO opportunity_change (position, scope_id, id_key, changed, before) "
            f"SELECT ?, ?, ?, ?, record FROM opportunity_record WHERE {has_key}",
            (self._next_change(), self._scope_id, by.id_key, by.last_modified_ms, *key),
        )

    def note_another_scope(self) -> None:
        """Everything is another now: the changes until here, and what was counted, are of what is no more."""
        self._connection.put("DELETE FROM opportunity_change WHERE scope_id = ?", (self._scope_id,))
        self._connection.put("DELETE FROM kept_count WHERE scope_id = ?", (self._scope_id,))
        self._connection.put(
            "INSERT INTO opportunity_change (position, scope_id, id_key, changed, before) VALUES (?, ?, '', 0, ?)",
            (self._next_change(), self._scope_id, b""),
        )

    def keep_count(self, reached: Reached, count: bytes) -> bool:
        """See `CountKeeper.keep_count`."""
        if self._newest_and_origin()[1] != reached.origin:
            return False
        kept = (self._scope_id, reached.origin, reached.position, reached.counted_to, count)
        return self._connection.run(_KEEP, kept) > 0
