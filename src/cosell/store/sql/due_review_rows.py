"""Reviews that are due, in SQL. See `store/due_reviews.py` for the meaning of each method."""

from cosell.context import Scope
from cosell.rules.identifiers import id_key, identifier_of
from cosell.store.due_reviews import DueReview, ReviewEntry
from cosell.store.sql.connection import SqlConnection

_DUE = (
    "SELECT due, account, catalog, id_key FROM review_agenda JOIN scope USING (scope_id) "
    "WHERE due <= ? ORDER BY due LIMIT ?"
)


class DueReviewRows:
    """What a reading transaction sees of it."""

    _connection: SqlConnection
    _scope_id: int | None

    def review_entry(self, identifier: str) -> ReviewEntry | None:
        """See `ReviewReader.review_entry`."""
        row = self._connection.row(
            "SELECT submission, rule, step, due FROM review_agenda WHERE scope_id = ? AND id_key = ?",
            (self._scope_id, id_key(identifier)),
        )
        return None if row is None else ReviewEntry(identifier, *row)


class DueReviewChanges(DueReviewRows):
    """What a writing transaction makes of it."""

    def put_review_entry(self, entry: ReviewEntry) -> None:
        """See `ReviewWriter.put_review_entry`."""
        self._connection.put(
            "UPDATE review_agenda SET submission = ?, rule = ?, step = ?, due = ? WHERE scope_id = ? AND id_key = ?",
            (entry.submission, entry.rule, entry.step, entry.due_ms, self._scope_id, id_key(entry.identifier)),
        )

    def clear_due_reviews(self) -> None:
        """Remove all of it from the scope."""
        self._connection.put("DELETE FROM review_agenda WHERE scope_id = ?", (self._scope_id,))


def due_reviews(connection: SqlConnection, until_ms: int, limit: int) -> list[DueReview]:
    """See `Store.due_reviews`."""
    rows = connection.rows(_DUE, (until_ms, limit))
    return [DueReview(due_ms, Scope(account, catalog), identifier_of(key)) for due_ms, account, catalog, key in rows]
