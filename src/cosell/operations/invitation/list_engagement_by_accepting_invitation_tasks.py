"""ListEngagementByAcceptingInvitationTasks: one page of the caller's tasks, by the moment of their start.

Source: service model 2022-07-26, ListEngagementByAcceptingInvitationTasks; the size of a page is our choice.
"""

from typing import Final

import msgspec

from cosell.context import Context
from cosell.rules import page_token
from cosell.rules.task import engagement_by_accepting_invitation_selector
from cosell.store.interface import ReadTransaction
from cosell.wire.types import ListEngagementByAcceptingInvitationTasksRequest as Request
from cosell.wire.types import ListEngagementByAcceptingInvitationTasksResponse as Response

DEFAULT_PAGE_SIZE: Final = 100
"""Tasks, where the caller names no MaxResults."""


def list_engagement_by_accepting_invitation_tasks(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ValidationException when the token is forged, expired, or belongs to another question."""
    selector = engagement_by_accepting_invitation_selector(request)
    walk = page_token.Scan(context.scope, selector, context.now_ms, context.token_key)
    page = tx.task_page(selector, page_token.read(walk, request.next_token), request.max_results or DEFAULT_PAGE_SIZE)
    return Response(
        task_summaries=msgspec.Raw(b"[%b]" % b",".join(page.summaries)),
        next_token=None if page.last is None else page_token.write(walk, page.last),
    )
