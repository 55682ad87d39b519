"""The agenda of AWS's side, in SQL. See `store/agenda.py` for the meaning of each method."""

from typing import Any

import apsw

from cosell.context import Scope
from cosell.rules.identifiers import id_key, identifier_of
from cosell.store.agenda import DueReview, ReviewEntry

_DUE = (
    "SELECT due, account, catalog, id_key FROM review_agenda JOIN scope USING (scope_id) "
    "WHERE due <= ? ORDER BY due LIMIT ?"
)


class AgendaRows:
    """What a reading transaction sees of it."""

    _connection: apsw.Connection
    _scope_id: int | None

    def review_entry(self, identifier: str) -> ReviewEntry | None:
        """See `AgendaReader.review_entry`."""
        row: Any = self._connection.execute(
            "SELECT submission, rule, step, due FROM review_agenda WHERE scope_id = ? AND id_key = ?",
            (self._scope_id, id_key(identifier)),
        ).fetchone()
        return None if row is None else ReviewEntry(identifier, *row)


class AgendaChanges(AgendaRows):
    """What a writing transaction makes of it."""

    def put_review_entry(self, entry: ReviewEntry) -> None:
        """See `AgendaWriter.put_review_entry`."""
        self._connection.execute(
            "UPDATE review_agenda SET submission = ?, rule = ?, step = ?, due = ? WHERE scope_id = ? AND id_key = ?",
            (entry.submission, entry.rule, entry.step, entry.due_ms, self._scope_id, id_key(entry.identifier)),
        )

    def clear_agenda(self) -> None:
        """Remove all of it from the scope."""
        self._connection.execute("DELETE FROM review_agenda WHERE scope_id = ?", (self._scope_id,))


def due_reviews(connection: apsw.Connection, until_ms: int, limit: int) -> list[DueReview]:
    """See `Store.due_reviews`."""
    rows: Any = connection.execute(_DUE, (until_ms, limit)).fetchall()
    return [DueReview(due_ms, Scope(account, catalog), identifier_of(key)) for due_ms, account, catalog, key in rows]
