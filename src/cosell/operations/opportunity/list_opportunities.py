"""ListOpportunities: one page of the caller's opportunities, in one order, filtered one way.

Source: service model 2022-07-26, ListOpportunities. Why tokens look as they do: docs/decisions/0003.
"""

from typing import Final

import msgspec

from cosell.context import Context
from cosell.rules import page_token
from cosell.rules.selector import selector_of
from cosell.store.interface import ReadTransaction
from cosell.wire.types import ListOpportunitiesRequest as Request
from cosell.wire.types import ListOpportunitiesResponse as Response

DEFAULT_PAGE_SIZE: Final = 20
"""Opportunities, where the caller names no MaxResults [model]."""


def list_opportunities(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ValidationException when the token is forged, expired, or belongs to another question."""
    selector = selector_of(request)
    scan = page_token.Scan(context.scope, selector, context.now_ms, context.token_key)
    page = tx.page(selector, page_token.read(scan, request.next_token), request.max_results or DEFAULT_PAGE_SIZE)
    return Response(
        opportunity_summaries=msgspec.Raw(b"[%b]" % b",".join(page.summaries)),
        next_token=None if page.last is None else page_token.write(scan, page.last),
    )
