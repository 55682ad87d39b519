"""JSON values as readable Python source."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cosell.wire.timestamps import Timestamp

WIDTH: Final = 100
INDENT: Final = "    "
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Code(str):
    """Python source that stands in the place of a value."""

    __slots__ = ()


def literal(value: Any, indent: str = "", beside: int = 0) -> str:
    """The source of a value whose lines begin at `indent`, with `beside` characters on its first and last line."""
    line = _line(value)
    if len(indent) + beside + len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        return line
    inner = indent + INDENT
    if isinstance(value, dict):
        heads = [f"{_line(name)}: " for name in value]
        opening, closing, items = "{", "}", list(value.values())
    else:
        heads = [""] * len(value)
        opening, closing, items = "[", "]", value
    parts = (f"{inner}{head}{literal(item, inner, len(head) + 1)},\n" for head, item in zip(heads, items, strict=True))
    return f"{opening}\n{''.join(parts)}{indent}{closing}"


def call(function: str, arguments: dict[str, Any], indent: str, beside: int = 0) -> str:
    """The source of a call with keyword arguments."""
    line = f"{function}({', '.join(f'{name}={_line(value)}' for name, value in arguments.items())})"
    if len(indent) + beside + len(line) <= WIDTH:
        return line
    inner = indent + INDENT
    parts = (f"{inner}{name}={literal(value, inner, len(name) + 2)},\n" for name, value in arguments.items())
    return f"{function}(\n{''.join(parts)}{indent})"


def moment(at: Timestamp) -> Code:
    """A moment, to the microsecond."""
    time = _EPOCH + timedelta(microseconds=at // 1000)
    parts = [time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond]
    while not parts[-1]:
        parts.pop()
    return Code(f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)")


def _line(value: Any) -> str:
    if isinstance(value, Code):
        return value
    if isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_line(name)}: {_line(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_line, value))}]"
    return repr(value)


def _escaped(character: str) -> str:
    """Escapes whatever would end the text, be invisible, or reverse the line's direction."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}" if ord(character) > 0xFFFF else f"\\u{ord(character):04x}"
