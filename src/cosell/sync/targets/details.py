"""Details, and the queue of those to be fetched. Each function is part of its caller's transaction."""

from collections.abc import Iterable, Mapping
from typing import Final

from cosell.sync.target import DetailWanted
from cosell.sync.targets.database import Database, Parameters
from cosell.sync.targets.page import Arrival
from cosell.sync.targets.tables import DETAIL_QUEUE, OPPORTUNITY_DETAIL
from cosell.sync.targets.values import document_of, moment, stored_text, values_of

LONGEST_ERROR: Final = 500
"""Characters of an error that are kept."""


def queue(database: Database, arrivals: Iterable[Arrival], queued_at: str) -> None:
    """Queue opportunities that are new or changed; those that failed before start over."""
    rows = [(arrival.row.id, moment(arrival.row.last_modified_ms), queued_at, 0, None, None) for arrival in arrivals]
    database.put(DETAIL_QUEUE, rows)


def queue_missing(database: Database, queued_at: str) -> int:
    """See `Target.queue_details`."""
    return database.run(
        "INSERT INTO detail_queue (opportunity_id, last_modified_date, queued_at, attempts)"
        f" SELECT o.id, o.last_modified_date, CAST(? AS {database.dialect.types['moment']}), 0"
        " FROM opportunity o LEFT JOIN opportunity_detail d ON d.opportunity_id = o.id"
        " WHERE o.vanished_at IS NULL AND (d.opportunity_id IS NULL OR d.last_modified_date < o.last_modified_date)"
        " AND NOT EXISTS (SELECT 1 FROM detail_queue q WHERE q.opportunity_id = o.id)",
        (queued_at,),
    )


def wanted(database: Database, limit: int, now: str) -> list[DetailWanted]:
    """See `Target.details_wanted`."""
    type_ = database.dialect.types["moment"]
    return _queued(
        database,
        f"WHERE retry_at IS NULL OR retry_at <= CAST(? AS {type_}) ORDER BY queued_at, opportunity_id LIMIT ?",
        (now, limit),
    )


def failing(database: Database, limit: int) -> list[DetailWanted]:
    """See `Target.details_failing`."""
    return _queued(database, "WHERE attempts > 0 ORDER BY attempts DESC, opportunity_id LIMIT ?", (limit,))


def _queued(database: Database, which: str, parameters: Parameters) -> list[DetailWanted]:
    ms = database.dialect.ms("last_modified_date")
    found = database.rows(f"SELECT opportunity_id, {ms}, attempts, error FROM detail_queue {which}", parameters)
    return [DetailWanted(*row) for row in found]


def keep(
    database: Database, identifier: str, last_modified_ms: int, answers: Mapping[str, bytes | None], seen_at: str
) -> None:
    """See `Target.keep_detail`. `answers` has the texts of the columns `opportunity` and `aws_summary`."""
    stamp = moment(last_modified_ms)
    type_ = database.dialect.types["moment"]
    later = database.rows(
        f"SELECT 1 FROM opportunity_detail WHERE opportunity_id = ? AND last_modified_date > CAST(? AS {type_})",
        (identifier, stamp),
    )
    if not later:
        documents = {name: document_of(raw) for name, raw in answers.items() if raw is not None}
        texts = [None if raw is None else raw.decode() for raw in answers.values()]
        *values, cosell_motion_reason = values_of(documents, OPPORTUNITY_DETAIL.columns)
        row = (identifier, stamp, seen_at, *values, *texts, cosell_motion_reason)
        database.put(OPPORTUNITY_DETAIL, [row])
    database.run(
        f"DELETE FROM detail_queue WHERE opportunity_id = ? AND last_modified_date <= CAST(? AS {type_})",
        (identifier, stamp),
    )


def failed(database: Database, identifier: str, error: str, retry_at: str) -> None:
    """See `Target.detail_failed`."""
    database.run(
        "UPDATE detail_queue SET attempts = attempts + 1, retry_at = ?, error = ? WHERE opportunity_id = ?",
        (retry_at, stored_text(error[:LONGEST_ERROR]), identifier),
    )
