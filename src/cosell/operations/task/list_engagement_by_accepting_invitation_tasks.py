"""ListEngagementByAcceptingInvitationTasks: one page of the caller's tasks, by the moment of their start.

Source: service model 2022-07-26, ListEngagementByAcceptingInvitationTasks; the size of a page is our choice.
"""

from typing import Final

from cosell.context import Context
from cosell.operations.encoded_page import encoded_page
from cosell.rules.engagement.task import engagement_by_accepting_invitation_selector
from cosell.store.interface import ReadTransaction
from cosell.wire.types import ListEngagementByAcceptingInvitationTasksRequest as Request
from cosell.wire.types import ListEngagementByAcceptingInvitationTasksResponse as Response

DEFAULT_PAGE_SIZE: Final = 100
"""Tasks, where the caller names no MaxResults."""


def list_engagement_by_accepting_invitation_tasks(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ValidationException if the token is forged, expired, or belongs to another query."""
    selector = engagement_by_accepting_invitation_selector(request)
    summaries, next_token = encoded_page(tx.task_page, selector, request, DEFAULT_PAGE_SIZE, context)
    return Response(task_summaries=summaries, next_token=next_token)
