"""Answered calls, kept for anyone who wonders what a client really sends.

Keeping one copies no body. Whatever the model marks as sensitive is masked when somebody looks, unless a call is
requested unmasked. Only headers known to hold no secret are kept with their values; of the others only the names.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from cosell.errors import ValidationException, Violation
from cosell.flow import Answer, Call
from cosell.wire.model import service_model
from cosell.wire.timestamps import Timestamp

LONGEST_KEPT: Final = 64 * 1024
"""Maximum bytes of a body. Of a longer one only the length is kept."""
MASK: Final = "***"
LONGEST_HEADER: Final = 1024
"""Bytes of a header's value that are kept."""
AUTHORIZATION: Final = b"authorization"
SIGV4: Final = b"AWS4-"
KNOWN_HEADERS: Final = frozenset(
    name.encode()
    for name in (
        *("accept", "accept-encoding", "accept-language", "connection", "content-encoding", "content-length"),
        *("content-type", "date", "expect", "host", "origin", "traceparent", "transfer-encoding", "user-agent"),
        *("amz-sdk-invocation-id", "amz-sdk-request", "x-amz-content-sha256", "x-amz-date", "x-amz-target"),
        *("x-amz-user-agent", "x-amzn-errortype", "x-amzn-requestid", "x-amzn-trace-id", "x-forwarded-for"),
        *("x-forwarded-host", "x-forwarded-proto"),
    )
)
_ATTEMPT: Final = re.compile(r"\battempt=(\d{1,4})")

Headers = list[tuple[bytes, bytes]]


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A call in a ring. Its `number` is its worker's; `error_list` is set if it failed a validation."""

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
    """The engine's moment, by which the call was answered; None if it was refused before that."""
    method: str
    path: str
    request_headers: Headers
    response_headers: Headers

    @property
    def identifier(self) -> str:
        """The id of a call, which no other worker assigns."""
        return f"{self.worker}-{self.number}"

    @property
    def invocation(self) -> str:
        """What an AWS SDK calls the call, the same for each attempt; empty if no SDK has sent it."""
        return self._header(b"amz-sdk-invocation-id")

    @property
    def attempt(self) -> int:
        """Which attempt this is according to the AWS SDK, from 1."""
        found = _ATTEMPT.search(self._header(b"amz-sdk-request"))
        return int(found[1]) if found else 1

    def _header(self, name: bytes) -> str:
        return dict(self.request_headers).get(name, b"").decode("latin-1")


def kept_call(call: Call, answer: Answer, *, seconds: float, wall_ms: int, worker: int, number: int) -> Kept:
    """A call that was answered at a moment of real time, after `seconds`, as the `number`th of its worker."""
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
        call.method,
        call.path,
        without_secrets(call.headers.items()),
        without_secrets(answer.headers),
    )


def without_secrets(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers with a mask in place of signatures, tokens, and whatever is not known to be harmless."""
    return [(name, _without_secret(name, value)) for name, value in headers]


def _without_secret(name: bytes, value: bytes) -> bytes:
    if name in KNOWN_HEADERS:
        return value[:LONGEST_HEADER]
    if name == AUTHORIZATION and value.startswith(SIGV4):
        signed, is_signed, _ = value[:LONGEST_HEADER].partition(b"Signature=")
        return signed + (is_signed and is_signed + MASK.encode())
    return MASK.encode()


def masked(shape_name: str, value: Any) -> Any:
    """A JSON value of a model shape, masked wherever the model marks the value as sensitive.

    Members that the model does not know are masked as well, since nobody has classified them.
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
    """A call as JSON values; if `unmasked`, with what the model marks as sensitive."""
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
    if kept.invocation:
        told |= {"invocation": kept.invocation, "attempt": kept.attempt}
    if kept.operation is not None:
        operation = service_model().operations[kept.operation]
        told["request"] = _readable(operation.input.shape, kept.request, unmasked)
        if kept.error is None and operation.output is not None:
            told["response"] = _readable(operation.output.shape, kept.response, unmasked)
    return told


def raw_bodies(kept: Kept, *, unmasked: bool = False) -> tuple[str | None, str | None]:
    """The bodies of request and response as they were sent; None if one was too long to keep, or cannot be masked.

    If something must be masked, a body is JSON as cosell writes it; what is not JSON cannot be masked.
    """
    operation = service_model().operations[kept.operation] if kept.operation else None
    sent = _raw(operation.input.shape if operation else None, kept.request, kept.request_bytes, unmasked)
    # cosell itself has chosen every word of an error.
    output = operation.output.shape if operation and operation.output else None
    got = _raw(output, kept.response, kept.response_bytes, unmasked or kept.error is not None)
    return sent, got


def _raw(shape_name: str | None, body: bytes, length: int, unmasked: bool) -> str | None:
    if len(body) != length:
        return None
    if unmasked or not body:
        return body.decode("utf-8", "replace")
    value = None if shape_name is None else _readable(shape_name, body, unmasked=False)
    return None if value is None else msgspec.json.encode(value).decode()


def _readable(shape_name: str, body: bytes, unmasked: bool) -> Any:
    """A body as JSON; None for one that is too long or no JSON."""
    try:
        value = msgspec.json.decode(body)
        return value if unmasked else masked(shape_name, value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
