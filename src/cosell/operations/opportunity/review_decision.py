"""AWS's side of the review, whoever plays it: a reviewer at a console, a script, or the Sandbox itself.

Not an operation of the service model, but built like one: in a writing transaction of the opportunity's scope it
changes the record, stamps it, and announces it to the partner.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from cosell.context import Context
from cosell.errors import ValidationException, Violation
from cosell.operations.change.stamp import new_stamp
from cosell.operations.opportunity.aws_view import show_aws_approval
from cosell.operations.opportunity.stored_record import put_changed, record_of
from cosell.rules.opportunity.record import review_status_of, reviewed
from cosell.rules.opportunity.review import AwsStep, ReviewStatus, next_status
from cosell.store.interface import WriteTransaction
from cosell.wire.types import GetOpportunityResponse

_WAITS_NOT: Final[Mapping[ReviewStatus, str]] = {
    "Pending Submission": "the partner has not submitted it",
    "In review": "its review has started already",
    "Action Required": "the partner has to update it, which submits it again",
    "Approved": "its review has ended",
    "Rejected": "its review has ended",
}
"""Why a step is refused. A Submitted opportunity accepts every one."""


class ReviewDecision(msgspec.Struct, frozen=True):
    """What AWS decides: to start the review of an opportunity, to approve it, to require action, or to reject it."""

    identifier: str
    step: AwsStep
    comments: str | None = None
    """ReviewComments: what the partner should know, in words."""
    reason: str | None = None
    """ReviewStatusReason: why, in a few words or a code."""
    bare: bool = False
    """Whether an approval adds nothing of AWS's: no people, no stage, no insights."""


def review_decision(tx: WriteTransaction, decision: ReviewDecision, context: Context) -> GetOpportunityResponse:
    """Apply AWS's decision: the record with its new status and stamp. An approval adds AWS's people and insights.

    Each verdict replaces the last one: its comments and reason, even if it has none, replace those of the record. The
    start of a review leaves them. Raises ResourceNotFoundException if the scope has no such opportunity, and
    ValidationException (BUSINESS_VALIDATION_FAILED, INVALID_RESOURCE_STATE, lifeCycle.reviewStatus) if its status does
    not allow the step: a decision needs an opportunity that is submitted or in review.
    """
    record = record_of(tx, decision.identifier, context)
    status = review_status_of(record)
    following = next_status(status, decision.step)
    if following is None:
        violation = Violation(
            "lifeCycle.reviewStatus", "INVALID_RESOURCE_STATE", f"The opportunity is {status}: {_WAITS_NOT[status]}."
        )
        raise ValidationException("BUSINESS_VALIDATION_FAILED", [violation])
    changed = reviewed(record, following, decision.step, decision.comments, decision.reason)
    stamp = new_stamp(tx, context)
    if decision.step == "approve" and not decision.bare:
        show_aws_approval(tx, changed, stamp, context)
    return put_changed(tx, changed, stamp, context)
