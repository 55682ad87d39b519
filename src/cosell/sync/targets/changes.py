"""What differs between two versions of a summary, member by member, for `opportunity_change`.

A member is a leaf of the document: `LifeCycle.Stage`, `Project.ExpectedCustomerSpend[0].Amount`. A list of plain values
is one leaf, since the position of a value in it means nothing.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from cosell.sync.targets.values import Document, stored_text

_STEP: Final = re.compile(r"[^.\[\]]+|\[\d+\]")


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


def undo(document: Document, olds: Iterable[tuple[str, str | None]]) -> None:
    """Set a document back to what it was before changes, given their members and old values, last change first.

    Structures that are empty without the members that a change brought go with them.
    """
    for member, old in olds:
        steps = [step if step[0] != "[" else int(step[1:-1]) for step in _STEP.findall(member)]
        if not steps or isinstance(steps[0], int):
            continue  # a name that no member of the service's has
        if old is None:
            _remove(document, steps)
        else:
            _put(document, steps, old)


def _put(parent: Any, steps: list[Any], old: str) -> None:
    step, *rest = steps
    if isinstance(step, int):
        parent.extend({} for _ in range(step + 1 - len(parent)))
    now = parent[step] if isinstance(step, int) else parent.get(step)
    if not rest:
        parent[step] = _value(old, now)
        return
    if not isinstance(now, list if isinstance(rest[0], int) else dict):
        parent[step] = now = [] if isinstance(rest[0], int) else {}
    _put(now, rest, old)


def _remove(parent: Any, steps: list[Any]) -> None:
    step, *rest = steps
    is_there = step < len(parent) if isinstance(step, int) else step in parent
    if not is_there:
        return
    if rest:
        if isinstance(parent[step], list if isinstance(rest[0], int) else dict):
            _remove(parent[step], rest)
        if parent[step]:
            return
    elif _has_members(parent[step]):
        return  # what was empty has them again by now, for each is undone by itself
    if not isinstance(step, int):
        del parent[step]
        return
    parent[step] = {}
    while parent and parent[-1] == {}:
        parent.pop()


def _has_members(value: Any) -> bool:
    """Whether leaves lie within a value, rather than that it is one."""
    if isinstance(value, list):
        return any(isinstance(inner, dict | list) for inner in value)
    return isinstance(value, dict) and bool(value)


def _value(old: str, now: Any) -> Any:
    """A value as it was: lists stand as JSON, and everything else that a summary has is a text."""
    if isinstance(now, str):
        return old
    try:
        value = json.loads(old)
    except ValueError:
        return old
    return value if isinstance(value, list | dict) else old


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str | bytes]]:
    """The paths of a document with their values: texts as they are, everything else as JSON in bytes."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and _has_members(value):
        for position, inner in enumerate(value):
            yield from _leaves(f"{path}[{position}]", inner)
    elif value is not None:
        yield path, json.dumps(value).encode()


def _shown(leaf: str | bytes | None) -> str | None:
    return stored_text(leaf) if isinstance(leaf, str) else None if leaf is None else leaf.decode()
