"""UpdateOpportunity: replace an opportunity's editable members, unless somebody else was faster.

Source: service model 2022-07-26, UpdateOpportunity. Stamps are compared by the millisecond, because JavaScript's
dates hold no more [SDK behaviour].
"""

from cosell.context import Context
from cosell.errors import ConflictException
from cosell.operations.opportunity.stored_record import new_stamp, put_changed, record_of
from cosell.rules.opportunity import updated
from cosell.store.interface import WriteTransaction
from cosell.wire.types import UpdateOpportunityRequest as Request
from cosell.wire.types import UpdateOpportunityResponse as Response


def update_opportunity(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException for what the caller does not have, ConflictException for a stale stamp."""
    record = record_of(tx, request.identifier, context)
    if record.last_modified_date.ms != request.last_modified_date.ms:
        raise ConflictException("Conflicting error, last modified date is not the latest.")
    stamp = new_stamp(tx, context)
    record = put_changed(tx, updated(record, request, stamp), stamp, context)
    return Response(id=record.id, last_modified_date=record.last_modified_date)
