"""What a mirror keeps of the service's answers, read back, all of it or what has changed."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.values import moment

AT_ONCE: Final = 1000


class KeptAnswers(msgspec.Struct, frozen=True):
    """The answers about one opportunity, as JSON texts; None for those that the mirror lacks."""

    id: str
    has_vanished: bool
    summary: bytes
    opportunity: bytes | None
    aws_summary: bytes | None


def present(mirror: Mirror) -> int:
    """How many opportunities a mirror has, without vanished ones."""
    ((count,),) = mirror.database.rows("SELECT count(*) FROM opportunity WHERE vanished_at IS NULL")
    return int(count)


def last_change_ms(mirror: Mirror) -> int:
    """When anything that `kept_answers` gives was written last; 0 in an empty mirror."""
    ms = mirror.database.dialect.ms
    ((changed, seen),) = mirror.database.rows(
        f"SELECT (SELECT {ms('max(changed_at)')} FROM opportunity),"
        f" (SELECT {ms('max(seen_at)')} FROM opportunity_detail)"
    )
    return max(changed or 0, seen or 0)


def kept_answers(mirror: Mirror, since_ms: int) -> Iterator[KeptAnswers]:
    """Of each opportunity written at `since_ms` or later, 0 for all, in the order of the identifiers' texts."""
    types = mirror.database.dialect.types
    text, moment_type = types["text"], types["moment"]
    statement = (
        f"SELECT o.id, o.vanished_at IS NOT NULL, CAST(o.raw AS {text}), CAST(d.opportunity AS {text}),"
        f" CAST(d.aws_summary AS {text})"
        " FROM opportunity o LEFT JOIN opportunity_detail d ON d.opportunity_id = o.id WHERE o.id > ?"
    )
    since: tuple[str, ...] = ()
    if since_ms > 0:
        since = (moment(since_ms),) * 2
        statement += (
            f" AND o.id IN (SELECT id FROM opportunity WHERE changed_at >= CAST(? AS {moment_type})"
            f" UNION SELECT opportunity_id FROM opportunity_detail WHERE seen_at >= CAST(? AS {moment_type}))"
        )
    statement += " ORDER BY o.id LIMIT ?"
    after = ""
    while found := mirror.database.rows(statement, (after, *since, AT_ONCE)):
        yield from (
            KeptAnswers(identifier, bool(vanished), summary.encode(), _encoded(opportunity), _encoded(aws_summary))
            for identifier, vanished, summary, opportunity, aws_summary in found
        )
        after = found[-1][0]


def _encoded(text: Any) -> bytes | None:
    return None if text is None else str(text).encode()
