"""RejectEngagementInvitation: turn an invitation down, for good.

Source: service model 2022-07-26, RejectEngagementInvitation, in which the reason is optional.
"""

import msgspec

from cosell.context import Context
from cosell.errors import ValidationException
from cosell.operations.invitation.invitation_of_caller import end, pending_invitation
from cosell.rules.engagement.invitation import REJECTED, violations_of_rejection
from cosell.store.interface import WriteTransaction
from cosell.wire.encode import encode
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import RejectEngagementInvitationRequest as Request


def reject_engagement_invitation(tx: WriteTransaction, request: Request, context: Context) -> None:
    """Raises ResourceNotFoundException if the caller has not received it, ConflictException if it is not pending,
    and ValidationException for a reason that does not apply to opportunities.
    """
    invitation = pending_invitation(tx, request.identifier, context)
    if violations := violations_of_rejection(invitation.payload_type, request.rejection_reason):
        raise ValidationException("BUSINESS_VALIDATION_FAILED", violations)
    record = end(tx, invitation, "Rejected", Timestamp.from_ms(context.now_ms), context)
    record = msgspec.structs.replace(record, rejection_reason=request.rejection_reason)
    tx.put_invitation(msgspec.structs.replace(invitation, status=REJECTED, expires_ms=None, record=encode(record)))
    tx.remove_referral(invitation.invitation_id)
