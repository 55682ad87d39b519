"""What the service says of a request, in the words of what was typed: the option, its value, the rule."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cosell.member_path import STEP, value_at
from cosell.nearest import closest
from cosell.wire.model import Shape, service_model

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


class Typed(NamedTuple):
    """A request, and the options by which its members were typed, by their paths without indexes."""

    operation: str = ""
    request: Mapping[str, Any] = {}
    options: Mapping[str, str] = {}


NOTHING_TYPED: Final = Typed()


def lines_of(error: "ClientError", typed: Typed = NOTHING_TYPED) -> list[str]:
    """One line for each entry of the ErrorList, or one for the error itself."""
    entries: Iterable[Mapping[str, str]] = error.response.get("ErrorList", [])  # type: ignore[assignment]
    told = error.response["Error"]
    return [_line(entry, typed) for entry in entries] or [f"{told['Code']}: {told.get('Message', '')}"]


def _line(entry: Mapping[str, str], typed: Typed) -> str:
    field = entry.get("FieldName", "request")
    rule = f"{entry['Message']} ({entry['Code']})"
    option = typed.options.get(re.sub(r"\[\d+\]", "", field))
    if option is None:
        return f"{field}: {rule}"
    value = value_at(typed.request, field)
    if value is None:
        return f"{option}: {rule}"
    meant = meant_by(typed.operation, field, str(value))
    return f"{option} {str(value)!r}: {rule}" + (f"; did you mean {meant!r}?" if meant else "")


def meant_by(operation: str, field: str, value: str) -> str | None:
    """The value of the member's enumeration that may have been meant; None where it has none."""
    model = service_model()
    shape: Shape | None = model.shapes[model.operations[operation].input.shape]
    for name, _ in STEP.findall(field):
        inner = shape and (shape.members.get(f"{name[:1].upper()}{name[1:]}") if name else shape.member)
        shape = model.shapes[inner.shape] if inner else None
    return closest(value, shape.enum) if shape and shape.enum else None
