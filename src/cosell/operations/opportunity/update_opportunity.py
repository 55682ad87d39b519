"""UpdateOpportunity: replace what may change in an opportunity, unless somebody else was faster.

Source: service model 2022-07-26, UpdateOpportunity. Stamps are compared to the millisecond, because JavaScript's dates
hold no more [SDK behaviour].
"""

from cosell.context import Context
from cosell.errors import ConflictException, ValidationException
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.aws_view import show_aws_approval, show_aws_correction
from cosell.operations.opportunity.related import check_related
from cosell.operations.opportunity.stored_record import put_changed, record_of
from cosell.rules.opportunity.record import life_cycle_of
from cosell.rules.opportunity.update import Moment, update_of
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import UpdateOpportunityRequest as Request
from cosell.wire.types import UpdateOpportunityResponse as Response


def update_opportunity(tx: WriteTransaction, request: Request, context: Context) -> Response:
    """Raises ResourceNotFoundException for what the caller does not have, ConflictException for a stale stamp, and
    ValidationException with everything that forbids the update.
    """
    record = record_of(tx, request.identifier, context)
    check_related(tx, request.project, record.project)
    if record.last_modified_date.ms != request.last_modified_date.ms:
        raise ConflictException("Conflicting error, last modified date is not the latest.")
    moment = Moment(new_stamp(tx, context), Timestamp.from_ms(context.now_ms).day)
    update = update_of(record, request, moment, context.readings)
    if update.violations:
        raise ValidationException("BUSINESS_VALIDATION_FAILED", update.violations)
    status = life_cycle_of(update.record).review_status
    if status == "Submitted":
        show_aws_correction(tx, update.record, moment.stamp, context)
    elif status == "Approved" and life_cycle_of(record).review_status != "Approved":
        show_aws_approval(tx, update.record, moment.stamp, context)
    changed = put_changed(tx, update.record, moment.stamp, context)
    return Response(id=changed.id, last_modified_date=changed.last_modified_date)
