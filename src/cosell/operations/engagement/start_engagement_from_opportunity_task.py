"""StartEngagementFromOpportunityTask: submit an opportunity to AWS, with an engagement that AWS is invited to.

A task does in one transaction what its steps are in the model: the engagement (unless the opportunity has one), the
snapshot, the job that keeps taking them, the invitation to AWS (unless it is there), the submission. So it is done
wholly or not at all. It is done at once, or `Readings.task_delay_ms` after its start by whoever works then
(`carry_out`); a failure of the task is a success of the call, and says why.

Source: service model 2022-07-26, StartEngagementFromOpportunityTask. Which failure has which ReasonCode, and that an
opportunity which does not exist fails the call itself, is our choice (docs/fidelity.md).
"""

from typing import Final

import msgspec

from cosell.context import Context
from cosell.errors import ValidationException, Violation
from cosell.operations.engagement.engagement_with_aws import engagement_with_aws
from cosell.operations.opportunity.stored_record import encoded_record, record_of
from cosell.operations.opportunity.submit_opportunity import submit, violations_of_submit
from cosell.rules.identifiers import random_id, shared_arn
from cosell.rules.submission import DEFAULT_VISIBILITY
from cosell.rules.tag import violations_of_tags
from cosell.rules.task import (
    COMPLETE,
    ENGAGEMENT_FROM_OPPORTUNITY,
    FAILED,
    IN_PROGRESS,
    TASK_IN_ARN,
    ReasonCode,
    reason_for,
)
from cosell.store.engagement import StoredTask
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import ListEngagementFromOpportunityTaskSummary as Summary
from cosell.wire.types import StartEngagementFromOpportunityTaskRequest as Request

KIND: Final = ENGAGEMENT_FROM_OPPORTUNITY


def start_engagement_from_opportunity_task(tx: WriteTransaction, request: Request, context: Context) -> msgspec.Raw:
    """The task's state, which is COMPLETE or FAILED already where tasks take no time.

    Raises ResourceNotFoundException for an opportunity that the caller does not have, and ValidationException for tags
    that no resource can have.
    """
    if violations := violations_of_tags(request.tags):
        raise ValidationException("REQUEST_VALIDATION_FAILED", violations)
    encoded_record(tx, request.identifier, context)
    task = _started(request, context)
    tx.put_task(task)
    return msgspec.Raw(_caught_up(tx, task, context).summary)


def current_state(tx: WriteTransaction, answer: bytes, context: Context) -> msgspec.Raw:
    """What the task of a former answer has come to: a client repeats its call with the same ClientToken to find out.

    Source: developer guide.
    """
    task_id = decode(Summary, answer).task_id
    assert task_id is not None
    task = tx.task(KIND, task_id)
    assert task is not None
    return msgspec.Raw(_caught_up(tx, task, context).summary)


def carry_out(tx: WriteTransaction, task: StoredTask, context: Context) -> StoredTask:
    """Do what a task in progress is for, and keep how it ended."""
    request = decode(Request, task.request)
    submission = request.aws_submission
    visibility = submission.visibility or DEFAULT_VISIBILITY
    record = record_of(tx, request.identifier, context)
    if violations := violations_of_submit(record, submission.involvement_type, visibility, context):
        return _failed(tx, task, reason_for(violations), _message(violations))
    made = engagement_with_aws(tx, record, submission.involvement_type, request.tags, context)
    submit(tx, record, submission.involvement_type, visibility, context)
    summary = msgspec.structs.replace(
        decode(Summary, task.summary),
        task_status=COMPLETE,
        engagement_id=made.engagement_id,
        engagement_invitation_id=made.invitation_id,
        resource_snapshot_job_id=made.job_id,
    )
    return _ended(tx, task, summary)


def _started(request: Request, context: Context) -> StoredTask:
    task_id = random_id("task-", 13, context.chance.getrandbits(104))
    summary = Summary(
        task_id=task_id,
        task_arn=shared_arn(context.scope.catalog, TASK_IN_ARN, task_id),
        start_time=Timestamp.from_ms(context.now_ms),
        task_status=IN_PROGRESS,
        opportunity_id=request.identifier,
    )
    return StoredTask(
        kind=KIND,
        task_id=task_id,
        status=IN_PROGRESS,
        started_ms=context.now_ms,
        opportunity=request.identifier,
        engagement_id=None,
        due_ms=context.now_ms + context.readings.task_delay_ms,
        request=encode(request),
        summary=encode(summary),
    )


def _caught_up(tx: WriteTransaction, task: StoredTask, context: Context) -> StoredTask:
    is_due = task.due_ms is not None and task.due_ms <= context.now_ms
    return carry_out(tx, task, context) if is_due else task


def failed_by_a_defect(tx: WriteTransaction, task: StoredTask) -> StoredTask:
    """Let a task fail because cosell did."""
    return _failed(tx, task, "InternalError", "cosell failed; its log says how.")


def _failed(tx: WriteTransaction, task: StoredTask, reason: ReasonCode, message: str) -> StoredTask:
    summary = msgspec.structs.replace(
        decode(Summary, task.summary), task_status=FAILED, reason_code=reason, message=message
    )
    return _ended(tx, task, summary)


def _message(violations: list[Violation]) -> str:
    return "; ".join(f"{violation.field_name}: {violation.message}" for violation in violations)


def _ended(tx: WriteTransaction, task: StoredTask, summary: Summary) -> StoredTask:
    assert summary.task_status is not None
    ended = msgspec.structs.replace(
        task,
        status=summary.task_status,
        engagement_id=summary.engagement_id,
        due_ms=None,
        summary=encode(summary),
    )
    tx.put_task(ended)
    return ended
