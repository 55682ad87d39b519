"""Rows of a JSON file: one array, or objects one after another, one per line or pretty-printed."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from cosell.errors import UserError
from cosell.json_and_toml import json_reason
from cosell.sync.push.row import Problem, Row

_SPACE = re.compile(r"[ \t\r\n]*")


def json_rows(text: str) -> Iterator[Row]:
    """The rows of a JSON text, each with the line in which it begins. Raises UserError if it cannot be read."""
    is_array = text.lstrip().startswith("[")
    position, line = _after_space(text, 0), 1
    counted = 0
    if is_array:
        position = _after_space(text, position + 1)
    while position < len(text) and not (is_array and text[position] == "]"):
        line += text.count("\n", counted, position)
        counted = position
        value, position = _decoded(text, position)
        if not isinstance(value, dict):
            yield Row(line, {}, (Problem("row", "WRONG_TYPE", "This must be an object.", value),))
        else:
            yield Row(line, value)
        position = _after_space(text, position)
        if is_array and text[position : position + 1] == ",":
            position = _after_space(text, position + 1)
        elif is_array and text[position : position + 1] != "]":
            raise _mistake(line + text.count("\n", counted, position), "a comma or ] is missing")
    if is_array and text[position + 1 :].strip():
        raise _mistake(1 + text.count("\n", 0, position), "something follows the array")


def _decoded(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        raise _mistake(error.lineno, json_reason(error), error.colno) from None
    except (ValueError, RecursionError) as error:
        raise _mistake(1 + text.count("\n", 0, position), json_reason(error)) from None


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    assert space is not None, "it matches nothing, too"
    return space.end()


def _mistake(line: int, what: str, column: int = 0) -> UserError:
    place = f"line {line}, column {column}" if column else f"line {line}"
    return UserError(f"{place}: {what}", "write a JSON array of opportunities, or one object a line")


def _refuse_constant(name: str) -> NoReturn:
    raise UserError(f"{name} is not JSON", 'write amounts as texts, such as "1000.00"')


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
