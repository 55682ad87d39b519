"""An opportunity's record, as the operations that change it read it from the store and write it back."""

import msgspec

from cosell.context import Context
from cosell.errors import ResourceNotFoundException
from cosell.operations.change.announcement import announce
from cosell.operations.engagement.sharing import share_change
from cosell.store.interface import ReadTransaction, WriteTransaction
from cosell.store.opportunity import stored
from cosell.wire.decode import decode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse


def encoded_record(tx: ReadTransaction, identifier: str, context: Context) -> bytes:
    """The stored answer. Raises ResourceNotFoundException for what the account does not have in this catalog."""
    encoded = tx.record(identifier)
    if encoded is None:
        raise ResourceNotFoundException(f"Opportunity {identifier} does not exist in catalog {context.scope.catalog}.")
    return encoded


def record_of(tx: ReadTransaction, identifier: str, context: Context) -> GetOpportunityResponse:
    """The record. Raises ResourceNotFoundException for what the account does not have in this catalog."""
    return decode(GetOpportunityResponse, encoded_record(tx, identifier, context))


def put_changed(
    tx: WriteTransaction, record: GetOpportunityResponse, stamp: Timestamp, context: Context
) -> GetOpportunityResponse:
    """Write back a record that was changed at the moment `stamp`, and announce the change.

    Those who share it follow first, so that everyone who is notified finds everything in place.
    """
    changed = msgspec.structs.replace(record, last_modified_date=stamp)
    tx.replace(stored(changed))
    share_change(tx, changed, stamp, context)
    announce(tx, "Opportunity Updated", changed, context)
    return changed
