"""Calls that were answered, as they are kept for whoever wonders what a client really sends.

Keeping one costs a copy of nothing. Whatever the model marks as sensitive is masked when somebody looks, unless a call
is asked for as it was.
"""

from typing import Any, Final

import msgspec

from cosell.errors import ValidationException, Violation
from cosell.flow import Answer, Call
from cosell.wire.model import service_model
from cosell.wire.timestamps import Timestamp

LONGEST_KEPT: Final = 64 * 1024
"""Bytes of a body. Of a longer one only the length is kept."""
MASK: Final = "***"


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A call in a ring. Its `number` is its worker's; `error_list` is there where it has failed a validation."""

    wall_ms: int
    worker: int
    number: int
    seconds: float
    operation: str | None
    account: str | None
    status: int
    error: str | None
    message: str
    error_list: list[Violation]
    request: bytes
    request_bytes: int
    response: bytes
    response_bytes: int
    faults: list[str]
    at_ms: int | None
    """The engine's moment, by which the call was answered; None where it was refused before that."""

    @property
    def identifier(self) -> str:
        """The id of a call, which no other worker gives."""
        return f"{self.worker}-{self.number}"


def kept_call(call: Call, answer: Answer, *, seconds: float, wall_ms: int, worker: int, number: int) -> Kept:
    """A call that was answered at a moment of the wall, after `seconds`, as the `number`th of its worker."""
    request, response, error = call.body, answer.body, answer.error
    return Kept(
        wall_ms,
        worker,
        number,
        seconds,
        call.operation.name if hasattr(call, "operation") else None,
        getattr(call, "account", None),
        answer.status,
        error.name if error else None,
        error.message if error else "",
        error.error_list if isinstance(error, ValidationException) else [],
        request if len(request) <= LONGEST_KEPT else b"",
        len(request),
        response if len(response) <= LONGEST_KEPT else b"",
        len(response),
        call.fault.names if call.fault else [],
        call.context.now_ms if hasattr(call, "context") else None,
    )


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
        "id": kept.identifier,
        "at": str(Timestamp.from_ms(kept.wall_ms)),
        "operation": kept.operation,
        "account": kept.account,
        "status": kept.status,
        "milliseconds": round(kept.seconds * 1000, 3),
        "request_bytes": kept.request_bytes,
        "response_bytes": kept.response_bytes,
        "worker": kept.worker,
    }
    if kept.error is not None:
        told["error"] = kept.error
        if kept.error_list:
            told["violations"] = [f"{entry.field_name} {entry.code}" for entry in kept.error_list]
    if kept.faults:
        told["faults"] = kept.faults
    if kept.operation is not None:
        operation = service_model().operations[kept.operation]
        told["request"] = _readable(operation.input.shape, kept.request, unmasked)
        if kept.error is None and operation.output is not None:
            told["response"] = _readable(operation.output.shape, kept.response, unmasked)
    return told


def _readable(shape_name: str, body: bytes, unmasked: bool) -> Any:
    """A body as JSON; None for one that is too long or no JSON."""
    try:
        value = msgspec.json.decode(body)
        return value if unmasked else masked(shape_name, value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
