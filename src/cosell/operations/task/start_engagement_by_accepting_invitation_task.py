"""StartEngagementByAcceptingInvitationTask: accept AWS's referral, which makes the opportunity the caller's own.

In one transaction: the invitation is accepted, the caller joins the engagement, the opportunity appears, and a job
takes its snapshots.

Source: service model 2022-07-26, StartEngagementByAcceptingInvitationTask; recorded answers for the record. The order
of the events and the ReasonCodes are our choice (docs/fidelity.md).
"""

from typing import Final

import msgspec

from cosell.context import Context
from cosell.errors import ConflictException, ValidationException
from cosell.operations.change.announcement import announce
from cosell.operations.change.stamp import new_stamp
from cosell.operations.engagement.invitation_of_aws import add_member
from cosell.operations.engagement.snapshots import RUNNING, take_snapshot
from cosell.operations.invitation.invitation_of_caller import end, invitation_of, pending_invitation
from cosell.operations.task.task import TaskKind, ended, failed, started
from cosell.rules.aws_side.referral import accepted
from cosell.rules.aws_side.summary import summary_at_submission
from cosell.rules.engagement.from_opportunity import SUMMARY_TEMPLATE, snapshot_job_of
from cosell.rules.engagement.task import BY_ACCEPTING_IN_ARN, COMPLETE, ENGAGEMENT_BY_ACCEPTING_INVITATION
from cosell.rules.identifiers import random_id
from cosell.rules.tag import tags_of, violations_of_tags
from cosell.store.engagement import StoredSnapshotJob, StoredTask
from cosell.store.interface import WriteTransaction
from cosell.store.opportunity import stored
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse
from cosell.wire.types import ListEngagementByAcceptingInvitationTaskSummary as Summary
from cosell.wire.types import StartEngagementByAcceptingInvitationTaskRequest as Request


def start_engagement_by_accepting_invitation_task(
    tx: WriteTransaction, request: Request, context: Context
) -> msgspec.Raw:
    """The task's state, which is already COMPLETE or FAILED if tasks take no time.

    Raises ResourceNotFoundException for an invitation that the caller has not received, and ValidationException for
    tags that no resource can have.
    """
    if violations := violations_of_tags(request.tags):
        raise ValidationException("REQUEST_VALIDATION_FAILED", violations)
    invitation_id = invitation_of(tx, request.identifier, context).invitation_id
    return started(tx, KIND, request, context, engagement_invitation_id=invitation_id)


def _carry_out(tx: WriteTransaction, task: StoredTask, context: Context) -> StoredTask:
    request = decode(Request, task.request)
    try:
        invitation = pending_invitation(tx, request.identifier, context)
    except ConflictException as conflict:
        return failed(tx, KIND, task, "EngagementInvitationConflict", conflict.message)
    hidden = tx.referral(invitation.invitation_id)
    if hidden is None:
        message = "Only an invitation to an opportunity of AWS makes one."
        return failed(tx, KIND, task, "InvitationValidationFailed", message)
    stamp = new_stamp(tx, context)
    record = accepted(decode(GetOpportunityResponse, hidden), stamp)
    end(tx, invitation, "Accepted", stamp, context)
    tx.remove_referral(invitation.invitation_id)
    add_member(tx, invitation.engagement_id, context.scope.account, record.id, stamp, context)
    tx.insert([stored(record)])
    tx.put_aws_summary(record.id, encode(summary_at_submission(record, "Co-Sell", "Full", "AWS Referral")))
    announce(tx, "Opportunity Created", record, context)
    job_id = _start_job(tx, record, invitation.engagement_id, request, stamp, context)
    announce(tx, "Opportunity Updated", record, context)
    return ended(tx, KIND, task, task_status=COMPLETE, opportunity_id=record.id, resource_snapshot_job_id=job_id)


def _start_job(
    tx: WriteTransaction,
    record: GetOpportunityResponse,
    engagement_id: str,
    request: Request,
    now: Timestamp,
    context: Context,
) -> str:
    job_id = random_id("job-", 13, context.chance.getrandbits(104))
    answer = snapshot_job_of(record, engagement_id, context.scope, job_id, now)
    job = StoredSnapshotJob(job_id, engagement_id, record.id, SUMMARY_TEMPLATE, RUNNING, now.ms, encode(answer))
    tx.put_snapshot_job(job)
    if request.tags:
        tx.put_tags(f"resource-snapshot-job/{job_id}", tags_of(request.tags))
    take_snapshot(tx, job, record, now, context)
    return job_id


KIND: Final = TaskKind(
    ENGAGEMENT_BY_ACCEPTING_INVITATION, BY_ACCEPTING_IN_ARN, Summary, "engagement_invitation_id", _carry_out
)
