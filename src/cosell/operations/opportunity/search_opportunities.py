"""SearchOpportunities: one page of the caller's opportunities that a keyword and a filter tree find, in one order.

Source: service model, SearchOpportunities. Why a search looks as it does: docs/decisions/0032.
"""

from typing import Final

from cosell.context import Context
from cosell.errors import AccessDeniedException
from cosell.rules.list import page_token
from cosell.rules.search.question import question_of
from cosell.rules.search.summary import summary_of
from cosell.store.interface import ReadTransaction
from cosell.wire.types import SearchOpportunitiesRequest as Request
from cosell.wire.types import SearchOpportunitiesResponse as Response

DEFAULT_PAGE_SIZE: Final = 20
"""Opportunities, where the caller names no MaxResults. Our choice (docs/fidelity.md)."""
NOT_ENABLED: Final = "SEARCH_OPPORTUNITIES_NOT_ENABLED"


def search_opportunities(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises AccessDeniedException where the account has no search, ValidationException for a token that is no good."""
    if context.scope.account in context.readings.without_search:
        raise AccessDeniedException("This account may not search opportunities.", NOT_ENABLED)
    question = question_of(request)
    scan = page_token.Scan(context.scope, question, context.now_ms, context.token_key)
    after = page_token.read(scan, request.next_token)
    found = tx.search(question, after, request.max_results or DEFAULT_PAGE_SIZE)
    return Response(
        opportunity_search_summaries=[summary_of(sought) for sought in found.page],
        next_token=None if found.last is None else page_token.write(scan, found.last),
    )
