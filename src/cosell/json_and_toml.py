"""Reads JSON and TOML that people write, and says in plain words what is wrong with it, with line and column."""

import json
import re
import tomllib
from typing import Any, Final, NoReturn

_REASONS: Final = {
    "Expecting value": "a value is missing here, or has no quotes",
    "Expecting property name": "a name in double quotes is missing here",
    "Expecting ':'": "a colon is missing here",
    "Expecting ','": "a comma is missing here, or a bracket is not closed",
    "Unterminated string": "the string that starts here is not closed",
    "Invalid control character": "a string contains a line break or another control character; write it as \\n",
    "Invalid \\": "this backslash starts no valid escape sequence",
    "Extra data": "there is more text after the end",
    "Illegal trailing comma": "there is a comma before a closing bracket",
    "Unexpected UTF-8 BOM": "it starts with a byte order mark",
}
"""How the messages of Python's parser start, and what we say instead."""
_TOML_PLACE: Final = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class Unreadable(Exception):
    """A text cannot be read. The message is a clause to put after its name: `is not JSON: …`."""


def json_of(text: str | bytes) -> Any:
    """The value of a JSON text. Raises Unreadable."""
    try:
        return json.loads(utf8_of(text), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: line {error.lineno}, column {error.colno}: {json_reason(error)}") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not readable JSON: {json_reason(error)}") from None


def toml_of(text: str | bytes) -> dict[str, Any]:
    """The table of a TOML text. Raises Unreadable."""
    try:
        return tomllib.loads(utf8_of(text))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = (
            "" if place is None else f" at line {place[1]}, column {place[2]}" if place[1] else ": it ends too early"
        )
        raise Unreadable(f"is not TOML{where}") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not readable TOML: {json_reason(error)}") from None


def utf8_of(text: str | bytes) -> str:
    """The text itself, or bytes decoded. Raises Unreadable if they are not UTF-8."""
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + text.count(b"\n", 0, error.start)
        raise Unreadable(f"is not UTF-8 in line {line}") from None


def _refuse(name: str) -> NoReturn:
    raise Unreadable(f"is not JSON, which has no {name}")


def json_reason(error: ValueError | RecursionError) -> str:
    """What Python's parser has found, as a clause."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if not isinstance(error, json.JSONDecodeError):
        return "a number has too many digits"
    return next((told for begins, told in _REASONS.items() if error.msg.startswith(begins)), "it is malformed here")
