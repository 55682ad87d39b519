"""The calls that a worker has answered last, for whoever wonders what a client really sends.

A ring in memory: nothing of it is written to disk, and what has left the ring is gone. A call costs one append;
whatever the model marks as sensitive is masked when somebody looks, unless one call is asked for as it was.
"""

import itertools
import os
from collections import deque
from typing import Any, Final, NamedTuple

import msgspec

from cosell.clock import wall_clock
from cosell.errors import ServiceError, ValidationException
from cosell.flow import Answer, Call
from cosell.wire.model import Operation, service_model
from cosell.wire.timestamps import Timestamp

KEPT: Final = 100
"""Calls that the ring holds."""
LONGEST_KEPT: Final = 64 * 1024
"""Bytes of a body. Of a longer one only the length is kept."""
MASK: Final = "***"


class Kept(NamedTuple):
    """A call in the ring."""

    number: int
    wall_ms: int
    seconds: float
    operation: Operation | None
    account: str | None
    status: int
    error: ServiceError | None
    request: bytes
    request_bytes: int
    response: bytes
    response_bytes: int


class Recent:
    """The ring of one worker."""

    def __init__(self) -> None:
        self._calls: deque[Kept] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def add(self, call: Call, answer: Answer, seconds: float) -> str:
        """Keep a call that was answered just now, after `seconds`: its id."""
        request, response = call.body, answer.body
        self._calls.append(
            kept := Kept(
                next(self._numbers),
                wall_clock(),
                seconds,
                getattr(call, "operation", None),
                getattr(call, "account", None),
                answer.status,
                answer.error,
                request if len(request) <= LONGEST_KEPT else b"",
                len(request),
                response if len(response) <= LONGEST_KEPT else b"",
                len(response),
            )
        )
        return identifier_of(kept)

    def kept(self, identifier: str) -> Kept | None:
        """The call with this id; None where it has left the ring, or never was in that of this worker."""
        return next((kept for kept in list(self._calls) if identifier_of(kept) == identifier), None)

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """The last `limit` calls, the newest first, as JSON values."""
        return [told(kept) for kept in list(self._calls)[: -limit - 1 : -1]]


def identifier_of(kept: Kept) -> str:
    """The id of a call, which no other worker gives."""
    return f"{os.getpid()}-{kept.number}"


def masked(shape_name: str, value: Any) -> Any:
    """A JSON value of a shape of the model, with a mask wherever the model marks the value as sensitive.

    Members that the model does not know are masked as well, since nobody has judged them.
    """
    shape = service_model().shapes[shape_name]
    if shape.sensitive and value is not None:
        return MASK
    if isinstance(value, dict) and shape.value is not None:
        return {name: masked(shape.value.shape, member) for name, member in value.items()}
    if isinstance(value, dict) and shape.type == "structure":
        known = shape.members
        return {name: masked(known[name].shape, member) if name in known else MASK for name, member in value.items()}
    if isinstance(value, list) and shape.member is not None:
        return [masked(shape.member.shape, item) for item in value]
    return MASK if isinstance(value, dict | list) or shape.type in ("structure", "list", "map") else value


def told(kept: Kept, *, unmasked: bool = False) -> dict[str, Any]:
    """A call as JSON values; `unmasked` with whatever the model marks as sensitive."""
    told: dict[str, Any] = {
        "id": identifier_of(kept),
        "at": str(Timestamp.from_ms(kept.wall_ms)),
        "operation": kept.operation.name if kept.operation else None,
        "account": kept.account,
        "status": kept.status,
        "milliseconds": round(kept.seconds * 1000, 3),
        "request_bytes": kept.request_bytes,
        "response_bytes": kept.response_bytes,
        "worker": os.getpid(),
    }
    if kept.error is not None:
        told["error"] = kept.error.name
        if isinstance(kept.error, ValidationException):
            told["violations"] = [f"{entry.field_name} {entry.code}" for entry in kept.error.error_list]
    if kept.operation is not None:
        told["request"] = _readable(kept.operation.input.shape, kept.request, unmasked)
        if kept.error is None and kept.operation.output is not None:
            told["response"] = _readable(kept.operation.output.shape, kept.response, unmasked)
    return told


def _readable(shape_name: str, body: bytes, unmasked: bool) -> Any:
    """A body as JSON; None for one that is too long or no JSON."""
    try:
        value = msgspec.json.decode(body)
        return value if unmasked else masked(shape_name, value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
