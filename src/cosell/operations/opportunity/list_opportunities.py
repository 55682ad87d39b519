"""ListOpportunities: one page of the caller's opportunities, in one order, filtered one way.

Source: service model 2022-07-26, ListOpportunities. Why tokens look as they do: docs/decisions/0003.
"""

from typing import Final

from cosell.context import Context
from cosell.operations.encoded_page import encoded_page
from cosell.rules.list.selector import selector_of
from cosell.store.interface import ReadTransaction
from cosell.wire.types import ListOpportunitiesRequest as Request
from cosell.wire.types import ListOpportunitiesResponse as Response

DEFAULT_PAGE_SIZE: Final = 20
"""Opportunities, where the caller names no MaxResults [model]."""


def list_opportunities(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ValidationException if the token is forged, expired, or belongs to another query."""
    selector = selector_of(request)
    summaries, next_token = encoded_page(tx.page, selector, request, DEFAULT_PAGE_SIZE, context)
    return Response(opportunity_summaries=summaries, next_token=next_token)
