"""UpdateOpportunity: replace an opportunity's editable members, unless somebody else was faster.

Source: service model 2022-07-26, UpdateOpportunity. Stamps are compared by the millisecond, because JavaScript's
dates hold no more [SDK behaviour].
"""

from cosell.context import Context
from cosell.errors import ConflictException, ResourceNotFoundException
from cosell.operations.opportunity.announcement import announce
from cosell.rules.opportunity import updated
from cosell.store.interface import WriteTransaction
from cosell.store.opportunity import stored
from cosell.wire.decode import decode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse
from cosell.wire.types import UpdateOpportunityRequest as Request
from cosell.wire.types import UpdateOpportunityResponse as Response


def update_opportunity(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException for what the caller does not have, ConflictException for a stale stamp."""
    encoded = tx.record(request.identifier)
    if encoded is None:
        raise ResourceNotFoundException(
            f"Opportunity {request.identifier} does not exist in catalog {context.scope.catalog}."
        )
    record = decode(GetOpportunityResponse, encoded)
    if record.last_modified_date.ms != request.last_modified_date.ms:
        raise ConflictException("Conflicting error, last modified date is not the latest.")
    record = updated(record, request, Timestamp.from_ms(tx.stamp(context.now_ms)))
    tx.replace(stored(record))
    announce(tx, "Opportunity Updated", record, context)
    return Response(id=record.id, last_modified_date=record.last_modified_date)
