"""The end of an invitation that nobody has answered in time. Not an operation: time does it."""

from cosell.context import Context
from cosell.operations.invitation.invitation_of_caller import end
from cosell.rules.engagement.invitation import EXPIRED, state_at
from cosell.store.interface import WriteTransaction
from cosell.wire.timestamps import Timestamp


def expire_invitation(tx: WriteTransaction, invitation_id: str, context: Context) -> None:
    """End an invitation that has expired by now, unless somebody else was faster. Both sides are notified."""
    invitation = tx.invitation(invitation_id)
    if invitation is not None and state_at(invitation.status, invitation.expires_ms, context.now_ms) == EXPIRED:
        end(tx, invitation, "Expired", Timestamp.from_ms(context.now_ms), context)
        tx.remove_referral(invitation_id)
