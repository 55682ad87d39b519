"""GetAwsOpportunitySummary: AWS's own view of one of the caller's opportunities, addressed by the caller's identifier.

Source: service model 2022-07-26, GetAwsOpportunitySummary. Our choice (docs/fidelity.md): there is none before the
submission, and what was seeded or loaded with a review status shows what a submission would have shown.
"""

import msgspec

from cosell.context import Context
from cosell.errors import ResourceNotFoundException
from cosell.operations.opportunity.stored_record import record_of
from cosell.rules.aws_summary import summary_at_submission
from cosell.rules.opportunity import life_cycle_of
from cosell.rules.review import FIRST_REVIEW_STATUS
from cosell.rules.submission import DEFAULT_VISIBILITY, involvement_of
from cosell.store.interface import ReadTransaction
from cosell.wire.encode import encode
from cosell.wire.types import GetAwsOpportunitySummaryRequest as Request


def get_aws_opportunity_summary(tx: ReadTransaction, request: Request, context: Context) -> msgspec.Raw:
    """The stored answer. Raises ResourceNotFoundException for what the caller does not have, or has not submitted."""
    identifier = request.related_opportunity_identifier
    summary = tx.aws_summary(identifier)
    if summary is not None:
        return msgspec.Raw(summary)
    record = record_of(tx, identifier, context)
    if life_cycle_of(record).review_status == FIRST_REVIEW_STATUS:
        raise ResourceNotFoundException(f"Opportunity {identifier} was not submitted, so AWS has no summary of it.")
    return msgspec.Raw(
        encode(summary_at_submission(record, involvement_of(record), DEFAULT_VISIBILITY, "Partner Referral"))
    )
