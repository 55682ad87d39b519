"""Announcing a change: its events join the outbox in the change's own transaction."""

from collections.abc import Iterable

from cosell.context import Context, Scope
from cosell.rules.event import AWS, Happening, OpportunityChange, envelope, opportunity_changed
from cosell.rules.identifiers import uuid_of
from cosell.store.interface import WriteTransaction
from cosell.store.outbox import Event
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse


def announce(tx: WriteTransaction, change: OpportunityChange, record: GetOpportunityResponse, context: Context) -> None:
    """Tell the acting account of a change that `record` has just seen."""
    happening = opportunity_changed(change, record.id)
    announce_to([context.scope.account], tx, happening, record.id, record.last_modified_date, context)


def announce_to(
    receivers: Iterable[str],
    tx: WriteTransaction,
    happening: Happening,
    subject: str,
    stamp: Timestamp,
    context: Context,
) -> None:
    """Tell each account of `receivers` (AWS is skipped) what happened at the moment `stamp`.

    `subject` is the identifier of what the event is about: an opportunity if there is one, else an engagement or an
    invitation. Events of one subject reach a receiver in the order in which they were announced.
    """
    for account in receivers:
        if account == AWS:
            continue
        event_id = uuid_of(context.chance.getrandbits(128))
        receiver = Scope(account, context.scope.catalog)
        body = encode(envelope(happening, event_id, receiver, stamp))
        tx.announce(Event(event_id, receiver, happening.detail_type, subject, stamp.ms, body))
