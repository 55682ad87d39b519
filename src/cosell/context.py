"""What a request carries beside its body: who asks, when, and from where chance comes."""

import random
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], int]
"""Milliseconds since 1970 UTC."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One account's data set: nothing is ever read or written across its border."""

    account: str
    catalog: str


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one request. `now_ms` was read once, so that everything in it happens at one moment."""

    scope: Scope
    now_ms: int
    chance: random.Random
    token_key: bytes
