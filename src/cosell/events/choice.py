"""Which events are wanted."""

import msgspec

from cosell.store.outbox import Event


class Choice(msgspec.Struct, frozen=True):
    """Events of one account, of one catalog, of some detail types. What is not named is not checked."""

    account: str | None = None
    catalog: str | None = None
    detail_types: frozenset[str] = frozenset()

    def takes(self, event: Event) -> bool:
        """Whether an event is wanted."""
        return (
            self.account in (None, event.receiver.account)
            and self.catalog in (None, event.receiver.catalog)
            and (not self.detail_types or event.detail_type in self.detail_types)
        )


EVERYTHING = Choice()
