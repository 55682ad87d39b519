"""DisassociateOpportunity: remove a related entity from an opportunity.

Source: service model 2022-07-26, DisassociateOpportunity; a recorded answer for what is not associated.
"""

from cosell.context import Context
from cosell.errors import ResourceNotFoundException, ValidationException
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.related_entity import related_record
from cosell.operations.opportunity.stored_record import put_changed
from cosell.rules.opportunity.association import KINDS, associated, violations_of_removal, with_associated
from cosell.store.interface import WriteTransaction
from cosell.wire.types import DisassociateOpportunityRequest as Request


def disassociate_opportunity(tx: WriteTransaction, request: Request, context: Context) -> None:
    """Raises ResourceNotFoundException for an opportunity that does not exist or has no such entity, and
    ValidationException if the entity must stay.
    """
    kind, entity = KINDS[request.related_entity_type], request.related_entity_identifier
    record = related_record(tx, request.opportunity_identifier, kind, entity, context)
    there = associated(record.related_entity_identifiers, kind)
    if entity not in there:
        raise ResourceNotFoundException("This entity is not associated with the opportunity.")
    if violations := violations_of_removal(record, kind):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    left = [other for other in there if other != entity]
    put_changed(tx, with_associated(record, kind, left), new_stamp(tx, context), context)
