"""Snapshots of an opportunity, taken by its jobs whenever what the members of an engagement see of it changes."""

import msgspec

from cosell.context import Context
from cosell.operations.opportunity.announcement import announce_to
from cosell.rules.event import snapshot_created
from cosell.rules.identifiers import shared_arn
from cosell.rules.snapshot import snapshot_of
from cosell.store.engagement import StoredSnapshot, StoredSnapshotJob
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse, GetResourceSnapshotJobResponse, GetResourceSnapshotResponse

RUNNING = "Running"


def take_snapshot(
    tx: WriteTransaction, job: StoredSnapshotJob, record: GetOpportunityResponse, now: Timestamp, context: Context
) -> None:
    """Add a revision, and tell the members of the engagement; neither where they would see what they see already."""
    members = [member.account for member in tx.members(job.engagement_id)]
    latest = tx.latest_snapshot(job.engagement_id, record.id, job.template)
    revision = 1 if latest is None else latest.revision + 1
    snapshot = snapshot_of(record, job.engagement_id, revision, context.scope.account, members, now)
    if latest is not None:
        seen = decode(GetResourceSnapshotResponse, latest.record)
        if encode(seen.payload) == encode(snapshot.payload):
            return
    owner = context.scope.account
    tx.put_snapshot(StoredSnapshot(job.engagement_id, record.id, job.template, revision, owner, encode(snapshot)))
    executed = msgspec.structs.replace(
        decode(GetResourceSnapshotJobResponse, job.record), last_successful_execution_date=now
    )
    tx.put_snapshot_job(msgspec.structs.replace(job, record=encode(executed)))
    assert snapshot.arn is not None
    happening = snapshot_created(
        shared_arn(context.scope.catalog, "engagement", job.engagement_id),
        snapshot.arn,
        opportunity=record.id,
        creator=owner,
        target_members=members,
        template=job.template,
    )
    announce_to(members, tx, happening, record.id, now, context)
