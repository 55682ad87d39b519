"""The calls that a worker has answered last, for whoever wonders what a client really sends.

A ring in memory: nothing of it is written to disk, and what has left the ring is gone. A call costs one append;
whatever the model marks as sensitive is masked when somebody looks.
"""

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


class _Kept(NamedTuple):
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
        self._calls: deque[_Kept] = deque(maxlen=KEPT)

    def add(self, call: Call, answer: Answer, seconds: float) -> None:
        """Keep a call that was answered just now, after `seconds`."""
        request, response = call.body, answer.body
        self._calls.append(
            _Kept(
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

    def newest(self, limit: int) -> list[dict[str, Any]]:
        """The last `limit` calls, the newest first, as JSON values."""
        return [_told(kept) for kept in list(self._calls)[: -limit - 1 : -1]]


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


def _told(kept: _Kept) -> dict[str, Any]:
    told: dict[str, Any] = {
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
        told["request"] = _readable(kept.operation.input.shape, kept.request)
        if kept.error is None and kept.operation.output is not None:
            told["response"] = _readable(kept.operation.output.shape, kept.response)
    return told


def _readable(shape_name: str, body: bytes) -> Any:
    """A body as masked JSON; None for one that is too long or no JSON."""
    try:
        return masked(shape_name, msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
