"""CreateOpportunity: a new opportunity of the caller, not yet submitted to AWS.

Source: service model 2022-07-26, CreateOpportunity.
"""

from cosell.context import Context
from cosell.errors import ResourceNotFoundException
from cosell.operations.opportunity.announcement import announce
from cosell.rules.identifiers import opportunity_id
from cosell.rules.opportunity import created
from cosell.store.interface import WriteTransaction
from cosell.store.opportunity import stored
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import CreateOpportunityRequest as Request
from cosell.wire.types import CreateOpportunityResponse as Response


def create_opportunity(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException when the related opportunity is not one of the caller's."""
    related = request.project.related_opportunity_identifier if request.project else None
    if related is not None and tx.record(related) is None:
        raise ResourceNotFoundException(f"Related opportunity {related} does not exist in this catalog.")
    stamp = Timestamp.from_ms(tx.stamp(context.now_ms))
    record = created(request, context.scope, opportunity_id(tx.next_number()), stamp)
    tx.insert([stored(record)])
    announce(tx, "Opportunity Created", record, context)
    return Response(
        id=record.id,
        partner_opportunity_identifier=record.partner_opportunity_identifier,
        last_modified_date=record.last_modified_date,
    )
