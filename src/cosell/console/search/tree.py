"""Filter trees as a visitor changes them: add a condition, remove a part.

A tree is the JSON value of an OpportunitySearchFilter, or whatever an address claims to be one: invalid parts are left
for the API to refuse. A part of it is named by a path such as `("AndAllFilters", 1, "NotFilter")`. Pure.
"""

import re
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Grouping: TypeAlias = Literal["all", "any", "none"]

ALL: Final = "AndAllFilters"
ANY: Final = "OrAllFilters"
NOT: Final = "NotFilter"
ROOT: Final = "Filter"
_STEPS: Final = re.compile(rf"\.({ALL}|{ANY})\[(\d{{1,2}})\]|\.({NOT})", re.ASCII)


def path_text(path: Path) -> str:
    """A path as the API names it: `Filter.AndAllFilters[1].NotFilter`."""
    return ROOT + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def path_of(text: str) -> Path:
    """The path that `path_text` writes so; as much of it as can be read."""
    path: list[str | int] = []
    for list_name, index, negation in _STEPS.findall(text):
        path += [negation] if negation else [list_name, int(index)]
    return tuple(path)


def negated(node: Any) -> Any:
    """The opposite of a node."""
    return {NOT: node}


def grouped(node: Any, grouping: Grouping) -> Any:
    """A group with this one part so far."""
    if grouping == "none":
        return negated({ANY: [node]})
    return {ALL if grouping == "all" else ANY: [node]}


def list_of(node: Any) -> str:
    """The list that is a node's only member; none for any other node."""
    if isinstance(node, dict) and len(node) == 1:
        (name,) = node
        if name in (ALL, ANY) and isinstance(node[name], list):
            return str(name)
    return ""


def with_part(tree: Any, part: Any, into: Path = ()) -> Any:
    """The tree with one more part in the group at `into`. If there is no such group, both must match."""
    if tree is None:
        return part
    if into:
        name = list_of(part_at(tree, into))
        if name:
            return changed(tree, into, lambda node: {name: [*node[name], part]})
    return {ALL: [*tree[ALL], part]} if list_of(tree) == ALL else {ALL: [tree, part]}


def without_part(tree: Any, path: Path) -> Any:
    """The tree without the part at `path`, nor any group that it leaves empty; None if nothing is left.

    A list that requires all of a single part is left out, too.
    """
    left = _without(tree, path)
    return left[ALL][0] if list_of(left) == ALL and len(left[ALL]) == 1 else left


def part_at(tree: Any, path: Path) -> Any:
    """The part at `path`; None if there is none."""
    for step in path:
        if isinstance(step, int):
            tree = tree[step] if isinstance(tree, list) and step < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def changed(node: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """The tree with the part at `path`, which exists, replaced by what `change` makes of it."""
    if not path:
        return change(node)
    step = path[0]
    if isinstance(step, int):
        return [*node[:step], changed(node[step], path[1:], change), *node[step + 1 :]]
    return {**node, step: changed(node[step], path[1:], change)}


def _without(node: Any, path: Path) -> Any:
    if not path:
        return None
    name = path[0]
    if name == NOT:
        left = _without(node[NOT], path[1:])
        return None if left is None else {NOT: left}
    parts, index = node[name], path[1]
    assert isinstance(index, int), "a list is followed by a place in it"
    left = _without(parts[index], path[2:])
    kept = [*parts[:index], *([] if left is None else [left]), *parts[index + 1 :]]
    return {name: kept} if kept else None
