"""AssignOpportunity: name the person at the partner who owns an opportunity.

Source: service model 2022-07-26, AssignOpportunity. There is no register of users here, so any person is valid. The
last assignment wins, and a repeated one changes nothing but the stamp.
"""

from cosell.context import Context
from cosell.errors import ValidationException, Violation
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.stored_record import put_changed, record_of
from cosell.rules.opportunity.record import review_status_of
from cosell.rules.opportunity.review import next_status
from cosell.rules.opportunity.team import LARGEST_TEAM, assigned
from cosell.store.interface import WriteTransaction
from cosell.wire.types import AssignOpportunityRequest as Request


def assign_opportunity(tx: WriteTransaction, request: Request, context: Context) -> None:
    """Raises ResourceNotFoundException for what the caller does not have, and ValidationException if the
    opportunity was rejected, or its team is full.
    """
    record = record_of(tx, request.identifier, context)
    status = review_status_of(record)
    if next_status(status, "assign") is None:
        message = f"An opportunity that is {status} cannot be assigned."
        violation = Violation("lifeCycle.reviewStatus", "ACTION_NOT_PERMITTED", message)
        raise ValidationException("BUSINESS_VALIDATION_FAILED", [violation])
    changed = assigned(record, request.assignee)
    if len(changed.opportunity_team or ()) > LARGEST_TEAM:
        violation = Violation("opportunityTeam", "TOO_MANY_VALUES", f"A team has at most {LARGEST_TEAM} members.")
        raise ValidationException("BUSINESS_VALIDATION_FAILED", [violation])
    put_changed(tx, changed, new_stamp(tx, context), context)
