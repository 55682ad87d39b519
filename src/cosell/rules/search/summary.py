"""What SearchOpportunities shows of an opportunity: a curated part of it.

It has the partner's record without Catalog, ARN, contacts, and e-mail addresses and telephone numbers of the team; and
beside it the tags and AWS's side, which lists do not show.

Source: service model, OpportunitySearchSummary: its members have the names of GetOpportunity's and
GetAwsOpportunitySummary's, so it is read from their answers.
"""

import msgspec

from cosell.rules.aws_side.summary import DEFAULT_ORIGIN
from cosell.rules.search.sought import Sought
from cosell.wire.decode import decode
from cosell.wire.types import OpportunitySearchAwsSummary, OpportunitySearchSummary, Tag


def summary_of(sought: Sought) -> OpportunitySearchSummary:
    """The summary of an opportunity that was read in full."""
    return msgspec.structs.replace(
        decode(OpportunitySearchSummary, sought.record_text),
        tags=[Tag(key=key, value=value) for key, value in sought.tags.items()] or None,
        aws_opportunity_summary=(
            OpportunitySearchAwsSummary(origin=DEFAULT_ORIGIN)
            if sought.aws_text is None
            else decode(OpportunitySearchAwsSummary, sought.aws_text)
        ),
    )
