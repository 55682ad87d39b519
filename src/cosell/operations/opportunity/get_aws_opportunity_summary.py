"""GetAwsOpportunitySummary: AWS's own view of one of the caller's opportunities, addressed by the caller's identifier.

Source: service model 2022-07-26, GetAwsOpportunitySummary; that it answers before the submission, without
InvolvementType and Visibility, is a field report of May 2026. Our choice (docs/fidelity.md): what was seeded or loaded
with a review status shows what a submission would have shown.
"""

import msgspec

from cosell.context import Context
from cosell.operations.opportunity.aws_view import first_aws_view
from cosell.operations.opportunity.stored_record import record_of
from cosell.store.interface import ReadTransaction
from cosell.wire.encode import encode
from cosell.wire.types import GetAwsOpportunitySummaryRequest as Request


def get_aws_opportunity_summary(tx: ReadTransaction, request: Request, context: Context) -> msgspec.Raw:
    """The stored answer. Raises ResourceNotFoundException for what the caller does not have."""
    identifier = request.related_opportunity_identifier
    summary = tx.aws_summary(identifier)
    if summary is not None:
        return msgspec.Raw(summary)
    return msgspec.Raw(encode(first_aws_view(record_of(tx, identifier, context))))
