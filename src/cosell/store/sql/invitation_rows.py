"""Pages of invitations, and AWS's referrals, in SQL. See `store/invitations.py` for the meaning of each method."""

from cosell.context import Scope
from cosell.rules.engagement.invitation import InvitationSelector
from cosell.rules.event import AWS
from cosell.rules.list.page_token import Position
from cosell.store.engagement import StoredInvitation
from cosell.store.invitations import DueInvitation, InvitationPage
from cosell.store.sql.connection import SqlConnection
from cosell.store.sql.list_page import Filter, Listed, list_page

_INVITATIONS = Listed(
    "engagement_invitation",
    "invitation_id, engagement_id, sender, receiver, status, payload_type, invited, expires, record",
    moment="invited",
    identifier="invitation_id",
)
_STATUS = "CASE WHEN status = 'PENDING' AND expires <= ? THEN 'EXPIRED' ELSE status END"
_DUE = "SELECT expires, sender, receiver, catalog, invitation_id FROM engagement_invitation WHERE expires <= ?"


class InvitationRows:
    """What a reading transaction sees of them."""

    _connection: SqlConnection
    _scope: Scope
    _scope_id: int | None

    def invitation_page(
        self, selector: InvitationSelector, now_ms: int, after: Position | None, limit: int
    ) -> InvitationPage:
        """See `InvitationReader.invitation_page`."""
        side = "sender" if selector.participant_type == "SENDER" else "receiver"
        filters = (
            Filter(side, [self._scope.account]),
            Filter("catalog", [self._scope.catalog]),
            Filter(_STATUS, selector.statuses, [now_ms]),
            Filter("payload_type", selector.payload_types),
            Filter("engagement_id", selector.engagement_ids),
            Filter("sender", selector.senders),
        )
        rows, last = list_page(self._connection, _INVITATIONS, filters, after, limit, descending=selector.descending)
        return InvitationPage([StoredInvitation(*row) for row in rows], last)

    def referral(self, invitation_id: str) -> bytes | None:
        """See `InvitationReader.referral`."""
        statement = "SELECT record FROM aws_referral WHERE scope_id = ? AND invitation_id = ?"
        row = self._connection.row(statement, (self._scope_id, invitation_id))
        return None if row is None else row[0]


class InvitationChanges(InvitationRows):
    """What a writing transaction makes of them."""

    def put_referral(self, invitation_id: str, record: bytes) -> None:
        """See `InvitationWriter.put_referral`."""
        self._connection.put("INSERT INTO aws_referral VALUES (?, ?, ?)", (self._scope_id, invitation_id, record))

    def remove_referral(self, invitation_id: str) -> None:
        """See `InvitationWriter.remove_referral`."""
        self._connection.put(
            "DELETE FROM aws_referral WHERE scope_id = ? AND invitation_id = ?", (self._scope_id, invitation_id)
        )

    def clear_referrals(self) -> None:
        """Remove all that AWS refers to the scope's account."""
        self._connection.put("DELETE FROM aws_referral WHERE scope_id = ?", (self._scope_id,))


def due_invitations(connection: SqlConnection, until_ms: int, limit: int) -> list[DueInvitation]:
    """See `Store.due_invitations`."""
    rows = connection.rows(f"{_DUE} ORDER BY expires LIMIT ?", (until_ms, limit))
    return [
        DueInvitation(due_ms, Scope(sender if receiver == AWS else receiver, catalog), invitation_id)
        for due_ms, sender, receiver, catalog, invitation_id in rows
    ]
