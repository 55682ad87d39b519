"""Whether boto3, given a request's members, sends the request as it was sent.

boto3 refuses to send a request that lacks a required member, has an unknown one, a value of another type, or one below
a minimum; it writes moments as texts, and adds a missing ClientToken. Everything else it sends, right or wrong.

Source: botocore 1.43, `validate.py`, `serialize.py` and `handlers.py`.
"""

from typing import Any, Final

from cosell.wire.model import Shape, service_model
from cosell.wire.timestamps import Timestamp

_TYPES: Final[dict[str, Any]] = {"boolean": bool, "double": int | float}
NS_PER_MICROSECOND: Final = 1_000
"""A datetime has no more digits."""


def boto3_sends(operation: str, request: Any) -> bool:
    """Whether a call with these members sends this request."""
    return _is_sent(service_model().operations[operation].input.shape, request)


def _is_sent(shape_name: str, value: Any) -> bool:
    shape = service_model().shapes[shape_name]
    match shape.type:
        case "structure":
            return isinstance(value, dict) and _is_structure_sent(shape, value)
        case "list":
            assert shape.member is not None
            member = shape.member.shape
            return (
                isinstance(value, list)
                and len(value) >= (shape.min or 0)
                and all(_is_sent(member, item) for item in value)
            )
        case "timestamp":
            return isinstance(value, str) and _is_moment_of_python(value)
        case "string":
            return isinstance(value, str) and len(value) >= (shape.min or 0)
    type_ = _TYPES.get(shape.type, int)  # for which boto3 takes booleans, too
    return isinstance(value, type_) and (shape.min is None or value >= shape.min)


def _is_structure_sent(shape: Shape, value: dict[str, Any]) -> bool:
    if not value.keys() <= shape.members.keys() or (shape.union and len(value) != 1):
        return False
    for name, member in shape.members.items():
        if name in value:
            if not _is_sent(member.shape, value[name]):
                return False
        elif name in shape.required or member.idempotency_token:
            return False
    return True


def _is_moment_of_python(text: str) -> bool:
    try:
        return Timestamp.parse(text) % NS_PER_MICROSECOND == 0
    except ValueError:
        return False
