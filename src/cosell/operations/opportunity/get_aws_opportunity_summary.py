"""GetAwsOpportunitySummary: AWS's own view of one of the caller's opportunities, addressed by the caller's identifier.

Source: service model 2022-07-26, GetAwsOpportunitySummary. That there is none before the submission is our choice.
"""

import msgspec

from cosell.context import Context
from cosell.errors import ResourceNotFoundException
from cosell.store.interface import ReadTransaction
from cosell.wire.types import GetAwsOpportunitySummaryRequest as Request


def get_aws_opportunity_summary(tx: ReadTransaction, request: Request, context: Context) -> msgspec.Raw:
    """The stored answer. Raises ResourceNotFoundException for what the caller does not have, or has not submitted."""
    summary = tx.aws_summary(request.related_opportunity_identifier)
    if summary is None:
        raise ResourceNotFoundException(
            f"AWS has no summary of opportunity {request.related_opportunity_identifier} "
            f"in catalog {context.scope.catalog}."
        )
    return msgspec.Raw(summary)
