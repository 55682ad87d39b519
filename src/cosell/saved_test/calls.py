"""What a test is made from: calls as they were answered, and the setup in which they were."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from cosell.context import DEFAULT_READINGS, Readings

STAMP: Final = "LastModifiedDate"


class Fault(msgspec.Struct, frozen=True):
    """The fault error that a call met, if any."""

    error: str
    is_after: bool
    """Whether the operation was done, and its answer lost."""


class AnsweredCall(msgspec.Struct, frozen=True):
    """A call of one account, and how it was answered."""

    operation: str
    request: Any
    """A JSON value; bytes where the body was no JSON; None if it was too long to be kept."""
    request_bytes: int
    answer: Any
    """A JSON value: that of the operation, or that of the error. None if there was none, or it was too long."""
    error: str | None
    at_ms: int | None
    """The engine's moment; None if the call was refused before it mattered."""
    fault: Fault | None = None

    @property
    def members(self) -> dict[str, Any]:
        """The members of the request; empty if it has none."""
        return self.request if isinstance(self.request, dict) else {}

    @property
    def success(self) -> Any:
        """The answer of a successful call that returned something; else None."""
        return self.answer if self.error is None else None

    def stamps_of(self, identifier: str) -> Iterator[str]:
        """The LastModifiedDate of an opportunity according to its answer."""
        told_by_name = self.members.get("Identifier") == identifier
        for value in structures_in(self.success):
            if STAMP in value and (value.get("Id") == identifier or (told_by_name and value is self.success)):
                yield value[STAMP]


class Surroundings(msgspec.Struct, frozen=True):
    """How the server was set up, as far as its answers depend on it."""

    account: str
    readings: Readings = DEFAULT_READINGS
    model: str = ""
    script: dict[str, Any] | None = None
    """The document of the script that AWS's side followed."""

    @property
    def time_matters(self) -> bool:
        """Whether anything happens by itself."""
        return bool(self.script or self.readings.task_delay_ms or self.readings.appearance_delay_ms)


def structures_in(value: Any) -> Iterator[dict[str, Any]]:
    """Each object in a JSON value, the outer ones first."""
    if isinstance(value, dict):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from structures_in(part)


def texts_in(value: Any) -> Iterator[str]:
    """Each text in a JSON value."""
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from texts_in(part)
