"""The engagement in which a partner shares an opportunity with AWS: created once, then reused."""

from collections.abc import Sequence

import msgspec

from cosell.context import Context
from cosell.operations.change.announcement import announce_to
from cosell.operations.engagement.invitation_of_aws import add_member, invite_aws
from cosell.operations.engagement.snapshots import RUNNING, take_snapshot
from cosell.rules.engagement.from_opportunity import SUMMARY_TEMPLATE, engagement_of, snapshot_job_of
from cosell.rules.event import engagement_created
from cosell.rules.identifiers import random_id
from cosell.rules.opportunity.submission import InvolvementType, submitted
from cosell.rules.tag import tags_of
from cosell.store.engagement import StoredEngagement, StoredSnapshotJob
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetEngagementResponse, GetOpportunityResponse, Tag


class EngagementWithAws(msgspec.Struct, frozen=True):
    """The identifiers of what a task has created, or has found."""

    engagement_id: str
    invitation_id: str
    job_id: str


def engagement_with_aws(
    tx: WriteTransaction,
    record: GetOpportunityResponse,
    involvement_type: InvolvementType,
    tags: Sequence[Tag] | None,
    context: Context,
) -> EngagementWithAws:
    """Share an opportunity that is about to be submitted: its snapshot shows it as already submitted.

    `tags` are those of the snapshot job, the only thing created here that can have any.
    """
    now = Timestamp.from_ms(context.now_ms)
    job = next((job for job in tx.snapshot_jobs(record.id) if job.template == SUMMARY_TEMPLATE), None)
    if job is None:
        job = _new_job(tx, record, _new_engagement(tx, record, now, context), now, context)
    if tags:
        resource = f"resource-snapshot-job/{job.job_id}"
        tx.put_tags(resource, {**tx.tags(resource), **tags_of(tags)})
    take_snapshot(tx, job, submitted(record, involvement_type), now, context)
    stored = tx.engagement(job.engagement_id)
    assert stored is not None
    invitation_id = invite_aws(tx, record, decode(GetEngagementResponse, stored.record), context)
    return EngagementWithAws(job.engagement_id, invitation_id, job.job_id)


def _new_engagement(tx: WriteTransaction, record: GetOpportunityResponse, now: Timestamp, context: Context) -> str:
    engagement_id = random_id("eng-", 14, context.chance.getrandbits(112))
    owner = context.scope.account
    engagement = engagement_of(record, context.scope, engagement_id, now)
    tx.put_engagement(StoredEngagement(engagement_id, owner, now.ms, encode(engagement)))
    assert engagement.arn is not None
    happening = engagement_created(engagement.arn, now, owner, [held.type for held in engagement.contexts or ()])
    announce_to([owner], tx, happening, record.id, now, context)
    add_member(tx, engagement_id, owner, record.id, now, context)
    return engagement_id


def _new_job(
    tx: WriteTransaction, record: GetOpportunityResponse, engagement_id: str, now: Timestamp, context: Context
) -> StoredSnapshotJob:
    job_id = random_id("job-", 13, context.chance.getrandbits(104))
    answer = snapshot_job_of(record, engagement_id, context.scope, job_id, now)
    job = StoredSnapshotJob(job_id, engagement_id, record.id, SUMMARY_TEMPLATE, RUNNING, now.ms, encode(answer))
    tx.put_snapshot_job(job)
    return job
