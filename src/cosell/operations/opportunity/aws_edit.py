"""AWS edits an opportunity: its team, its insights, its stage, its next steps.

Not an operation of the service model, but built like one. The partner is notified of every edit that changes something;
the LastModifiedDate moves only if a member of the partner's own record changed (docs/fidelity.md).
"""

from cosell.context import Context
from cosell.errors import ResourceNotFoundException, ValidationException
from cosell.operations.change.announcement import announce_to
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.aws_view import aws_view, first_aws_view, is_draft, put_aws_view
from cosell.operations.opportunity.stored_record import put_changed, record_of
from cosell.rules.aws_side.edit import AwsEdit, edited_record, edited_view, violations_of_edit, violations_of_view
from cosell.rules.event import opportunity_changed
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetAwsOpportunitySummaryResponse, GetOpportunityResponse


def aws_edit(tx: WriteTransaction, identifier: str, edit: AwsEdit, context: Context) -> GetOpportunityResponse:
    """Apply an AWS edit; returns the partner's record after it.

    Raises ResourceNotFoundException if the scope has no such opportunity, or it was not submitted yet, and
    ValidationException if the members of AWS's view, or those of the partner's record, would disagree.
    """
    record = record_of(tx, identifier, context)
    now = Timestamp.from_ms(max(context.now_ms, record.last_modified_date.ms))
    view_changed = edit.view is not None and _edit_view(tx, record, edit.view, now, context)
    changed = record if edit.life_cycle is None else edited_record(record, edit.life_cycle, now)
    if violations := violations_of_edit(record, changed, now.day, context.readings):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    if changed != record:
        return put_changed(tx, changed, new_stamp(tx, context), context)
    if view_changed:
        happening = opportunity_changed("Opportunity Updated", identifier)
        announce_to([context.scope.account], tx, happening, identifier, now, context)
    return record


def _edit_view(
    tx: WriteTransaction,
    record: GetOpportunityResponse,
    edit: GetAwsOpportunitySummaryResponse,
    now: Timestamp,
    context: Context,
) -> bool:
    if is_draft(record):
        raise ResourceNotFoundException(f"AWS knows nothing of opportunity {record.id}: it was not submitted yet.")
    view = aws_view(tx, record.id) or first_aws_view(record)
    changed = edited_view(view, edit, now)
    if violations := violations_of_view(changed):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    if changed == view:
        return False
    put_aws_view(tx, record.id, changed, now, context)
    return True
