"""Reporting something that keeps failing: at once, then rarely, and when it works again."""

from collections.abc import Callable
from time import monotonic
from typing import Final, Protocol

from cosell.errors import UserError
from cosell.store.interface import StoreUnavailable

REMINDED_AFTER_S: Final = 600.0


class Tell(Protocol):
    """Where an outage is reported."""

    def __call__(self, what: str, error: Exception | None, **facts: object) -> None:
        """`what` fails with `error`; without one, it works again."""


class Outage:
    """Whether `what` fails. The same error is reported again only after `REMINDED_AFTER_S`."""

    def __init__(self, tell: Tell, what: str, *, clock: Callable[[], float] = monotonic, **facts: object) -> None:
        self._tell = tell
        self._what = what
        self._clock = clock
        self._facts = facts
        self._told: tuple[object, float] | None = None

    def met(self, error: Exception) -> None:
        """It has failed."""
        kind, now_s = (type(error), reason_of(error)), self._clock()
        if self._told is None or self._told[0] != kind or now_s - self._told[1] >= REMINDED_AFTER_S:
            self._tell(self._what, error, **self._facts)
            self._told = kind, now_s

    def over(self) -> None:
        """It has worked."""
        if self._told is not None:
            self._tell(self._what, None, **self._facts)
            self._told = None


def reason_of(error: BaseException) -> str | None:
    """The reason, if its words are ours and so contain no value; None for a defect."""
    if isinstance(error, UserError):
        return error.message
    return str(error) if isinstance(error, StoreUnavailable) else None
