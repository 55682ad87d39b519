"""What a copy of a database consists of: the rows of these tables, in this order, as both databases have them.

Whatever follows from them is made anew by the copy: zones, and the index of searches.
"""

from typing import Final, NamedTuple


class Part(NamedTuple):
    """Rows of one table. `key` are the columns that order them; scoped ones begin with the scope's number."""

    table: str
    key: str
    columns: tuple[str, ...]

    @property
    def is_scoped(self) -> bool:
        """Whether each row belongs to a scope."""
        return self.columns[0] == "scope_id"


def _part(table: str, key: str, others: str) -> Part:
    return Part(table, key, (*key.split(", "), *others.split(", ")))


OPPORTUNITY: Final = "opportunity"
RECORD: Final = "record"
"""Stands in a table of its own; in a part it is the last column of its opportunity."""
PARTS: Final = (
    _part(
        OPPORTUNITY,
        "scope_id, id_key",
        "opportunity_id, stage, review_status, last_modified, created, target_close, company, summary, record",
    ),
    _part("opportunity_change", "scope_id, position", "id_key, changed, before"),
    _part("kept_count", "scope_id", "origin, position, counted_to, count"),
    _part("client_token", "scope_id, operation, client_token", "request_digest, answer, until"),
    _part("solution", "scope_id, id_key", "identifier, name, status, category, created, marketplace_arn"),
    _part("tag_set", "scope_id, resource", "tags"),
    _part("aws_summary", "scope_id, id_key", "summary"),
    _part("aws_referral", "scope_id, invitation_id", "record"),
    _part("appearance", "scope_id, id_key, entity_type, entity", "due, record"),
    # Behind opportunities, whose triggers put some of them on the agenda anew.
    _part("review_agenda", "scope_id, id_key", "submission, rule, step, due"),
    _part("engagement", "catalog, engagement_id", "created_by, created, record"),
    _part("engagement_member", "account, catalog, engagement_id", "joined, company_name, website_url"),
    _part(
        "engagement_invitation",
        "catalog, invitation_id",
        "engagement_id, sender, receiver, status, payload_type, invited, expires, record",
    ),
    _part("snapshot_job", "scope_id, job_id", "engagement_id, opportunity, template, status, created, record"),
    _part("snapshot", "catalog, engagement_id, opportunity, template, revision", "created_by, record"),
    _part(
        "engagement_task",
        "scope_id, kind, task_id",
        "status, started, opportunity, engagement_id, due, request, summary",
    ),
    _part("outbox", "position", "account, catalog, subject, detail_type, event_id, time, event"),
    _part("sink", "sink_id", "name, cursor, generation, gone, delivered, failed"),
    _part("held_event", "sink_id, position", "subject, attempts, first_attempt, next_attempt, reason"),
    _part("dead_letter", "sink_id, position", "attempts, died, reason"),
)

SHIFTED: Final[dict[str, tuple[str, ...]]] = {
    OPPORTUNITY: ("opportunity_id",),
    "opportunity_change": ("position",),
    "kept_count": ("origin", "position"),
}
"""Columns that grow within a scope, or within a whole file: see `store.copying.Shift`."""
PROGRESS: Final = "copy_progress"
"""The table that a database has as long as a copy into it is not whole: how many rows of each part it has."""
CREATE_PROGRESS: Final = f"CREATE TABLE {PROGRESS} (part text PRIMARY KEY, written bigint NOT NULL)"
"""For both databases."""
