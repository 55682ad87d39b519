"""Writes a filter tree as a text of the language that parses back to the same tree.

Two things are written as what they mean: a list of one node is that node, and a LongValue is its number.
"""

from typing import Any, Final

from cosell.rules.search.where.operators import OPERATORS
from cosell.rules.search.where.tokens import quoted
from cosell.rules.search.where.values import written_value

_WORDS: Final = {"AndAllFilters": " and ", "OrAllFilters": " or "}
_WRITTEN: Final = {(operator.member, operator.form, operator.is_negated): word for word, operator in OPERATORS.items()}
_EQUALS: Final = "EqualsTo"


def write(tree: dict[str, Any]) -> str:
    """The text of a legal filter tree."""
    ((member, inner),) = tree.items()
    if member == "NotFilter":
        return _negation(inner)
    if member not in _WORDS:
        return _condition(member, inner, is_negated=False)
    if len(inner) == 1:
        return write(inner[0])
    if member == "OrAllFilters" and _is_choice(inner):
        values = [quoted(node[_EQUALS]["Value"]["StringValue"]) for node in inner]
        return f"{inner[0][_EQUALS]['Key']} {_WRITTEN[_EQUALS, 'each', False]} ({', '.join(values)})"
    return _WORDS[member].join(map(_enclosed, inner))


def _is_choice(nodes: list[dict[str, Any]]) -> bool:
    """Whether the same field equals one of several texts."""
    return all(_EQUALS in node for node in nodes) and len({node[_EQUALS]["Key"] for node in nodes}) == 1


def _negation(node: dict[str, Any]) -> str:
    ((member, inner),) = node.items()
    if member == _EQUALS:
        return _condition(member, inner, is_negated=True)
    return f"not {_enclosed(node)}"


def _condition(member: str, leaf: dict[str, Any], *, is_negated: bool) -> str:
    value = leaf["Value"]
    if (texts := value.get("StringListValue")) is not None:
        return f"{leaf['Key']} {_WRITTEN[member, 'list', is_negated]} ({', '.join(map(quoted, texts))})"
    return f"{leaf['Key']} {_WRITTEN[member, 'one', is_negated]} {written_value(value)}"


def _enclosed(node: dict[str, Any]) -> str:
    """A part of something larger: in parentheses if it is a list itself."""
    text = write(node)
    return f"({text})" if _is_list(node) else text


def _is_list(node: dict[str, Any]) -> bool:
    """Whether the text of a node has words between its parts."""
    ((member, inner),) = node.items()
    if member not in _WORDS:
        return False
    return _is_list(inner[0]) if len(inner) == 1 else not (member == "OrAllFilters" and _is_choice(inner))
