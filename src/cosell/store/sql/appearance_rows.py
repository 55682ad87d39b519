"""What has not appeared yet, in SQL. See `store/appearances.py` for the meaning of each method."""

from typing import Final

import msgspec

from cosell.context import Scope
from cosell.rules.identifiers import id_key, identifier_of
from cosell.rules.opportunity.association import EntityType
from cosell.store.appearances import Appearance, DueAppearance
from cosell.store.sql.connection import SqlConnection

_DUE: Final = (
    "SELECT due, account, catalog, id_key, entity_type, entity, record FROM appearance JOIN scope USING (scope_id) "
    "WHERE due <= ? ORDER BY due, scope_id, id_key, entity_type, entity LIMIT ?"
)


class AppearanceRows:
    """What a writing transaction sees and makes of it."""

    _connection: SqlConnection
    _scope_id: int | None

    def appearing(self, opportunity: str, entity_type: EntityType) -> list[str]:
        """See `AppearanceKeeper.appearing`."""
        rows = self._connection.rows(
            "SELECT entity FROM appearance WHERE scope_id = ? AND id_key = ? AND entity_type = ?",
            (self._scope_id, id_key(opportunity), entity_type),
        )
        return [entity for (entity,) in rows]

    def put_appearance(self, appearance: Appearance) -> None:
        """See `AppearanceKeeper.put_appearance`."""
        _, due_ms, entity_type, entity, record = msgspec.structs.astuple(appearance)
        self._connection.put(
            "INSERT INTO appearance VALUES (?, ?, ?, ?, ?, ?)",
            (self._scope_id, id_key(appearance.opportunity), entity_type, entity, due_ms, record),
        )

    def remove_appearance(self, appearance: Appearance) -> bool:
        """See `AppearanceKeeper.remove_appearance`."""
        removed = self._connection.run(
            "DELETE FROM appearance WHERE scope_id = ? AND id_key = ? AND entity_type = ? AND entity = ?",
            (self._scope_id, id_key(appearance.opportunity), appearance.entity_type, appearance.entity),
        )
        return removed > 0

    def clear_appearances(self) -> None:
        """Let nothing of the scope appear any more."""
        self._connection.put("DELETE FROM appearance WHERE scope_id = ?", (self._scope_id,))


def due_appearances(connection: SqlConnection, until_ms: int, limit: int) -> list[DueAppearance]:
    """See `Store.due_appearances`."""
    rows = connection.rows(_DUE, (until_ms, limit))
    return [
        DueAppearance(due_ms, Scope(account, catalog), Appearance(identifier_of(key), due_ms, *rest))
        for due_ms, account, catalog, key, *rest in rows
    ]
