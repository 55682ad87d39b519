"""The changes of opportunities in SQL. See `store/changes.py` for the meaning of each method."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import apsw

from cosell.rules.identifiers import id_key
from cosell.store.changes import Change, Moved, Since
from cosell.store.opportunity import StoredOpportunity

MOST_MOVED: Final = 5_000
"""Opportunities that are told one by one. Records that were are kept in memory meanwhile; beyond, a scope is reread."""

_NEWEST: Final = "(SELECT coalesce(max(position), 0) FROM opportunity_change)"
_SINCE: Final = f"""
SELECT {_NEWEST}, NULL, NULL, NULL
UNION ALL
SELECT NULL, id_key, before, summary FROM opportunity_change LEFT JOIN opportunity USING (scope_id, id_key)
WHERE position IN (
    SELECT min(position) FROM opportunity_change WHERE position > ? AND scope_id = ? GROUP BY id_key LIMIT ?
)
"""


class ChangeRows:
    """What a reading transaction sees of them."""

    _connection: apsw.Connection
    _scope_id: int | None

    def history(self, identifier: str, limit: int) -> list[Change]:
        """See `ChangeReader.history`."""
        rows: Any = self._connection.execute(
            "SELECT position, changed, before FROM opportunity_change WHERE scope_id = ? AND id_key = ? "
            "ORDER BY position DESC LIMIT ?",
            (self._scope_id, id_key(identifier), limit),
        )
        return [Change(*row) for row in rows]

    def whole(self) -> Iterator[int | bytes]:
        """See `ChangeReader.whole`. One statement, so that position and summaries are of one moment."""
        statement = f"SELECT {_NEWEST} UNION ALL SELECT summary FROM opportunity WHERE scope_id = ?"
        rows: Any = self._connection.execute(statement, (self._scope_id,))
        for row in rows:
            yield row[0]

    def since(self, position: int) -> Since | None:
        """See `ChangeReader.since`. One statement, so that all of it is of one moment."""
        bindings = (position, self._scope_id, MOST_MOVED + 1)
        (newest, *_), *rows = self._connection.execute(_SINCE, bindings).fetchall()
        assert isinstance(newest, int)
        if newest < position or len(rows) > MOST_MOVED or any(key == "" or now is None for _, key, _, now in rows):
            return None
        return Since(newest, [Moved(before, now) for _, _, before, now in rows])  # type: ignore[arg-type]


class ChangeLog(ChangeRows):
    """What a writing transaction notes of them, beside the changes themselves."""

    def note_new(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """Opportunities that were not there before."""
        self._connection.executemany(
            "INSERT INTO opportunity_change (scope_id, id_key, changed) VALUES (?, ?, ?)",
            ((self._scope_id, new.id_key, new.last_modified_ms) for new in opportunities),
        )

    def note_replaced(self, opportunity_id: int, by: StoredOpportunity) -> None:
        """An opportunity whose record is still the one before."""
        self._connection.execute(
            "INSERT INTO opportunity_change (scope_id, id_key, changed, before) "
            "SELECT ?, ?, ?, record FROM opportunity_record WHERE opportunity_id = ?",
            (self._scope_id, by.id_key, by.last_modified_ms, opportunity_id),
        )

    def note_another_scope(self) -> None:
        """Everything is another now, and the changes until here are of what is no more."""
        self._connection.execute("DELETE FROM opportunity_change WHERE scope_id = ?", (self._scope_id,))
        self._connection.execute(
            "INSERT INTO opportunity_change (scope_id, id_key, changed) VALUES (?, '', 0)", (self._scope_id,)
        )
