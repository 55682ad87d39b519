"""What a request carries besides its body: who is calling, when, and where chance comes from."""

import random
from collections.abc import Callable
from typing import Final

import msgspec

Now = Callable[[], int]
"""Returns the current moment, in milliseconds since 1970 UTC."""


class Scope(msgspec.Struct, frozen=True):
    """One account's data set: nothing is ever read or written across its border."""

    account: str
    catalog: str


class Readings(msgspec.Struct, frozen=True):
    """How to read what AWS leaves open, so that clients can be tested either way (docs/decisions/0011)."""

    action_required_stays: bool = False
    """Whether an update leaves an opportunity in Action Required until it is submitted again, or submits it."""
    closed_lost_reopens: bool = False
    """Whether a lost sale can be reopened."""
    task_delay_ms: int = 0
    """How long a task is in progress."""
    appearance_delay_ms: int = 0
    """The longest time for which new things cannot be found."""
    any_value: bool = False
    """Whether values outside the lists are accepted that AWS documents for members without an enumeration."""
    any_review_status: bool = False
    """Whether an update in Sandbox plays every step of AWS's, where AWS's own plays two."""
    drafts: bool = False
    """Whether creations and updates may lack what AWS requires; what an update may not change is then kept."""
    sandbox_quirks: bool = False
    """Whether an update in Sandbox without a review status loses the stored one, as in AWS's own."""
    empty_messages: bool = False
    """Whether a ValidationException has an empty Message, so that only its ErrorList says what is wrong."""
    escaped_texts: bool = False
    """Whether GetOpportunity returns texts as AWS escapes them."""
    no_sandbox_solution: bool = False
    """Whether an account's Sandbox starts without the solution S-1234567."""
    without_search: tuple[str, ...] = ()
    """Accounts that may not search opportunities."""


DEFAULT_READINGS: Final = Readings()


class Context(msgspec.Struct, frozen=True):
    """The environment of one request. `now_ms` was read once, so that everything in it happens at a single moment."""

    scope: Scope
    now_ms: int
    chance: random.Random
    token_key: bytes
    readings: Readings = DEFAULT_READINGS
