"""ListEngagementInvitations: one page of the invitations that the caller has received or sent, by their dates.

Source: service model 2022-07-26, ListEngagementInvitations; the size of a page is our choice.
"""

from typing import Final

from cosell.context import Context
from cosell.rules.engagement.invitation import invitation_selector, state_at, summary_of
from cosell.rules.list import page_token
from cosell.store.interface import ReadTransaction
from cosell.wire.decode import decode
from cosell.wire.types import GetEngagementInvitationResponse
from cosell.wire.types import ListEngagementInvitationsRequest as Request
from cosell.wire.types import ListEngagementInvitationsResponse as Response

DEFAULT_PAGE_SIZE: Final = 20
"""Invitations, where the caller names no MaxResults."""


def list_engagement_invitations(tx: ReadTransaction, request: Request, context: Context) -> Response:
    """Raises ValidationException if the token is forged, expired, or belongs to another query."""
    selector = invitation_selector(request)
    walk = page_token.Scan(context.scope, selector, context.now_ms, context.token_key)
    after = page_token.read(walk, request.next_token)
    page = tx.invitation_page(selector, context.now_ms, after, request.max_results or DEFAULT_PAGE_SIZE)
    return Response(
        engagement_invitation_summaries=[
            summary_of(
                decode(GetEngagementInvitationResponse, invitation.record),
                state_at(invitation.status, invitation.expires_ms, context.now_ms),
                request.participant_type,
            )
            for invitation in page.invitations
        ],
        next_token=None if page.last is None else page_token.write(walk, page.last),
    )
