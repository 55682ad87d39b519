"""GetEngagementInvitation: an invitation that the caller has received or sent.

Source: service model 2022-07-26, GetEngagementInvitation. What a rejected or expired one still shows is our choice.
"""

from cosell.context import Context
from cosell.operations.invitation.invitation_of_caller import invitation_of
from cosell.rules.engagement.invitation import shown, state_at
from cosell.store.interface import ReadTransaction
from cosell.wire.decode import decode
from cosell.wire.types import EngagementMemberSummary, GetEngagementInvitationResponse
from cosell.wire.types import GetEngagementInvitationRequest as Request


def get_engagement_invitation(
    tx: ReadTransaction, request: Request, context: Context
) -> GetEngagementInvitationResponse:
    """Raises ResourceNotFoundException for an invitation that the caller has neither received nor sent."""
    invitation = invitation_of(tx, request.identifier, context, sent=True)
    members = [
        EngagementMemberSummary(company_name=member.company_name, website_url=member.website_url)
        for member in tx.members(invitation.engagement_id)
    ]
    state = state_at(invitation.status, invitation.expires_ms, context.now_ms)
    return shown(decode(GetEngagementInvitationResponse, invitation.record), state, members)
