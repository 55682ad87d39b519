"""What a change to an opportunity means for those who share it: AWS's answer to its invitation, and a new snapshot.

Source: developer guide. AWS accepts the invitation when it approves the opportunity, and rejects both together.
"""

from collections.abc import Mapping
from typing import Final

from cosell.context import Context
from cosell.operations.engagement.invitation_of_aws import Answer, answer_invitations
from cosell.operations.engagement.snapshots import RUNNING, take_snapshot
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetOpportunityResponse

_ANSWERS: Final[Mapping[str | None, Answer]] = {"Approved": "Accepted", "Rejected": "Rejected"}
"""How AWS answers once the review of the opportunity has come to a status."""


def share_change(tx: WriteTransaction, record: GetOpportunityResponse, now: Timestamp, context: Context) -> None:
    """Bring an opportunity's engagements up to date with its state at the moment `now`."""
    jobs = tx.snapshot_jobs(record.id)
    answer = _ANSWERS.get(record.life_cycle.review_status) if record.life_cycle else None
    if answer is not None:
        for engagement_id in dict.fromkeys(job.engagement_id for job in jobs):
            answer_invitations(tx, engagement_id, answer, record.id, now, context)
    for job in jobs:
        if job.status == RUNNING:
            take_snapshot(tx, job, record, now, context)
