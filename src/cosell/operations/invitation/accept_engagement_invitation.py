"""AcceptEngagementInvitation: join the engagement that the caller was invited to. It creates no opportunity.

Source: service model 2022-07-26, AcceptEngagementInvitation; developer guide.
"""

from cosell.context import Context
from cosell.operations.engagement.invitation_of_aws import add_member
from cosell.operations.invitation.invitation_of_caller import end, pending_invitation, subject_of
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import AcceptEngagementInvitationRequest as Request


def accept_engagement_invitation(tx: WriteTransaction, request: Request, context: Context) -> None:
    """Raises ResourceNotFoundException if the caller has not received it, ConflictException if it was answered."""
    invitation = pending_invitation(tx, request.identifier, context)
    now = Timestamp.from_ms(context.now_ms)
    end(tx, invitation, "Accepted", now, context)
    add_member(tx, invitation.engagement_id, context.scope.account, subject_of(tx, invitation), now, context)
