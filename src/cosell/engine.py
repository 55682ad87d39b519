"""What a running cosell consists of: a store, a clock and a source of chance."""

import random
from dataclasses import dataclass, field, replace
from typing import Self

from cosell.clock import Clock, SharedClock, wall_clock
from cosell.context import DEFAULT_READINGS, Context, Now, Readings, Scope
from cosell.faults import Faults
from cosell.store.access import Access
from cosell.store.interface import Store
from cosell.store.open import open_store
from cosell.wire.model import ServiceModel
from cosell.wire.older import older_model

_TOKEN_KEY_BITS = 256


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that `flow.answer` needs besides the request. Safe to use from many threads."""

    store: Store
    clock: Now = wall_clock
    chance: random.Random = field(default_factory=random.Random)
    """Generates identifiers of events and requests. Secrets come from the operating system instead."""
    url: str = ":memory:"
    """The database, as the user named it."""
    readings: Readings = DEFAULT_READINGS
    faults: Faults = field(default_factory=Faults)
    older: ServiceModel | None = None
    """The older model that requests and answers follow; None: the newest."""

    @classmethod
    def open(
        cls,
        url: str,
        *,
        clock: Now | None = None,
        chance: random.Random | None = None,
        readings: Readings = DEFAULT_READINGS,
        faults: Faults | None = None,
        model: str = "",
        access: Access = Access.CREATE,
    ) -> Self:
        """The engine over the database that `url` names. Raises UserError if it cannot be opened for the `access`.

        Without a `clock` it follows the database's, which all its processes share. A seeded `chance` and a frozen
        `clock` make every answer reproducible, byte for byte, including page tokens if the database is new. `model` is
        the month of an older service model.
        """
        older = older_model(model)
        store = open_store(url, new_token_key=new_token_key(chance), access=access)
        if clock is None:
            clock = SharedClock(store) if store.shared else Clock()
        return cls(store, clock, chance or random.Random(), url, readings, faults or Faults(), older)  # noqa: S311

    def context(self, scope: Scope, now_ms: int) -> Context:
        """What an operation needs to know about its environment, for a scope and at a moment."""
        return Context(scope, now_ms, self.chance, self.store.token_key, self.readings)

    def without_faults(self) -> Self:
        """The same engine for its operators: what they do never meets a fault."""
        return replace(self, faults=Faults())

    def close(self) -> None:
        """Close the store. Idempotent."""
        self.store.close()


def new_token_key(chance: random.Random | None = None) -> bytes:
    """A key that signs page tokens, for a database that has none yet: a secret, unless `chance` is given."""
    secrets = chance or random.SystemRandom()
    return secrets.getrandbits(_TOKEN_KEY_BITS).to_bytes(_TOKEN_KEY_BITS // 8)


def clock_of(engine: Engine) -> Clock:
    """The clock of an engine that was opened without another one: it can be moved."""
    assert isinstance(engine.clock, Clock)
    return engine.clock
