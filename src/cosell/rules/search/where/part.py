"""A parsed text: a tree of parts with their positions, against which limits are checked and the filter is built.

Source: service model, OpportunitySearchFilter, for all limits.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from cosell.rules.search.violations import MOST_LEAVES, MOST_LEVELS
from cosell.rules.search.where.mistake import Mistake
from cosell.rules.search.where.tokens import Token
from cosell.rules.search.where.values import most_of


class Part(NamedTuple):
    """A node: the member that it has, its place, and what is in it: a condition or parts."""

    token: Token
    member: str
    condition: dict[str, Any] | None = None
    parts: "tuple[Part, ...]" = ()


def tree_of(part: Part) -> dict[str, Any]:
    """The filter tree."""
    if part.condition is not None:
        return {part.member: part.condition}
    inner = [tree_of(each) for each in part.parts]
    return {part.member: inner[0] if part.member == "NotFilter" else inner}


def check_size(whole: Part) -> None:
    """Raises Mistake at the first part that is too many, or too deep."""
    _check_width(whole)
    _check_depth(whole, 1)
    leaves = list(_leaves(whole))
    if len(leaves) > MOST_LEAVES:
        message = f"this is condition {MOST_LEAVES + 1}, and a search takes {MOST_LEAVES} at most"
        raise Mistake(leaves[MOST_LEAVES].token, message, "run two searches, or use contains any of")


def _check_width(part: Part) -> None:
    most = most_of("OpportunitySearchFilterList")
    if len(part.parts) > most:
        word = "and" if part.member == "AndAllFilters" else "or"
        message = f"at most {most} conditions can be joined by '{word}' in one place"
        raise Mistake(part.parts[most].token, message, "put some of them into parentheses")
    for inner in part.parts:
        _check_width(inner)


def _check_depth(part: Part, level: int) -> None:
    if part.parts and level > MOST_LEVELS:
        message = f"'and', 'or' and 'not', also as != and in, can be nested {MOST_LEVELS} levels deep at most"
        raise Mistake(part.token, message, "say it with fewer parentheses")
    for inner in part.parts:
        _check_depth(inner, level + 1)


def _leaves(part: Part) -> Iterator[Part]:
    if not part.parts:
        yield part
    for inner in part.parts:
        yield from _leaves(inner)
