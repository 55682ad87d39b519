"""What AssociateOpportunity and DisassociateOpportunity have in common: the opportunity whose relations may change."""

from cosell.context import Context
from cosell.errors import ValidationException, Violation
from cosell.operations.opportunity.stored_record import record_of
from cosell.rules.opportunity.association import Kind, violations_of_form
from cosell.rules.opportunity.record import review_status_of
from cosell.rules.opportunity.review import next_status
from cosell.store.interface import WriteTransaction
from cosell.wire.types import GetOpportunityResponse


def related_record(
    tx: WriteTransaction, identifier: str, kind: Kind, entity: str, context: Context
) -> GetOpportunityResponse:
    """The record of an opportunity whose relations may change.

    Raises ResourceNotFoundException for what the caller does not have, and ValidationException if `entity` does not
    have the form of its kind, or the review status of the opportunity permits no change.
    """
    if violations := violations_of_form(kind, entity):
        raise ValidationException("REQUEST_VALIDATION_FAILED", violations)
    record = record_of(tx, identifier, context)
    status = review_status_of(record)
    if next_status(status, "associate") is None:
        message = f"What belongs to an opportunity that is {status} cannot change."
        violation = Violation("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED", message)
        raise ValidationException("BUSINESS_VALIDATION_FAILED", [violation])
    return record
