"""The full walk of a request that the fast decoder refused: every violation, in the model's member order.

The walk is the definition of what a request may be. The fast decoder (`wire/decode.py`) accepts nothing that the
walk refuses, except that it skips the texts and numbers of members that nobody knows without reading them. What only
the walk accepts (`20.0` for an integer, a null before the value of an equal key) it brings to the usual form.

Source: service model 2022-07-26 for the constraints; our choice for which code names which (docs/fidelity.md).
"""

import math
from decimal import Decimal
from typing import Any, Final

from cosell.errors import Code, SerializationException, ValidationException, Violation
from cosell.wire.constraints import CLOSED_VALUES, TextConstraint, text_constraint
from cosell.wire.double import Double
from cosell.wire.model import ServiceModel, Shape, service_model
from cosell.wire.timestamps import Timestamp, is_calendar_day

MOST_VIOLATIONS = 1000
"""An ErrorList ends here: a hostile megabyte must not be answered with forty."""

MOST_NAMED = 30
"""Up to so many values of an enumeration are named in a message: stages are, countries are not."""

JSON_NAMES = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"} | dict.fromkeys(
    (int, float, Decimal), "a number"
)

NO_NUMBERS: Final = frozenset({"NaN", "Infinity", "-Infinity"})
"""What SDKs write for a double that is not a number. It is part of the protocol, and never a legal value."""


def checked(shape_name: str, value: object, model: ServiceModel | None = None) -> Any:
    """The JSON value without nulls and in its usual form, if it is a legal `shape_name` of a model, or of the newest.

    Raises SerializationException for the first value of the wrong JSON type, otherwise ValidationException with
    every violated constraint.
    """
    walk = _Walk(model or service_model())
    cleaned = walk.value(shape_name, value, "")
    if walk.wrong_types:
        raise SerializationException(walk.wrong_types[0])
    if walk.violations:
        raise ValidationException("REQUEST_VALIDATION_FAILED", walk.violations[:MOST_VIOLATIONS])
    return cleaned


class _Walk:
    def __init__(self, model: ServiceModel) -> None:
        self.shapes = model.shapes
        self.wrong_types: list[str] = []
        self.violations: list[Violation] = []

    def value(self, name: str, value: object, path: str) -> object:
        shape = self.shapes[name]
        match shape.type:
            case "structure":
                return self._structure(shape, value, path)
            case "list":
                return self._list(shape, value, path)
            case "map":
                return self._map(shape, value, path)
            case "integer" | "long":
                return self._integer(shape, value, path)
            case "double":
                return self._double(value, path)
            case "boolean":
                return value if isinstance(value, bool) else self._wrong_type(path, "a boolean", value)
            case "timestamp":
                return self._timestamp(value, path)
        return self._text(text_constraint(name, shape), name, value, path)

    def _structure(self, shape: Shape, value: object, path: str) -> object:
        if not isinstance(value, dict):
            return self._wrong_type(path, "an object", value)
        cleaned = {}
        for member_name, member in shape.members.items():
            member_path = f"{path}.{member_name}" if path else member_name
            if (member_value := value.get(member_name)) is not None:
                cleaned[member_name] = self.value(member.shape, member_value, member_path)
            elif member_name in shape.required:
                self._violated(member_path, "REQUIRED_FIELD_MISSING", "This member is required.")
        if shape.union and sum(value.get(member) is not None for member in shape.members) != 1:
            self.wrong_types.append(f"{path} must hold exactly one of {', '.join(shape.members)}.")
        return cleaned

    def _list(self, shape: Shape, value: object, path: str) -> object:
        assert shape.member is not None
        if not isinstance(value, list):
            return self._wrong_type(path, "a list", value)
        if shape.min is not None and len(value) < shape.min:
            self._violated(path, "NOT_ENOUGH_VALUES", f"At least {shape.min} are needed.")
        if shape.max is not None and len(value) > shape.max:
            self._violated(path, "TOO_MANY_VALUES", f"At most {shape.max} are allowed.")
        cleaned = []
        for index, item in enumerate(value):
            item_path = f"{path}[{index}]"
            if item is None:
                self._violated(item_path, "INVALID_VALUE", "A list may not hold null.")
            else:
                cleaned.append(self.value(shape.member.shape, item, item_path))
            if self.wrong_types or len(self.violations) >= MOST_VIOLATIONS:
                break
        return cleaned

    def _map(self, shape: Shape, value: object, path: str) -> object:
        """Keys are any texts [model]; AWS's own answers alone have maps."""
        assert shape.value is not None
        if not isinstance(value, dict):
            return self._wrong_type(path, "an object", value)
        if shape.max is not None and len(value) > shape.max:
            self._violated(path, "TOO_MANY_VALUES", f"At most {shape.max} are allowed.")
        return {key: self.value(shape.value.shape, item, f"{path}.{key}") for key, item in value.items()}

    def _integer(self, shape: Shape, value: object, path: str) -> object:
        if isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            return self._wrong_type(path, "an integer", value)
        if (shape.min is not None and value < shape.min) or (shape.max is not None and value > shape.max):
            self._violated(path, "VALUE_OUT_OF_RANGE", f"The value must be from {shape.min} to {shape.max}.")
        return value

    def _double(self, value: object, path: str) -> object:
        if isinstance(value, str) and value in NO_NUMBERS:
            self._violated(path, "INVALID_VALUE", "The value must be a number.")
            return value
        try:
            return number_of(value)
        except ValueError:
            return self._wrong_type(path, "a number", value)

    def _timestamp(self, value: object, path: str) -> object:
        try:
            return timestamp_of(value)
        except ValueError:
            return self._wrong_type(path, "a date-time such as 2026-05-04T09:15:22Z", value)

    def _text(self, constraint: TextConstraint, name: str, value: object, path: str) -> object:
        if not isinstance(value, str):
            return self._wrong_type(path, "a string", value)
        if not constraint.matches_pattern(value):
            self._violated(path, "INVALID_STRING_FORMAT", _form(constraint))
        elif constraint.values and value not in constraint.values:
            if name in CLOSED_VALUES:
                self._violated(path, "INVALID_VALUE", f"The value must be {' or '.join(constraint.values)}.")
            else:
                self._violated(path, "INVALID_ENUM_VALUE", _enumeration(constraint.values))
        elif constraint.is_date and not is_calendar_day(value):
            self._violated(path, "INVALID_STRING_FORMAT", "There is no such day.")
        return value

    def _wrong_type(self, path: str, wanted: str, value: object) -> object:
        self.wrong_types.append(f"{path or 'The body'} must be {wanted}, not {JSON_NAMES.get(type(value), 'null')}.")
        return value

    def _violated(self, path: str, code: Code, message: str) -> None:
        self.violations.append(Violation(path, code, message))


def timestamp_of(value: object) -> Timestamp:
    """The moment that a JSON value names. Raises ValueError if it names none."""
    if isinstance(value, str):
        return Timestamp.parse(value)
    return Timestamp.from_epoch_seconds(number_of(value))


def number_of(value: object) -> Double:
    """The number that a JSON value is. Raises ValueError if it is none."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Double(str(value) if isinstance(value, float) else value)
    raise ValueError("no number")


def _form(constraint: TextConstraint) -> str:
    if constraint.is_date:
        return "The value must be a day such as 2026-05-04."
    if constraint.pattern is not None:
        return "The value does not have the form of this member."
    return f"The value must have from {constraint.min_length} to {constraint.max_length} characters."


def _enumeration(values: tuple[str, ...]) -> str:
    if len(values) > MOST_NAMED:
        return "The value is not in the enumeration of this member."
    return f"The value must be one of: {', '.join(values)}."
