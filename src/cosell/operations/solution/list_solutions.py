"""ListSolutions: one page of the caller's solutions, in one order, filtered one way.

Source: service model 2022-07-26, ListSolutions.
"""

from typing import Final

from cosell.context import Context
from cosell.rules.list import page_token
from cosell.rules.solution import every_solution, page_of, solution_selector, summary_of_solution
from cosell.store.interface import ReadTransaction
from cosell.wire.types import ListSolutionsRequest as Request
from cosell.wire.types import ListSolutionsResponse as Response

DEFAULT_PAGE_SIZE: Final = 20
"""Solutions, where the caller names no MaxResults [model]."""


def list_solutions(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ValidationException if the token is forged, expired, or belongs to another query."""
    selector = solution_selector(request)
    walk = page_token.Scan(context.scope, selector, context.now_ms, context.token_key)
    start = page_token.read(walk, request.next_token)
    solutions = every_solution(tx.solutions(), context.scope.catalog, context.readings)
    page, last = page_of(solutions, selector, start, request.max_results or DEFAULT_PAGE_SIZE)
    return Response(
        solution_summaries=[summary_of_solution(solution, context.scope) for solution in page],
        next_token=None if last is None else page_token.write(walk, last),
    )
