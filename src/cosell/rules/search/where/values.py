"""Values of conditions: texts, moments and numbers as the language writes them, and as a filter tree has them.

A number is exact or refused: clients send fractions as binary floats, which are reliable to about fifteen digits.
A moment is exact to the microsecond, the finest unit that clients send.
"""

import math
import re
from decimal import Decimal
from typing import Any, Final

from cosell.rules.search.fields import Kind
from cosell.rules.search.where.mistake import Mistake
from cosell.rules.search.where.tokens import Token, quoted
from cosell.wire.model import service_model
from cosell.wire.timestamps import Timestamp
from cosell.wire.violations import timestamp_of

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MIDNIGHT: Final = "T00:00:00Z"
_TOO_FINE: Final = re.compile(r"\.\d{7}", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def most_of(shape: str) -> int:
    """How long a text or a list of the model may be."""
    most = service_model().shapes[shape].max
    assert most is not None
    return most


def value_of(token: Token, kind: Kind) -> dict[str, Any]:
    """The Value of a condition on a field of this kind. Raises Mistake if the text is none."""
    match kind:
        case "date":
            return {"DateValue": _moment(token)}
        case "number":
            return {"DoubleValue": _number(token)}
    return {"StringValue": text_of(token)}


def text_of(token: Token) -> str:
    """A text that a condition can have. Raises Mistake for one that is empty, or too long."""
    most = most_of("SearchFilterValue")
    if not token.value:
        raise Mistake(token, "an empty text finds nothing", "name what to look for")
    if len(token.value) > most:
        raise Mistake(token, f"a text has at most {most} characters", "look for a part of it with contains")
    return token.value


def _moment(token: Token) -> str:
    written = f"{token.value}{_MIDNIGHT}" if _DAY.fullmatch(token.value) else token.value
    try:
        Timestamp.parse(written)
    except ValueError:
        example = "write 2026-05-01 or 2026-05-01T09:00:00Z"
        raise Mistake(token, f"{token.value or 'an empty text'} is not a date", example) from None
    if _TOO_FINE.search(written):
        raise Mistake(token, "a moment has at most six digits of a second", "leave out the others")
    return written


def _number(token: Token) -> int | float:
    if not _NUMBER.fullmatch(token.value):
        raise Mistake(token, f"{token.value or 'an empty text'} is not a number", "write it as 1000 or 1000.50")
    nearest = float(token.value)
    if math.isinf(nearest):
        raise Mistake(token, "no amount is so large", "write a smaller number")
    if "." not in token.value:
        return int(token.value)
    if Decimal(repr(nearest)) != Decimal(token.value):
        raise Mistake(token, "the number has more digits than clients can send", "round it")
    return nearest


def written_value(value: dict[str, Any]) -> str:
    """A Value with one text, moment or number, as the language writes it."""
    ((member, given),) = value.items()
    if member == "StringValue":
        return quoted(given)
    if member == "DateValue":
        moment = given if isinstance(given, str) else str(timestamp_of(given))
        return moment.removesuffix(_MIDNIGHT)
    return format(Decimal(str(given)), "f")
