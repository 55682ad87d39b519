"""What AWS gets to see of an opportunity when it is submitted, and again when it is corrected."""

from cosell.rules.aws_summary import summary_at_submission
from cosell.rules.submission import InvolvementType, Visibility
from cosell.store.interface import ReadTransaction, WriteTransaction
from cosell.wire.decode import decode
from cosell.wire.encode import encode
from cosell.wire.types import GetAwsOpportunitySummaryResponse, GetOpportunityResponse


def aws_view(tx: ReadTransaction, identifier: str) -> GetAwsOpportunitySummaryResponse | None:
    """AWS's view of an opportunity; None before its submission."""
    encoded = tx.aws_summary(identifier)
    return None if encoded is None else decode(GetAwsOpportunitySummaryResponse, encoded)


def show_aws(
    tx: WriteTransaction, record: GetOpportunityResponse, involvement_type: InvolvementType, visibility: Visibility
) -> None:
    """Let AWS see a record that has just been submitted."""
    before = aws_view(tx, record.id)
    origin = (before and before.origin) or "Partner Referral"
    tx.put_aws_summary(record.id, encode(summary_at_submission(record, involvement_type, visibility, origin, before)))


def show_aws_correction(tx: WriteTransaction, record: GetOpportunityResponse) -> None:
    """Let AWS see what has been corrected in a record that it has seen before."""
    before = aws_view(tx, record.id)
    if before is not None and before.involvement_type is not None:
        show_aws(tx, record, before.involvement_type, before.visibility or "Full")
