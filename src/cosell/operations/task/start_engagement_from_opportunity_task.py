"""StartEngagementFromOpportunityTask: submit an opportunity to AWS, with an engagement that AWS is invited to.

A task does in one transaction what its steps are in the model: the engagement (unless the opportunity has one), the
snapshot, the job that keeps taking them, the invitation to AWS (unless it exists), the submission. So it happens
completely or not at all.

Source: service model 2022-07-26, StartEngagementFromOpportunityTask. Which failure has which ReasonCode, and that an
opportunity which does not exist fails the call itself, is our choice (docs/fidelity.md).
"""

from typing import Final

import msgspec

from cosell.context import Context
from cosell.errors import ValidationException
from cosell.operations.engagement.engagement_with_aws import engagement_with_aws
from cosell.operations.opportunity.stored_record import encoded_record, record_of
from cosell.operations.opportunity.submit_opportunity import submit, violations_of_submit
from cosell.operations.task.task import TaskKind, ended, failed, started
from cosell.rules.engagement.task import COMPLETE, ENGAGEMENT_FROM_OPPORTUNITY, TASK_IN_ARN, message_for, reason_for
from cosell.rules.opportunity.submission import DEFAULT_VISIBILITY
from cosell.rules.tag import violations_of_tags
from cosell.store.engagement import StoredTask
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.types import ListEngagementFromOpportunityTaskSummary as Summary
from cosell.wire.types import StartEngagementFromOpportunityTaskRequest as Request


def start_engagement_from_opportunity_task(tx: WriteTransaction, request: Request, context: Context) -> msgspec.Raw:
    """The task's state, which is already COMPLETE or FAILED if tasks take no time.

    Raises ResourceNotFoundException for an opportunity that the caller does not have, and ValidationException for tags
    that no resource can have.
    """
    if violations := violations_of_tags(request.tags):
        raise ValidationException("REQUEST_VALIDATION_FAILED", violations)
    encoded_record(tx, request.identifier, context)
    return started(tx, KIND, request, context, opportunity_id=request.identifier)


def _carry_out(tx: WriteTransaction, task: StoredTask, context: Context) -> StoredTask:
    request = decode(Request, task.request)
    submission = request.aws_submission
    visibility = submission.visibility or DEFAULT_VISIBILITY
    record = record_of(tx, request.identifier, context)
    if violations := violations_of_submit(record, submission.involvement_type, visibility, context):
        return failed(tx, KIND, task, reason_for(violations), message_for(violations))
    made = engagement_with_aws(tx, record, submission.involvement_type, request.tags, context)
    submit(tx, record, submission.involvement_type, visibility, context)
    return ended(
        tx,
        KIND,
        task,
        task_status=COMPLETE,
        engagement_id=made.engagement_id,
        engagement_invitation_id=made.invitation_id,
        resource_snapshot_job_id=made.job_id,
    )


KIND: Final = TaskKind(ENGAGEMENT_FROM_OPPORTUNITY, TASK_IN_ARN, Summary, "engagement_id", _carry_out)
