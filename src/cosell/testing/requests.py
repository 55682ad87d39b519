"""The last calls of an engine's clients, for assertions and for anyone who wonders why a test fails."""

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final, overload

import msgspec

from cosell.clock import wall_clock
from cosell.flow import Answer, Call
from cosell.kept_calls import Kept, kept_call, told

KEPT: Final = 1000
"""Calls that an engine remembers."""


class Request(msgspec.Struct, frozen=True):
    """A call that a client made, and its answer. What the service model marks as sensitive is masked."""

    operation: str | None
    """None if the request named none of the service's."""
    account: str | None
    status: int
    """The HTTP status; 0 if the connection was dropped."""
    error: str | None
    """The exception's name on the wire; None for a success."""
    message: str
    error_list: list[dict[str, str]]
    """The ErrorList of a ValidationException, as boto3 gives it: FieldName, Code and Message of each entry."""
    request: Any
    """The members of the request; None if it was no JSON, or longer than 64 KiB."""
    response: Any
    """The members of the answer; None for an error."""
    faults: list[str]
    """The faults that it met."""
    milliseconds: float

    def __str__(self) -> str:
        """A line, and one for each entry of the ErrorList."""
        what = f"{self.operation or 'no operation of the service'} as {self.account or 'nobody'}: {self.status}"
        if self.error is None:
            return what
        because = [] if self.error_list else [f"    {self.message}"]
        entries = [f"    {entry['FieldName']} {entry['Code']}: {entry['Message']}" for entry in self.error_list]
        faults = [f"    as asked by fault {name}" for name in self.faults]
        return "\n".join([f"{what} {self.error}", *because, *entries, *faults])


class Requests(Sequence[Request]):
    """The last calls of an engine's clients, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Kept] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def keep(self, call: Call, answer: Answer, seconds: float) -> None:
        """Remember a call that was answered just now, after `seconds`."""
        number = next(self._numbers)
        self._kept.append(kept_call(call, answer, seconds=seconds, wall_ms=wall_clock(), worker=0, number=number))

    def of(self, operation: str) -> list[Request]:
        """The calls of one operation, by its name: `CreateOpportunity`."""
        return [request for request in self if request.operation == operation]

    @property
    def last(self) -> Request:
        """The last call. Raises IndexError if there was none."""
        return self[-1]

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()

    @overload
    def __getitem__(self, index: int) -> Request: ...

    @overload
    def __getitem__(self, index: slice) -> list[Request]: ...

    def __getitem__(self, index: int | slice) -> Request | list[Request]:
        kept = list(self._kept)[index]
        return [_request(call) for call in kept] if isinstance(kept, list) else _request(kept)

    def __iter__(self) -> Iterator[Request]:
        return map(_request, list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "no calls"


def _request(kept: Kept) -> Request:
    readable = told(kept)
    return Request(
        kept.operation,
        kept.account,
        kept.status,
        kept.error,
        kept.message,
        msgspec.to_builtins(kept.error_list),
        readable.get("request"),
        readable.get("response"),
        kept.faults,
        readable["milliseconds"],
    )
