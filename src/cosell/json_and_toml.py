"""Texts of JSON and TOML that people write, and what is wrong with one, in our own words, with line and column."""

import json
import re
import tomllib
from typing import Any, Final, NoReturn

_REASONS: Final = {
    "Expecting value": "a value is missing here, or is a word without quotes",
    "Expecting property name": "a name in double quotes is missing here",
    "Expecting ':'": "a colon is missing here",
    "Expecting ','": "a comma is missing here, or a bracket is not closed",
    "Unterminated string": "the text that begins here does not end",
    "Invalid control character": "a line break or another control character stands within a text; write it as \\n",
    "Invalid \\": "a backslash stands before a letter that needs none",
    "Extra data": "something follows the end",
    "Illegal trailing comma": "a comma stands before a bracket that closes",
    "Unexpected UTF-8 BOM": "it begins with a byte order mark",
}
"""How messages of Python's parser begin, and what we say of each."""
_TOML_PLACE: Final = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


class Unreadable(Exception):
    """A text is not what it should be. The message is a clause that goes on from its name: `is not JSON, …`."""


def json_of(text: str | bytes) -> Any:
    """The value that a JSON text has. Raises Unreadable."""
    try:
        return json.loads(utf8_of(text), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: line {error.lineno}, column {error.colno}: {json_reason(error)}") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not JSON that can be read: {json_reason(error)}") from None


def toml_of(text: str | bytes) -> dict[str, Any]:
    """The table that a TOML text has. Raises Unreadable."""
    try:
        return tomllib.loads(utf8_of(text))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = "" if place is None else f" at line {place[1]}, column {place[2]}" if place[1] else " at its end"
        raise Unreadable(f"is not TOML{where}") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is not TOML that can be read: {json_reason(error)}") from None


def utf8_of(text: str | bytes) -> str:
    """The text itself, or what bytes mean. Raises Unreadable for those that are not UTF-8."""
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
    """What Python's parser has met, as a clause."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if not isinstance(error, json.JSONDecodeError):
        return "a number has too many digits"
    return next((told for begins, told in _REASONS.items() if error.msg.startswith(begins)), "it is malformed here")
