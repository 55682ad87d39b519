"""The values that the model lists for a field, and conditions that ask for a different one, which find nothing.

The service refuses no such condition, so neither do we. Instead we suggest the value that may have been meant.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from cosell.nearest import closest
from cosell.wire.model import service_model

Path: TypeAlias = tuple[str | int, ...]

LISTED_BY: Final = {
    "Stage": "Stage",
    "ReviewStatus": "ReviewStatus",
    "OpportunityType": "OpportunityType",
    "Industry": "Industry",
    "CountryCode": "CountryCode",
    "Origin": "OpportunityOrigin",
    "EngagementScore": "EngagementScore",
}
"""The shapes of the model that list the values of a field."""
SHORTEST: Final = 4
"""Letters that a word needs to be compared with others: all country codes are similar."""
ALIKE: Final = 0.6
"""How similar a value must be to be suggested, from 0 to 1."""


class Unlisted(NamedTuple):
    """A text in a condition that is not a value of its field. `path` leads to it in the tree."""

    path: Path
    field: str
    text: str

    @property
    def meant(self) -> str | None:
        """The value that may have been meant."""
        return near_value(self.field, self.text)

    @property
    def sentence(self) -> str:
        """What is wrong, as a clause."""
        return f"{self.text!r} is not a value of {self.field}"


def listed_values(field: str) -> tuple[str, ...]:
    """The values that the model lists for a field; none if it may hold any text."""
    return service_model().shapes[LISTED_BY[field]].enum if field in LISTED_BY else ()


def near_value(field: str, text: str, alike: float = ALIKE) -> str | None:
    """The value of a field that is most similar to a text; None if none is."""
    return closest(text, listed_values(field), cutoff=alike if len(text) >= SHORTEST else 1)


def unlisted(tree: Any) -> Iterator[Unlisted]:
    """The texts of a valid filter tree that no opportunity can match, in order."""
    return _in_node(tree, ())


def _in_node(node: dict[str, Any], path: Path) -> Iterator[Unlisted]:
    member, inner = _only(node)
    if member == "NotFilter":
        yield from _in_node(inner, (*path, member))
    elif isinstance(inner, list):
        for index, part in enumerate(inner):
            yield from _in_node(part, (*path, member, index))
    elif inner["Key"] in LISTED_BY:
        yield from _in_leaf(member, inner, (*path, member, "Value"))


def _in_leaf(operator: str, leaf: dict[str, Any], path: Path) -> Iterator[Unlisted]:
    field, (name, given) = leaf["Key"], _only(leaf["Value"])
    several = isinstance(given, list)
    for index, text in enumerate(given if several else [given]):
        if not _is_found(operator, field, text):
            yield Unlisted((*path, name, index) if several else (*path, name), field, text)


def _only(members: dict[str, Any]) -> tuple[str, Any]:
    """The one member that is set; others may be null."""
    return next((name, member) for name, member in members.items() if member is not None)


def _is_found(operator: str, field: str, text: str) -> bool:
    """Whether the text is one of the field's values, or is part of one if the operator only asks for that."""
    known = listed_values(field)
    if operator == "ContainsAny":
        return any(text.casefold() in value.casefold() for value in known)
    return text in known
