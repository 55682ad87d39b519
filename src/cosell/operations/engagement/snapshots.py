"""Snapshots of an opportunity, taken whenever what the members of an engagement see of it changes.

A job takes those of the partner's record. AWS takes those of its own view itself, without a job (docs/fidelity.md).
"""

from collections.abc import Sequence

import msgspec

from cosell.context import Context
from cosell.operations.change.announcement import announce_to
from cosell.rules.engagement.snapshot import AWS_VIEW_TEMPLATE, Series, aws_full_view, opportunity_view, snapshot_of
from cosell.rules.event import AWS, snapshot_created
from cosell.rules.identifiers import shared_arn
from cosell.store.engagement import StoredSnapshot, StoredSnapshotJob
from cosell.store.interface import WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import (
    GetAwsOpportunitySummaryResponse,
    GetOpportunityResponse,
    GetResourceSnapshotJobResponse,
    GetResourceSnapshotResponse,
    ResourceSnapshotPayload,
)

RUNNING = "Running"


def take_snapshot(
    tx: WriteTransaction, job: StoredSnapshotJob, record: GetOpportunityResponse, now: Timestamp, context: Context
) -> None:
    """Add a revision, and notify the members of the engagement, unless it would show them nothing new."""
    members = [member.account for member in tx.members(job.engagement_id)]
    series = Series(record.catalog, job.engagement_id, record.id, job.template)
    payload = ResourceSnapshotPayload(opportunity_summary=opportunity_view(record))
    if _revised(tx, series, payload, context.scope.account, members, now, context):
        executed = msgspec.structs.replace(
            decode(GetResourceSnapshotJobResponse, job.record), last_successful_execution_date=now
        )
        tx.put_snapshot_job(msgspec.structs.replace(job, record=encode(executed)))


def take_aws_snapshots(
    tx: WriteTransaction,
    identifier: str,
    view: GetAwsOpportunitySummaryResponse,
    now: Timestamp,
    context: Context,
) -> None:
    """Add a revision of AWS's own view to each engagement of an opportunity, and notify only its owner."""
    payload = ResourceSnapshotPayload(aws_opportunity_summary_full_view=aws_full_view(view))
    for engagement_id in dict.fromkeys(job.engagement_id for job in tx.snapshot_jobs(identifier)):
        series = Series(view.catalog, engagement_id, identifier, AWS_VIEW_TEMPLATE)
        _revised(tx, series, payload, AWS, [context.scope.account], now, context)


def _revised(
    tx: WriteTransaction,
    series: Series,
    payload: ResourceSnapshotPayload,
    creator: str,
    members: Sequence[str],
    now: Timestamp,
    context: Context,
) -> bool:
    """Add a revision for `members`, and notify them, unless it would show nothing new. Returns whether it did."""
    latest = tx.latest_snapshot(series.engagement_id, series.opportunity, series.template)
    if latest is not None:
        seen = decode(GetResourceSnapshotResponse, latest.record)
        if encode(seen.payload) == encode(payload):
            return False
    revision = 1 if latest is None else latest.revision + 1
    snapshot = snapshot_of(series, revision, payload, creator, members, now)
    tx.put_snapshot(
        StoredSnapshot(series.engagement_id, series.opportunity, series.template, revision, creator, encode(snapshot))
    )
    assert snapshot.arn is not None
    happening = snapshot_created(
        shared_arn(series.catalog, "engagement", series.engagement_id),
        snapshot.arn,
        opportunity=series.opportunity,
        creator=creator,
        target_members=members,
        template=series.template,
    )
    announce_to(members, tx, happening, series.opportunity, now, context)
    return True
