"""What differs between two versions of a summary, member by member, for `opportunity_change`.

A member is a leaf of the document: `LifeCycle.Stage`, `Project.ExpectedCustomerSpend[0].Amount`. A list of plain
values is one leaf, since the place of a value in it means nothing.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from cosell.sync.targets.values import Document, stored_text


class Change(msgspec.Struct, frozen=True):
    """One member's old and new value; None: absent. Texts stand as they are, everything else as JSON."""

    member: str
    old: str | None
    new: str | None


def changes(old: Document, new: Document) -> list[Change]:
    """Every member that differs, in the order of their names. A null is the same as an absent member."""
    before, after = dict(_leaves("", old)), dict(_leaves("", new))
    return [
        Change(stored_text(member), _shown(before.get(member)), _shown(after.get(member)))
        for member in sorted(before.keys() | after.keys())
        if before.get(member) != after.get(member)
    ]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str | bytes]]:
    """The paths of a document with their values: texts as they are, everything else as JSON in bytes."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for position, inner in enumerate(value):
            yield from _leaves(f"{path}[{position}]", inner)
    elif value is not None:
        yield path, json.dumps(value).encode()


def _shown(leaf: str | bytes | None) -> str | None:
    return stored_text(leaf) if isinstance(leaf, str) else None if leaf is None else leaf.decode()
