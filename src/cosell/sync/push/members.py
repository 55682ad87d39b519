"""The members of opportunities as plain values: checked, merged, compared. Pure.

A row changes what it names and nothing else: a structure is merged member by member, a list is replaced as a whole,
null removes. UpdateOpportunity replaces the record, so a request begins with the stored one (`merged`).

Shapes are botocore's, read from the installed service model, so a newer boto3 brings newer members.
"""

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from cosell.sync.push.row import Problem

ESCAPED_COLON: Final = "&amp;colon;"
"""A colon in some of AWS's answers (docs/fidelity.md)."""

NOT_OF_A_ROW: Final = frozenset({"ClientToken", "Identifier"})
"""Members of requests that a push fills in."""

NOT_CONTENT: Final = frozenset({"Catalog", "Id", "LastModifiedDate"})
"""Members that identify an opportunity, and do not describe it."""


class Shapes(NamedTuple):
    """The shapes of what is created, of what updates an opportunity, and of what the service answers."""

    create: Any
    update: Any
    get: Any

    @property
    def row(self) -> dict[str, Any]:
        """The members that a row may name."""
        every = {**self.get.members, **self.update.members, **self.create.members}
        return {name: shape for name, shape in every.items() if name not in NOT_OF_A_ROW}

    @property
    def read_only(self) -> frozenset[str]:
        """The members that only the service writes."""
        return frozenset(self.row) - set(self.create.members) - set(self.update.members) - {"Id"}


def shapes_of(client: Any) -> Shapes:
    """The shapes of a client's service model."""
    operation = client.meta.service_model.operation_model
    return Shapes(
        operation("CreateOpportunity").input_shape,
        operation("UpdateOpportunity").input_shape,
        operation("GetOpportunity").output_shape,
    )


def problems_of(members: Mapping[str, Any], shapes: Mapping[str, Any], path: str = "") -> Iterator[Problem]:
    """What no request could carry: unknown members, and values of another type than the member's."""
    for name, value in members.items():
        if name not in shapes:
            close = difflib.get_close_matches(name, shapes, 1)
            hint = f" Did you mean {path}{close[0]}?" if close else ""
            yield Problem(f"{path}{name}", "UNKNOWN_FIELD", f"The service model has no such member.{hint}")
        elif value is not None:
            yield from _problems(value, shapes[name], f"{path}{name}")


def _problems(value: Any, shape: Any, path: str) -> Iterator[Problem]:
    match shape.type_name, value:
        case "structure", dict():
            yield from problems_of(value, shape.members, f"{path}.")
        case "list", list():
            for index, item in enumerate(value):
                yield from _problems(item, shape.member, f"{path}[{index}]")
        case "string", str():
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                yield Problem(path, "INVALID_VALUE", "This is half of a character.")
        case "timestamp", str():
            if moment_of(value) is None:
                yield Problem(
                    path, "INVALID_STRING_FORMAT", "This is not a moment, such as 2026-05-04T09:15:22.101Z.", value
                )
        case _:
            yield Problem(path, "WRONG_TYPE", f"This must be {_IN_WORDS[shape.type_name]}.", value)


_IN_WORDS: Final = {
    "structure": "a structure",
    "list": "a list",
    "string": "a text, in quotation marks",
    "timestamp": "a moment, as a text",
}


def moment_of(text: str) -> datetime | None:
    """The moment that a text names with its offset, to the millisecond; None if it names none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def plain(value: Any) -> Any:
    """An answer of boto3 with its moments as texts, and without what AWS escapes: it would be kept when sent back."""
    match value:
        case dict():
            return {name: plain(member) for name, member in value.items()}
        case list():
            return [plain(item) for item in value]
        case datetime():
            precision = "microseconds" if value.microsecond % 1000 else "milliseconds"
            return value.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
        case str():
            return value.replace(ESCAPED_COLON, ":")
    return value


def fitted(members: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """The members that a structure has, at any depth."""
    return {name: _fitted(value, shape.members[name]) for name, value in members.items() if name in shape.members}


def _fitted(value: Any, shape: Any) -> Any:
    if isinstance(value, dict) and shape.type_name == "structure":
        return fitted(value, shape)
    if isinstance(value, list) and shape.type_name == "list":
        return [_fitted(item, shape.member) for item in value]
    return value


def merged(stored: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The stored record, changed where the row says so."""
    result = dict(stored)
    for name, value in row.items():
        before = stored.get(name)
        result[name] = merged(before, value) if isinstance(value, dict) and isinstance(before, dict) else value
    return result


def without_empty(value: Any) -> Any:
    """Without nulls, and without structures and lists that hold nothing: they mean the same as nothing."""
    if isinstance(value, dict):
        members = {name: without_empty(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in (None, {}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def same(one: Any, other: Any) -> bool:
    """Whether two records mean the same: `10000` and `10000.00` are one amount, and null is nothing."""
    return bool(_normalised(without_empty(one)) == _normalised(without_empty(other)))


def has_all(stored: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a stored record has everything that a row wants of it."""
    return same(merged(stored, row), stored)


def _normalised(value: Any, name: str = "") -> Any:
    match value:
        case dict():
            return {name: _normalised(member, name) for name, member in value.items()}
        case list():
            return [_normalised(item) for item in value]
        case str() if name == "Amount":
            try:
                return Decimal(value)
            except InvalidOperation:
                return value
    return value


def digest(value: Any) -> str:
    """Equal for equal values. 128 bits, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def content_of(members: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of its opportunity, nulls included."""
    return {name: value for name, value in members.items() if name not in NOT_CONTENT}
