"""A filter tree in words: a chip for each condition, in groups of which all, any or none must match. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

from cosell.console.search import tree
from cosell.console.search.vocabulary import phrase_of
from cosell.rules.search.violations import NODE_MEMBERS

GROUP_WORDS: Final = {
    "all": "All of these",
    "any": "Any of these",
    "none": "None of these",
    "not all": "Not all of these",
}
_MIDNIGHT: Final = "T00:00:00Z"
_BETWEEN: Final = {"ContainsAny": " or "}


class Chip(msgspec.Struct, frozen=True):
    """One condition: its words, its value, whether it is negated, and the path that removes it from the tree.

    `is_refused`: the API says that something is wrong with it.
    """

    words: str
    value: str
    is_negated: bool
    path: tree.Path
    is_refused: bool = False

    @property
    def text(self) -> str:
        """The condition in one line: `not: tagged archive`."""
        return f"{'not: ' if self.is_negated else ''}{self.words} {self.value}"


class Group(msgspec.Struct, frozen=True):
    """Parts that belong together. `path` removes the group, `inside` is where one more part goes."""

    kind: Literal["all", "any", "none", "not all"]
    parts: tuple["Part", ...]
    path: tree.Path
    inside: tree.Path

    @property
    def words(self) -> str:
        """What must be true of the parts."""
        return GROUP_WORDS[self.kind]

    @property
    def text(self) -> str:
        """The group in one line: `Any of these: Stage is Qualified, Stage is Committed`."""
        return f"{self.words}: {', '.join(part.text for part in self.parts)}"


Part: TypeAlias = Chip | Group


def parts_of(node: Any, refused: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """A tree in words: the parts, all of which must match. `refused` are fields that the API's answer has named."""
    part = None if node is None else _part(node, (), (), refused)
    if part is None:
        return ()
    return part.parts if isinstance(part, Group) and part.kind == "all" else (part,)


def groups_of(parts: tuple[Part, ...]) -> Iterator[Group]:
    """The groups among parts, outer ones first."""
    for part in parts:
        if isinstance(part, Group):
            yield part
            yield from groups_of(part.parts)


def _part(node: Any, path: tree.Path, out: tree.Path, refused: tuple[str, ...]) -> Part:
    """The node at `path`; removing it removes what is at `out`, the negation around it."""
    is_negated = out != path
    name = tree.list_of(node)
    if name:
        kind: Any = (("not all", "none") if is_negated else ("all", "any"))[name == tree.ANY]
        steps = [(*path, name, index) for index in range(len(node[name]))]
        parts = tuple(_part(tree.part_at(node, step[-2:]), step, step, refused) for step in steps)
        return Group(kind, parts, out, path)
    if isinstance(node, dict) and node.keys() == {tree.NOT}:
        inner = (*path, tree.NOT)
        if is_negated:  # a negation of a negation
            return Group("none", (_part(node[tree.NOT], inner, path, refused),), out, path)
        return _part(node[tree.NOT], inner, path, refused)
    return _chip(node, path, out, refused, is_negated=is_negated)


def _chip(node: Any, path: tree.Path, out: tree.Path, refused: tuple[str, ...], *, is_negated: bool) -> Chip:
    field = tree.path_text(path)
    is_refused = any(one == field or one.startswith(f"{field}.") for one in refused)
    operator, leaf = _leaf(node)
    if leaf is None:
        return Chip("What cannot be read:", _short(node), is_negated, out, is_refused)
    phrase = phrase_of(str(leaf["Key"]), operator)
    if is_negated and phrase[1:2].islower():  # within a line: `not: tagged archive`
        phrase = f"{phrase[:1].lower()}{phrase[1:]}"
    return Chip(phrase, value_text(operator, leaf["Value"]), is_negated, out, is_refused)


def _leaf(node: Any) -> tuple[str, Mapping[str, Any] | None]:
    """The operator of a condition, and its contents; None if it is not one."""
    if isinstance(node, dict) and len(node) == 1:
        ((operator, leaf),) = node.items()
        if operator in NODE_MEMBERS and isinstance(leaf, dict) and leaf.keys() == {"Key", "Value"}:
            return operator, leaf
    return "", None


def value_text(operator: str, value: Any) -> str:
    """The value of a condition as people write it: `Qualified`, `1,000`, `2026-05-01`, `heron or owl`."""
    if not isinstance(value, dict) or len(value) != 1:
        return _short(value)
    ((name, given),) = value.items()
    if name == "StringListValue" and isinstance(given, list):
        return _BETWEEN.get(operator, " and ").join(map(str, given))
    if name in ("LongValue", "DoubleValue") and isinstance(given, int | float):
        return f"{given:,}"
    if name == "DateValue" and isinstance(given, str):
        return given.removesuffix(_MIDNIGHT)
    return given if isinstance(given, str) else _short(given)


def _short(value: Any) -> str:
    """Something that none of our forms has made, as truncated JSON."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:60]}…"
