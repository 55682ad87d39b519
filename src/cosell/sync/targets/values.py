"""From a document of the service to the values of typed columns.

A value that its column cannot hold becomes NULL there: the service may send what no model knew, and a sync must not
stop at it. The document itself is always stored in full, so nothing is lost.
"""

import functools
import itertools
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from cosell.sync.targets.tables import Column, Kind
from cosell.wire.timestamps import Timestamp

Document = dict[str, Any]
Value = str | int | None
"""Of a column, in the form that every database takes: moments as `YYYY-MM-DDTHH:MM:SS.mmmZ`, amounts as texts."""

LARGEST_INTEGER: Final = 2**63 - 1
_AMOUNT: Final = re.compile(r"[0-9]{1,31}(\.[0-9]{0,2})?", re.ASCII)
_HALF_OF_A_PAIR: Final = re.compile("[\\ud800-\\udfff]")
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def document_of(raw: bytes) -> Document:
    """The members of a JSON object. Raises ValueError if it is none."""
    try:
        document = msgspec.json.decode(raw)
    except msgspec.DecodeError:  # it refuses numbers and halves of surrogate pairs that JSON allows
        document = json.loads(raw)
    if isinstance(document, dict):
        return document
    raise ValueError("not a JSON object")


def moment(ms: int) -> str:
    """A moment as mirrors take it."""
    return str(Timestamp.from_ms(ms))


def stored_text(text: str) -> str:
    """A text without what some database cannot hold: a NUL, and a half of a surrogate pair."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def values_of(document: Document, columns: tuple[Column, ...]) -> list[Value]:
    """The values of those columns that have a path, in their order."""
    values: list[Value] = []
    for folder, members in _plan(columns):
        parent = _reach(document, folder)
        if type(parent) is not dict:
            values += [None] * len(members)
            continue
        for name, convert in members:
            value = parent.get(name)
            values.append(None if value is None else convert(value))
    return values


def spends_of(document: Document) -> list[Document]:
    """The entries of Project.ExpectedCustomerSpend, without those that are no structures."""
    entries = _reach(document, ("Project", "ExpectedCustomerSpend"))
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


@functools.cache
def _plan(columns: tuple[Column, ...]) -> list[tuple[tuple[str, ...], list[tuple[str, Callable[[Any], Value]]]]]:
    """Columns by the structure that they are in, so that it is looked for once."""
    of_members = [column for column in columns if column.path]
    return [
        (folder, [(column.path[-1], _CONVERT[column.kind]) for column in inner])
        for folder, inner in itertools.groupby(of_members, key=lambda column: column.path[:-1])
    ]


def _reach(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _text(value: Any) -> str | None:
    if type(value) is not str or "\0" in value:
        return None
    return value if value.isascii() or not _HALF_OF_A_PAIR.search(value) else None


def _moment(value: Any) -> str | None:
    try:
        if isinstance(value, str):
            return str(Timestamp.parse(value))
        return str(Timestamp.from_epoch_seconds(value)) if type(value) in (int, float) else None
    except (ValueError, ArithmeticError):
        return None


def _day(value: Any) -> str | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        date.fromisoformat(value)
    except ValueError:
        return None
    return value


def _amount(value: Any) -> str | None:
    return value.rstrip(".") if isinstance(value, str) and _AMOUNT.fullmatch(value) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    return value if type(value) is int and abs(value) <= LARGEST_INTEGER else None


def _json(value: Any) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # a half of a surrogate pair
        return json.dumps(value)


_CONVERT: Final[Mapping[Kind, Callable[[Any], Value]]] = {
    "identifier": _text,
    "text": _text,
    "moment": _moment,
    "day": _day,
    "amount": _amount,
    "integer": _integer,
    "json": _json,
}
