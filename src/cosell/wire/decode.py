"""Bytes to typed requests: a fast path for valid requests, a full walk for the rest.

The fast path is msgspec with the model's constraints compiled in. It stops at the first thing that it refuses, so
whatever it refuses is read again by `wire/violations.py`, which lists everything.
"""

import re
from typing import Any, TypeVar

import msgspec

from cosell.errors import SerializationException
from cosell.wire.building import one_at_a_time
from cosell.wire.constraints import DATE_PATTERN
from cosell.wire.double import Double, exact
from cosell.wire.model import Operation
from cosell.wire.timestamps import Date, is_calendar_day
from cosell.wire.types import structure
from cosell.wire.unchecked import unchecked
from cosell.wire.violations import checked, number_of, timestamp_of

DEEPEST = 32
"""Levels of nesting that a body may have. The deepest legal request has nine. Our choice."""

_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""Also one that never ends: looking for its end from each later quote again would take quadratic time."""
_BRACKETS = re.compile(rb"[\[{}\]]")
_DATE = re.compile(DATE_PATTERN)
_PLAIN = msgspec.json.Decoder(float_hook=exact)

_decoders: dict[str, msgspec.json.Decoder[msgspec.Struct]] = {}

T = TypeVar("T", bound=msgspec.Struct)


def quick_request(operation: Operation, body: bytes) -> msgspec.Struct | None:
    """The typed request, or None if the fast decoder refuses it and `full_request` must say why."""
    try:
        return _decoder(operation.input.shape).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def full_request(operation: Operation, body: bytes) -> msgspec.Struct:
    """The typed request, decided by the full walk.

    Raises SerializationException if the body is not JSON or a value has the wrong JSON type, ValidationException
    with the complete ErrorList if a constraint of the model is violated.
    """
    name = operation.input.shape
    return _converted(checked(name, plain_json(body)), structure(name))


def checked_structure(type_: type[T], value: object) -> T:
    """The structure that plain JSON values make, decided by the full walk. Raises as `full_request` does."""
    return _converted(checked(type_.__name__, value), type_)


def plain_json(body: bytes) -> Any:
    """The body as plain values. Raises SerializationException if it is not JSON."""
    try:
        return _PLAIN.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SerializationException("The body is not valid JSON.") from None


def decode(type_: type[T], text: bytes) -> T:
    """The value of a structure from JSON that cosell itself has written.

    What was loaded from AWS may hold values that the model does not know; they come back as they were.
    """
    try:
        decoded = _decoder(type_.__name__).decode(text)
    except msgspec.ValidationError:
        decoded = unchecked(type_.__name__, _PLAIN.decode(text))  # a DecodeError, where it is not JSON
    assert isinstance(decoded, type_)
    return decoded


def quick_value(type_: type[T], value: Any) -> T | None:
    """The structure that plain JSON values make, or None if a full walk must say what is wrong with them."""
    try:
        return _converted(value, type_)
    except msgspec.ValidationError:
        return None


def check_depth(body: bytes) -> None:
    """Raises SerializationException for a body that is nested too deeply to be read safely."""
    if body.count(b"{") + body.count(b"[") <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", body)):
        depth += 1 if bracket[0] in b"{[" else -1
        if depth > DEEPEST:
            raise SerializationException(f"The body is nested more than {DEEPEST} levels deep.")


def _decoder(name: str) -> msgspec.json.Decoder[msgspec.Struct]:
    return _decoders.get(name) or _decoder_made_alone(name)


def _decoder_made_alone(name: str) -> msgspec.json.Decoder[msgspec.Struct]:
    with one_at_a_time:
        return _decoders.get(name) or _decoders.setdefault(
            name, msgspec.json.Decoder(structure(name), dec_hook=_custom, float_hook=exact)
        )


def _converted(value: object, type_: type[T]) -> T:
    """The structure that plain values make. Whoever looks into the type first is alone with it."""
    _decoder(type_.__name__)
    return msgspec.convert(value, type_, dec_hook=_custom)


def _custom(type_: type, value: Any) -> Any:
    if type_ is Double:
        return number_of(value)
    if type_ is not Date:
        return value if type(value) is type_ else timestamp_of(value)
    if not isinstance(value, str) or not _DATE.fullmatch(value) or not is_calendar_day(value):
        raise ValueError("not a day of the calendar")
    return Date(value)
