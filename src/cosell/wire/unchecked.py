"""Structures from JSON values whose constraints have been checked elsewhere, or were AWS's own business.

AWS's answers hold values that the model does not know: newer ones than the served model, and some of its own
that never were in an enumeration. Such values are kept as they are; only their JSON types are relied upon.
"""

from typing import Any

from cosell.wire.constraints import text_constraint
from cosell.wire.model import service_model
from cosell.wire.timestamps import Date
from cosell.wire.types import snake_case, structure
from cosell.wire.violations import number_of, timestamp_of


def unchecked(shape_name: str, value: Any) -> Any:
    """The value of a shape, without its nulls. Raises TypeError if a structure lacks a required member."""
    shape = service_model().shapes[shape_name]
    match shape.type:
        case "structure":
            return structure(shape_name)(
                **{
                    snake_case(name): unchecked(member.shape, value[name])
                    for name, member in shape.members.items()
                    if value.get(name) is not None
                }
            )
        case "list":
            assert shape.member is not None
            return [unchecked(shape.member.shape, item) for item in value]
        case "timestamp":
            return timestamp_of(value)
        case "double":
            return number_of(value)
        case "string" if text_constraint(shape_name, shape).is_date:
            return Date(value)
    return value
