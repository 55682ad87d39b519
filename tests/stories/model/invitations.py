"""The operations on invitations. Source: the reference on operations, Invitations."""

from typing import Final

from tests.stories.model.paths import Record
from tests.stories.model.sharing import end
from tests.stories.model.world import Turn, conflict, forbidden

REASONS: Final = (
    "customer problem unclear",
    "next steps unclear",
    "unable to support",
    "duplicate of partner referral",
    "renewal opportunity",
    "other",
)


def list_engagement_invitations(turn: Turn, request: Record) -> Record:
    """Those that the caller has sent, or received."""
    side = request["ParticipantType"]
    filters = {
        "Status": "Status",
        "PayloadType": "PayloadType",
        "EngagementIdentifier": "EngagementId",
        "SenderAwsAccountId": "SenderAwsAccountId",
    }
    mine = [
        invitation
        for invitation in turn.world.invitations[turn.scope.catalog].values()
        if (invitation.sender if side == "SENDER" else invitation.receiver) == turn.scope.account
    ]
    is_descending = (request.get("Sort") or {}).get("SortOrder") != "ASCENDING"
    mine.sort(key=lambda invitation: (invitation.sent, invitation.identifier), reverse=is_descending)
    shown = [invitation.summary(turn.now) | {"ParticipantType": side} for invitation in mine]
    return {
        "EngagementInvitationSummaries": [
            invitation
            for invitation in shown
            if all(not request.get(name) or invitation[member] in request[name] for name, member in filters.items())
        ]
    }


def get_engagement_invitation(turn: Turn, request: Record) -> Record:
    """One of them."""
    return turn.invitation(request["Identifier"], sent=True).shown(turn.now)


def accept_engagement_invitation(turn: Turn, request: Record) -> Record:
    """Join, and no more."""
    invitation = turn.invitation(request["Identifier"])
    if invitation.state(turn.now) != "PENDING":
        raise conflict()
    end(turn, invitation, "Accepted")
    return {}


def reject_engagement_invitation(turn: Turn, request: Record) -> Record:
    """Turn it down for good."""
    invitation = turn.invitation(request["Identifier"])
    if invitation.state(turn.now) != "PENDING":
        raise conflict()
    reason = request.get("RejectionReason")
    if reason is not None and reason.lower() not in REASONS:
        raise forbidden({("rejectionReason", "INVALID_VALUE")})
    end(turn, invitation, "Rejected")
    invitation.reason = reason
    return {}
