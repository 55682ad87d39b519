"""What is wrong with a filter tree beyond the members and values that the model lists.

A node holds one operator, a tree has three levels and twenty leaves at most, and an operator takes certain types of
values, by the type of the field. Levels are the lists and negations on the way to a leaf: a leaf alone has none.

The tree is checked as it arrived, before it has a type, for two reasons: an operator that only a newer model knows must
not be ignored, since then rows would come that nobody asked for; and all mistakes are reported in one answer, in the
order of the tree, together with those against the model's own constraints.

Source: service model, documentation of OpportunitySearchFilter and of its members; which code tells which mistake, and
how levels are counted, is our choice (docs/fidelity.md).
"""

from collections.abc import Iterator
from typing import Any, Final

from cosell.errors import Code, Violation
from cosell.rules.search.fields import FIELDS, Kind
from cosell.wire.model import service_model
from cosell.wire.violations import MOST_VIOLATIONS

MOST_LEVELS: Final = 3
MOST_LEAVES: Final = 20

_LISTS: Final = ("AndAllFilters", "OrAllFilters")
_NEGATION: Final = "NotFilter"
_ONE_TEXT: Final = frozenset({"StringValue"})
_TEXTS: Final = frozenset({"StringValue", "StringListValue"})
_OF_TEXTS: Final = {"EqualsTo": _ONE_TEXT, "ContainsAny": _TEXTS, "ContainsAll": _TEXTS}
_RANGES: Final = ("GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals")
TAKES: Final[dict[Kind, dict[str, frozenset[str]]]] = {
    "text": _OF_TEXTS,
    "list": _OF_TEXTS,
    "date": dict.fromkeys(_RANGES, frozenset({"DateValue"})),
    "number": dict.fromkeys(_RANGES, frozenset({"LongValue", "DoubleValue"})),
}
"""The operators that can be asked of a field of each type, and the values that each takes."""
NODE_MEMBERS: Final = (*_LISTS, _NEGATION, *_OF_TEXTS, *_RANGES)
"""In the order of the model."""


def violations_of_search(request: Any) -> list[Violation]:
    """What is wrong with the filter tree of a request, which is plain JSON of any kind."""
    tree = request.get("Filter") if isinstance(request, dict) else None
    walk = _Walk()
    walk.node(tree, "Filter", 0)
    return [*walk.violations_of_size(), *walk.violations]


def in_tree_order(violations: list[Violation]) -> list[Violation]:
    """Violations of a request in the order in which the model has its members, each before those of its parts."""
    return sorted(violations, key=lambda violation: tuple(_place(violation.field_name)))[:MOST_VIOLATIONS]


class _Walk:
    """Counts and checks. A mistake of another kind, such as a text for a node, is left to the model's own walk."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self._levels = 0
        self._leaves = 0

    def node(self, node: Any, path: str, level: int) -> None:
        """A node under `level` lists and negations. Bodies are nested 32 levels deep at most, and so is this."""
        if not isinstance(node, dict) or len(self.violations) >= MOST_VIOLATIONS:
            return
        self._levels = max(self._levels, level)
        given = [name for name, member in node.items() if member is not None]
        if len(given) != 1 or given[0] not in NODE_MEMBERS:
            self._violated(path, "INVALID_VALUE", f"A node holds exactly one of {', '.join(NODE_MEMBERS)}.")
        for name in NODE_MEMBERS:
            member, member_path = node.get(name), f"{path}.{name}"
            if name in _LISTS and isinstance(member, list):
                for index, part in enumerate(member):
                    self.node(part, f"{member_path}[{index}]", level + 1)
            elif name == _NEGATION:
                self.node(member, member_path, level + 1)
            elif isinstance(member, dict):
                self._leaf(name, member, member_path)

    def _leaf(self, operator: str, leaf: dict[str, Any], path: str) -> None:
        self._leaves += 1
        key, value = leaf.get("Key"), leaf.get("Value")
        field = FIELDS.get(key) if isinstance(key, str) else None
        if field is None or not isinstance(value, dict):
            return
        taken = TAKES[field.kind].get(operator, frozenset())
        if not taken.intersection(name for name, given in value.items() if given is not None):
            wanted = f"takes a {' or a '.join(sorted(taken))} with this Key" if taken else "does not go with this Key"
            self._violated(path, "INVALID_VALUE", f"{operator} {wanted}.")

    def violations_of_size(self) -> Iterator[Violation]:
        """Too many levels, and too many leaves."""
        if self._levels > MOST_LEVELS:
            message = f"AndAllFilters, OrAllFilters and NotFilter are nested {MOST_LEVELS} levels deep at most."
            yield Violation("Filter", "INVALID_VALUE", message)
        if self._leaves > MOST_LEAVES:
            yield Violation("Filter", "TOO_MANY_VALUES", f"At most {MOST_LEAVES} conditions are allowed.")

    def _violated(self, path: str, code: Code, message: str) -> None:
        self.violations.append(Violation(path, code, message))


def _place(path: str) -> Iterator[int]:
    """Where a path of a request stands: the numbers of its members in the model, and of the items of its lists."""
    shapes = service_model().shapes
    shape = shapes["SearchOpportunitiesRequest"]
    for step in path.split("."):
        name, *indexes = step.replace("]", "").split("[")
        yield list(shape.members).index(name)
        shape = shapes[shape.members[name].shape]
        for index in indexes:
            yield int(index)
            assert shape.member is not None
            shape = shapes[shape.member.shape]
