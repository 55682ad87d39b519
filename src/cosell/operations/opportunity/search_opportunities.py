"""SearchOpportunities: one page of the caller's opportunities that a keyword and a filter tree find, in one order.

Source: service model, SearchOpportunities. Why a search looks as it does: docs/decisions/0032.
"""

from typing import Final

from cosell.context import Context
from cosell.errors import AccessDeniedException
from cosell.operations.encoded_page import encoded_page
from cosell.rules.search.question import question_of
from cosell.store.interface import ReadTransaction
from cosell.wire.types import SearchOpportunitiesRequest as Request
from cosell.wire.types import SearchOpportunitiesResponse as Response

DEFAULT_PAGE_SIZE: Final = 20
"""Opportunities, where the caller names no MaxResults. Our choice (docs/fidelity.md)."""
NOT_ENABLED: Final = "SEARCH_OPPORTUNITIES_NOT_ENABLED"


def search_opportunities(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises AccessDeniedException if the account has no search, ValidationException for a token that is no good."""
    if context.scope.account in context.readings.without_search:
        raise AccessDeniedException("This account may not search opportunities.", NOT_ENABLED)
    question = question_of(request)
    summaries, next_token = encoded_page(tx.search, question, request, DEFAULT_PAGE_SIZE, context)
    return Response(opportunity_search_summaries=summaries, next_token=next_token)
