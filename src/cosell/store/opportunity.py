"""What the store keeps of an opportunity: its keys, and its two answers, already encoded.

A page of summaries is a concatenation of stored texts and a GetOpportunity is one stored text, so reading needs no
encoding. Decision: docs/decisions/0005.
"""

import msgspec

from cosell.rules.identifiers import id_key
from cosell.rules.list.sort_keys import company_key, target_close_key
from cosell.rules.opportunity.record import review_status_of, summary_of
from cosell.wire.encode import encode
from cosell.wire.types import GetOpportunityResponse


class StoredOpportunity(msgspec.Struct, frozen=True):
    """One opportunity as the store keeps it. Times are milliseconds since 1970 UTC."""

    id_key: str
    stage: str
    review_status: str
    last_modified_ms: int
    created_ms: int
    target_close: int
    company: bytes
    summary: bytes
    record: bytes


def stored(record: GetOpportunityResponse) -> StoredOpportunity:
    """The stored form of a record whose life cycle has a stage. One without review status is found among the drafts."""
    life_cycle = record.life_cycle
    assert life_cycle is not None
    assert life_cycle.stage is not None
    account = record.customer.account if record.customer else None
    return StoredOpportunity(
        id_key=id_key(record.id),
        stage=life_cycle.stage,
        review_status=review_status_of(record),
        last_modified_ms=record.last_modified_date.ms,
        created_ms=record.created_date.ms,
        target_close=target_close_key(life_cycle.target_close_date),
        company=company_key(account.company_name if account else None),
        summary=encode(summary_of(record)),
        record=encode(record),
    )
