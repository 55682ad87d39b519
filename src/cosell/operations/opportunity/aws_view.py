"""AWS's own view of an opportunity: created when it is submitted, refreshed when it is corrected, full once approved.

A change to AWS's view joins the engagement as a snapshot for the partner. Its creation does not: the guide names one
snapshot for a submission, that of the partner's own record.
"""

from cosell.context import Context
from cosell.datasets.aws_people import approval
from cosell.operations.engagement.snapshots import take_aws_snapshots
from cosell.rules.aws_side.summary import DEFAULT_ORIGIN, summary_at_approval, summary_at_submission
from cosell.rules.opportunity.record import review_status_of
from cosell.rules.opportunity.review import FIRST_REVIEW_STATUS
from cosell.rules.opportunity.submission import DEFAULT_VISIBILITY, InvolvementType, Visibility, involvement_of
from cosell.store.interface import ReadTransaction, WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import GetAwsOpportunitySummaryResponse, GetOpportunityResponse


def aws_view(tx: ReadTransaction, identifier: str) -> GetAwsOpportunitySummaryResponse | None:
    """AWS's view of an opportunity; None before its submission."""
    encoded = tx.aws_summary(identifier)
    return None if encoded is None else decode(GetAwsOpportunitySummaryResponse, encoded)


def first_aws_view(record: GetOpportunityResponse) -> GetAwsOpportunitySummaryResponse:
    """What AWS sees of an opportunity before its submission, or of one that was seeded or loaded with a review status.

    The latter is what its submission would show. Our choice (docs/fidelity.md).
    """
    if is_draft(record):
        return summary_at_submission(record, None, None, DEFAULT_ORIGIN)
    return summary_at_submission(record, involvement_of(record), DEFAULT_VISIBILITY, DEFAULT_ORIGIN)


def is_draft(record: GetOpportunityResponse) -> bool:
    """Whether AWS has not been asked about an opportunity yet."""
    return review_status_of(record) == FIRST_REVIEW_STATUS


def put_aws_view(
    tx: WriteTransaction, identifier: str, view: GetAwsOpportunitySummaryResponse, now: Timestamp, context: Context
) -> None:
    """Set AWS's view of an opportunity to `view` from the moment `now` on."""
    before, encoded = tx.aws_summary(identifier), encode(view)
    tx.put_aws_summary(identifier, encoded)
    if before not in (None, encoded):
        take_aws_snapshots(tx, identifier, view, now, context)


def show_aws(
    tx: WriteTransaction,
    record: GetOpportunityResponse,
    involvement_type: InvolvementType,
    visibility: Visibility,
    now: Timestamp,
    context: Context,
) -> None:
    """Show AWS a record that is being submitted."""
    before = aws_view(tx, record.id)
    origin = (before and before.origin) or DEFAULT_ORIGIN
    view = summary_at_submission(record, involvement_type, visibility, origin, before)
    put_aws_view(tx, record.id, view, now, context)


def show_aws_correction(tx: WriteTransaction, record: GetOpportunityResponse, now: Timestamp, context: Context) -> None:
    """Show AWS what is being corrected in a record that it has seen before."""
    before = aws_view(tx, record.id)
    if before is not None and before.involvement_type is not None:
        show_aws(tx, record, before.involvement_type, before.visibility or "Full", now, context)


def show_aws_approval(tx: WriteTransaction, record: GetOpportunityResponse, now: Timestamp, context: Context) -> None:
    """Add AWS's people, its stage and its insights to a record that is being approved."""
    view = aws_view(tx, record.id) or first_aws_view(record)
    put_aws_view(tx, record.id, summary_at_approval(view, record, approval(context.chance)), now, context)
