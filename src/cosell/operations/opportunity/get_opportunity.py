"""GetOpportunity: everything that the caller may know of one of its opportunities.

Source: service model 2022-07-26, GetOpportunity.
"""

import msgspec

from cosell.context import Context
from cosell.operations.opportunity.stored_record import encoded_record, record_of
from cosell.rules.opportunity.escaping import escaped
from cosell.store.interface import ReadTransaction
from cosell.wire.types import GetOpportunityRequest as Request
from cosell.wire.types import GetOpportunityResponse as Response


def get_opportunity(tx: ReadTransaction, request: Request, context: Context) -> Response | msgspec.Raw:
    """The stored answer. Raises ResourceNotFoundException for what the account does not have in this catalog."""
    if context.readings.escaped_texts:
        return escaped(record_of(tx, request.identifier, context))
    return msgspec.Raw(encoded_record(tx, request.identifier, context))
