"""Announcing a change: its event joins the outbox in the change's own transaction."""

from cosell.context import Context
from cosell.rules.event import OpportunityChange, opportunity_event
from cosell.rules.identifiers import uuid_of
from cosell.store.interface import WriteTransaction
from cosell.wire.encode import encode
from cosell.wire.types import GetOpportunityResponse


def announce(tx: WriteTransaction, change: OpportunityChange, record: GetOpportunityResponse, context: Context) -> None:
    """Put the event of a change that `record` has just seen into the outbox."""
    event_id = uuid_of(context.chance.getrandbits(128))
    event = opportunity_event(change, event_id, context.scope, record.id, record.last_modified_date)
    tx.announce(event_id, record.id, encode(event))
