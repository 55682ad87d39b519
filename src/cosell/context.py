"""What a request carries beside its body: who asks, when, and from where chance comes."""

import random
from collections.abc import Callable

import msgspec

Now = Callable[[], int]
"""Tells the moment, in milliseconds since 1970 UTC."""


class Scope(msgspec.Struct, frozen=True):
    """One account's data set: nothing is ever read or written across its border."""

    account: str
    catalog: str


class Context(msgspec.Struct, frozen=True):
    """The surroundings of one request. `now_ms` was read once, so that everything in it happens at one moment."""

    scope: Scope
    now_ms: int
    chance: random.Random
    token_key: bytes
