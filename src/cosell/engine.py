"""What a running cosell consists of: a store, a clock and a source of chance."""

import random
import time
from dataclasses import dataclass, field
from typing import Self

from cosell.context import Clock
from cosell.store.interface import Store
from cosell.store.open import open_store

_TOKEN_KEY_BITS = 256


def wall_clock() -> int:
    """Milliseconds since 1970 UTC, by this machine's clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything that `flow.answer` needs beside the request. Safe to use from many threads."""

    store: Store
    clock: Clock = wall_clock
    chance: random.Random = field(default_factory=random.Random)
    """Makes identifiers of events and requests. Secrets come from the operating system instead."""

    @classmethod
    def open(cls, url: str, *, clock: Clock = wall_clock, chance: random.Random | None = None) -> Self:
        """The engine over the database that `url` names. Raises UserError where it cannot be opened.

        A seeded `chance` and a frozen `clock` make every answer reproducible, byte by byte, page tokens included
        where the database is new.
        """
        secrets = chance or random.SystemRandom()
        token_key = secrets.getrandbits(_TOKEN_KEY_BITS).to_bytes(_TOKEN_KEY_BITS // 8)
        return cls(open_store(url, new_token_key=token_key), clock, chance or random.Random())  # noqa: S311

    def close(self) -> None:
        """Close the store. Idempotent."""
        self.store.close()
