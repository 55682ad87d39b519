"""JSON documents in a file, one after the other, however they are laid out, and where in the file each value is.

One document per line, pretty-printed ones, several on a line, or a mixture: a document ends where its brackets do.
Unreadable text is reported with its line, and reading continues at the next line that begins a document.
"""

import json
import math
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple, NoReturn

from cosell.errors import UserError
from cosell.json_and_toml import json_reason

MOST_BROKEN: Final = 100
"""Unreadable documents after which reading stops: such a file is not JSON."""

_STRINGS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"')
_NEXT_START: Final = re.compile(rb"\n(?=[{\[])")
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STEPS: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


class _NoNumber(ValueError):
    """Something that is a number in Python, but not in JSON."""


def _no_such_number(name: str) -> NoReturn:
    raise _NoNumber(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_such_number(text)


_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_no_such_number)


class Document(NamedTuple):
    """One document: its value, its text, and the line of the file (from 1) that it begins in."""

    value: Any
    text: str
    line: int

    def line_of(self, path: str) -> int:
        """The line of the file with the member `path` (`pairs[0].request`), or the nearest one that exists."""
        position = 0
        for index, name in _STEPS.findall(path):
            found = _item(self.text, position, int(index)) if index else _member(self.text, position, name)
            if found is None:
                break
            position = found
        return self.line + self.text.count("\n", 0, position)


class Broken(NamedTuple):
    """Something that is not a JSON document."""

    line: int
    message: str


def documents(lines: Iterable[bytes]) -> Iterator[Document | Broken]:
    """The documents in the lines of a file. Raises UserError if it is not a file of JSON at all."""
    broken = 0
    for first_line, block in _blocks(lines):
        waiting = deque([(first_line, block)])
        while waiting:
            line, raw = waiting.popleft()
            for document in _parsed(raw, line):
                yield document
                if isinstance(document, Broken):
                    broken += 1
                    if broken == MOST_BROKEN:
                        raise UserError(
                            f"line {document.line}: this is not JSON, nor was it {MOST_BROKEN - 1} times before",
                            "give what an AWS client printed with its output set to JSON",
                        )
                    if after := _NEXT_START.search(raw):
                        rest = raw[after.end() :]
                        skipped = raw.count(b"\n", 0, after.end())
                        waiting.extend((line + skipped + start - 1, part) for start, part in _blocks(_lines(rest)))


def _blocks(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Runs of lines at whose end all brackets are closed, each with the number of its first line."""
    gathered: list[bytes] = []
    first_line, depth = 1, 0
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = _without_mark(line)
        if not gathered:
            if line.isspace():
                continue
            first_line = number
        gathered.append(line)
        plain = _STRINGS.sub(b"", line)
        depth += plain.count(b"{") + plain.count(b"[") - plain.count(b"}") - plain.count(b"]")
        if depth <= 0:
            yield first_line, b"".join(gathered)
            gathered, depth = [], 0
    if gathered:
        yield first_line, b"".join(gathered)


def _lines(raw: bytes) -> Iterator[bytes]:
    return (line + b"\n" for line in raw.split(b"\n"))


def _without_mark(line: bytes) -> bytes:
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError("this is UTF-16, not UTF-8", "write the file again in UTF-8")
    return line.removeprefix(b"\xef\xbb\xbf")


def _parsed(raw: bytes, first_line: int) -> Iterator[Document | Broken]:
    """The documents in some lines, up to the first that is broken."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        yield Broken(first_line + raw.count(b"\n", 0, error.start), "This is not UTF-8.")
        return
    start = _after_space(text, 0)
    while start < len(text):
        line = first_line + text.count("\n", 0, start)
        try:
            value, end = _DECODER.raw_decode(text, start)
        except json.JSONDecodeError as error:
            line = first_line + error.lineno - 1
            yield Broken(line, f"This is not JSON at column {error.colno}: {json_reason(error)}.")
            return
        except _NoNumber as error:
            yield Broken(line, f"This is not JSON: {error}.")
            return
        except (ValueError, RecursionError) as error:
            yield Broken(line, f"This is not JSON: {json_reason(error)}.")
            return
        yield Document(value, text[start:end], line)
        start = _after_space(text, end)


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    assert space is not None
    return space.end()


def _member(text: str, position: int, name: str) -> int | None:
    """Where the value of a member begins in the object at `position`; None if there is none."""
    found = None
    for key_at, key_end, value_at in _entries(text, position, "{"):
        if json.loads(text[key_at:key_end]) == name:
            found = value_at  # of repeated members the last one counts
    return found


def _item(text: str, position: int, index: int) -> int | None:
    for number, (_, _, value_at) in enumerate(_entries(text, position, "[")):
        if number == index:
            return value_at
    return None


def _entries(text: str, position: int, bracket: str) -> Iterator[tuple[int, int, int]]:
    """Of each entry of the object or list at `position`: where its key begins and ends, and where its value begins."""
    if text[position] != bracket:
        return
    position = _after_space(text, position + 1)
    while text[position] not in "}]":
        key_at = key_end = position
        if bracket == "{":
            _, key_end = _DECODER.raw_decode(text, position)
            position = _after_space(text, _after_space(text, key_end) + 1)
        yield key_at, key_end, position
        _, end = _DECODER.raw_decode(text, position)
        position = _after_space(text, end)
        if text[position] == ",":
            position = _after_space(text, position + 1)
