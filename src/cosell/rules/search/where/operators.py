"""What can be asked in the language: each operator with the member of a filter node that it becomes.

Source: `violations.TAKES`, which says what the service can be asked about a field of each type.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

from cosell.rules.search.fields import FIELDS, Kind
from cosell.rules.search.violations import TAKES

Form: TypeAlias = Literal["one", "list", "each"]
"""What follows: a value, a list that is one value, or a list of values of which each becomes a condition."""


class Operator(NamedTuple):
    """One operator: the member of a node, what follows, and whether the result is negated."""

    member: str
    form: Form = "one"
    is_negated: bool = False


OPERATORS: Final = {
    "=": Operator("EqualsTo"),
    "!=": Operator("EqualsTo", is_negated=True),
    "in": Operator("EqualsTo", "each"),
    "contains": Operator("ContainsAny"),
    "contains any of": Operator("ContainsAny", "list"),
    "has": Operator("ContainsAll"),
    "has all of": Operator("ContainsAll", "list"),
    ">": Operator("GreaterThan"),
    ">=": Operator("GreaterThanOrEquals"),
    "<": Operator("LessThan"),
    "<=": Operator("LessThanOrEquals"),
}
LONGER: Final = {"contains": ("any", "of"), "has": ("all", "of")}
"""Operators with a form for lists, and the words that follow them there."""
_OF_KIND: Final[dict[Kind, tuple[str, ...]]] = {
    kind: tuple(written for written, operator in OPERATORS.items() if operator.member in taken)
    for kind, taken in TAKES.items()
}


def fields() -> dict[str, tuple[str, ...]]:
    """Each field that can be asked about, with the operators that go with it."""
    return {name: _OF_KIND[field.kind] for name, field in FIELDS.items()}
