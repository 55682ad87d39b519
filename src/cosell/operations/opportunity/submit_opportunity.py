"""SubmitOpportunity: hand an opportunity to AWS for its review.

Source: service model 2022-07-26, SubmitOpportunity; what it needs is in `rules/opportunity/submission.py`.
"""

from cosell.context import Context
from cosell.errors import ValidationException, Violation
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.aws_view import show_aws
from cosell.operations.opportunity.stored_record import put_changed, record_of
from cosell.rules.opportunity.record import life_cycle_of
from cosell.rules.opportunity.review import next_status
from cosell.rules.opportunity.submission import (
    DEFAULT_VISIBILITY,
    InvolvementType,
    Visibility,
    submitted,
    violations_of_submission,
)
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse
from cosell.wire.types import SubmitOpportunityRequest as Request


def submit_opportunity(tx: WriteTransaction, request: Request, context: Context) -> None:
    """Raises ResourceNotFoundException for what the caller does not have, and what `submit` raises."""
    record = record_of(tx, request.identifier, context)
    submit(tx, record, request.involvement_type, request.visibility or DEFAULT_VISIBILITY, context)


def submit(
    tx: WriteTransaction,
    record: GetOpportunityResponse,
    involvement_type: InvolvementType,
    visibility: Visibility,
    context: Context,
) -> GetOpportunityResponse:
    """Submit an opportunity: its record afterwards.

    Raises ValidationException with everything that it lacks, or only with ACTION_NOT_PERMITTED if its review status
    permits no submission.
    """
    if violations := violations_of_submit(record, involvement_type, visibility, context):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    changed, stamp = submitted(record, involvement_type), new_stamp(tx, context)
    show_aws(tx, changed, involvement_type, visibility, stamp, context)
    return put_changed(tx, changed, stamp, context)


def violations_of_submit(
    record: GetOpportunityResponse, involvement_type: InvolvementType, visibility: Visibility, context: Context
) -> list[Violation]:
    """Everything that an opportunity lacks for its submission, or only the review status if that permits none."""
    status = life_cycle_of(record).review_status
    if status is None or next_status(status, "submit") is None:
        message = f"You cannot perform Submit action on an opportunity that is {status or 'without review status'}."
        return [Violation("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED", message)]
    today = Timestamp.from_ms(context.now_ms).day
    return violations_of_submission(record, involvement_type, visibility, today)
