"""Saved states of a PostgreSQL database."""

from cosell.errors import UserError
from cosell.store.saved_states import Return, SavedState


class PostgresSavedStates:
    """The `SavedStates` of a database."""

    def names(self) -> list[str]:
        """See `SavedStates.names`."""
        return []

    def keep(self, name: str) -> SavedState:
        """See `SavedStates.keep`."""
        raise UserError("not yet", name)

    def return_to(self, name: str, now_ms: int) -> Return:
        """See `SavedStates.return_to`."""
        raise UserError("not yet", f"{name} {now_ms}")

    def forget(self, name: str) -> None:
        """See `SavedStates.forget`."""
        raise UserError("not yet", name)
