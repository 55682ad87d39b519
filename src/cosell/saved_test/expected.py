"""What an answer must be when its call is repeated: the members that do not change from run to run.

Identifiers, moments and page tokens are new in every run. A later call takes one from the answer that first gave it; if
nobody does, it is not part of what is expected. Neither is what AWS's side invents.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from cosell.saved_test.calls import STAMP
from cosell.saved_test.literals import INDENT, Code, literal, moment
from cosell.saved_test.placeholders import meaning
from cosell.wire.model import Shape, service_model
from cosell.wire.timestamps import Timestamp

_NEW_SHAPES: Final = re.compile(
    "(Opportunity|Engagement|ResourceSnapshot|Task|Prospecting|CustomerAccount|BulkJob)[A-Za-z]*(Arn|Identifier|Id)"
)
_NEW_MEMBERS: Final = frozenset({"Arn", "NextToken"})
"""Members that are plain texts for the model."""
_MADE_UP: Final = frozenset(
    {"AwsOpportunityInsights", "AwsOpportunityLifeCycle", "AwsOpportunityTeamMembersList", "OpportunitySearchInsights"}
)


class _Anything:
    """Stands for any value in an answer."""


ANYTHING: Final = _Anything()


class Known:
    """What is known as a test proceeds: `stable` texts existed before, `told` ones are those of requests."""

    def __init__(self, stable: set[str], told: set[str]) -> None:
        self._stable = stable
        self._told = told
        self._places: dict[str, Code] = {}

    def requested(self, shape_name: str, value: Any) -> Any:
        """A request in whose values earlier answers are quoted. Moments are those of Python."""
        shape = service_model().shapes[shape_name]
        if isinstance(value, dict):
            return {
                name: self.requested(part, item) if (part := _part(shape, name)) else item
                for name, item in value.items()
            }
        if isinstance(value, list) and shape.member is not None:
            return [self.requested(shape.member.shape, item) for item in value]
        if isinstance(value, str) and shape.type == "timestamp":
            return self._places.get(_stamp_key(value)) or moment(Timestamp.parse(value))
        return self._quoted(value)

    def in_body(self, value: Any) -> Any:
        """The JSON of a request in whose texts earlier answers are quoted."""
        if isinstance(value, dict):
            return {name: self.in_body(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.in_body(item) for item in value]
        if isinstance(value, str) and (place := self._places.get(_stamp_key(value))):
            return Code(f"{place}.isoformat()")
        return self._quoted(value)

    def learn(self, variable: str, shape_name: str, answer: Any) -> None:
        """Note what an answer, in this variable, gives for the first time."""
        for place, name, shape_of_value, value in _leaves(variable, shape_name, answer):
            if not isinstance(value, str) or not _is_new(shape_of_value, name) or value in self._stable:
                continue
            if service_model().shapes[shape_of_value].type != "timestamp":
                self._places.setdefault(value, Code(place))
            elif name == STAMP:
                self._places.setdefault(_stamp_key(value), Code(place))

    def answered(self, shape_name: str, value: Any, name: str = "") -> Any:
        """What is expected of an answer, with ANYTHING in it where it changes from run to run."""
        shape = service_model().shapes[shape_name]
        if shape_name in _MADE_UP:
            return ANYTHING
        if isinstance(value, dict):
            return {member: self.answered(_part(shape, member), item, member) for member, item in value.items()}
        if isinstance(value, list):
            assert shape.member is not None
            return [self.answered(shape.member.shape, item, name) for item in value]
        if shape.type == "timestamp":
            if value in self._stable:
                return moment(Timestamp.parse(value))
            return self._places.get(_stamp_key(value), ANYTHING) if name == STAMP else ANYTHING
        if shape.sensitive and not shape.enum and meaning(value) not in self._told:
            return ANYTHING
        quoted = self._quoted(value)
        is_new = _is_new(shape_name, name) and not isinstance(quoted, Code) and value not in self._stable
        return ANYTHING if is_new else quoted

    def place(self, value: str) -> str:
        """The source of an identifier."""
        return literal(self._quoted(value))

    def _quoted(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if value in self._places:
            return self._places[value]
        front, _, last = value.rpartition("/")
        if value.startswith("arn:") and last in self._places:
            return Code(f"{literal(front + '/')} + {self._places[last]}")
        return value


def expectations(place: str, expected: Any) -> Iterator[str]:
    """The assertions about a value of an answer, as lines of a test."""
    if expected is ANYTHING:
        return
    if not _holds_anything(expected):
        head = f"assert {place} == "
        yield f"{INDENT}{head}{literal(expected, INDENT, len(head))}\n"
    elif isinstance(expected, dict):
        for name, member in expected.items():
            yield from expectations(f'{place}["{name}"]', member)
    else:
        yield f"{INDENT}assert len({place}) == {len(expected)}\n"
        for number, item in enumerate(expected):
            yield from expectations(f"{place}[{number}]", item)


def _holds_anything(expected: Any) -> bool:
    if isinstance(expected, dict | list):
        return any(map(_holds_anything, expected.values() if isinstance(expected, dict) else expected))
    return expected is ANYTHING


def _is_new(shape_name: str, name: str) -> bool:
    shape = service_model().shapes[shape_name]
    return shape.type == "timestamp" or name in _NEW_MEMBERS or _NEW_SHAPES.fullmatch(shape_name) is not None


def _leaves(place: str, shape_name: str, value: Any, name: str = "") -> Iterator[tuple[str, str, str, Any]]:
    """Each plain value: where it stands, the name of its member, its shape, and itself."""
    shape = service_model().shapes[shape_name]
    if isinstance(value, dict):
        for member, item in value.items():
            yield from _leaves(f'{place}["{member}"]', _part(shape, member), item, member)
    elif isinstance(value, list):
        assert shape.member is not None
        for number, item in enumerate(value):
            yield from _leaves(f"{place}[{number}]", shape.member.shape, item, name)
    else:
        yield place, name, shape_name, value


def _part(shape: Shape, name: str) -> str:
    """The shape of a member of a structure, or of a map's value; empty if nobody knows the member."""
    if shape.value is not None:
        return shape.value.shape
    return shape.members[name].shape if name in shape.members else ""


def _stamp_key(value: str) -> str:
    """Equal for texts of the same moment; a key that no identifier is."""
    try:
        return f"at {Timestamp.parse(value):d}"
    except ValueError:
        return ""
