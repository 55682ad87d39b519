"""The model's structures as msgspec types, each built on first use.

`from cosell.wire.types import ListOpportunitiesRequest` works for every structure of the model. Members are
spelled in snake_case; a member that the model does not require may be None, which stands for absent and null alike.
Decoding into such a type enforces the model's constraints, building one by hand does not.

A structure that holds itself, as a tree of conditions does, is named in its own members until it is built; that is why
each type is a name of this module.

What a type checker sees is `types.pyi`, written by `tools/write_wire_types.py` from the same model.
"""

import re
from typing import Annotated, Any, Final, ForwardRef, Literal

import msgspec

from cosell.wire.building import one_at_a_time
from cosell.wire.constraints import text_constraint
from cosell.wire.double import Double
from cosell.wire.model import Shape, service_model
from cosell.wire.timestamps import Date, Timestamp

ALREADY_ENCODED: Final[frozenset[str]] = frozenset(
    {
        "OpportunitySummaries",
        "OpportunitySearchSummaries",
        "ListEngagementFromOpportunityTaskSummaries",
        "ListEngagementByAcceptingInvitationTaskSummaries",
    }
)
"""Lists whose items the store keeps as JSON text: an answer passes them on instead of encoding them again."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_built: dict[str, type[msgspec.Struct]] = {}
_being_built: set[str] = set()


def snake_case(name: str) -> str:
    """`OpportunitySummaries` → `opportunity_summaries`."""
    return _WORD_START.sub("_", name).lower()


def structure(name: str) -> type[msgspec.Struct]:
    """The type of the model's structure `name`. Raises KeyError if the model has none."""
    return _built.get(name) or _built_alone(name)


def _built_alone(name: str) -> type[msgspec.Struct]:
    with one_at_a_time:
        return _built.get(name) or _build(name)


def _build(name: str) -> type[msgspec.Struct]:
    shape = service_model().shapes[name]
    if shape.type != "structure":
        raise KeyError(name)
    _being_built.add(name)
    built = _struct(name, shape)
    _being_built.remove(name)
    _built[name] = globals()[name] = built
    return built


def __getattr__(name: str) -> type[msgspec.Struct]:
    try:
        return structure(name)
    except KeyError:
        raise AttributeError(f"the service model has no structure {name!r}") from None


def _struct(name: str, shape: Shape) -> type[msgspec.Struct]:
    fields: list[Any] = []
    for member_name, member in shape.members.items():
        annotation = _annotation(member.shape, in_answer=name.endswith("Response"))
        if member_name in shape.required:
            fields.append((snake_case(member_name), annotation))
        else:
            fields.append((snake_case(member_name), annotation | None, None))
    return msgspec.defstruct(
        name,
        fields,
        rename={snake_case(member_name): member_name for member_name in shape.members},
        namespace={"__post_init__": _refuse_all_but_one_member} if shape.union else None,
        module=__name__,
        kw_only=True,
        frozen=True,
        omit_defaults=True,
    )


def _refuse_all_but_one_member(union: msgspec.Struct) -> None:
    if sum(value is not None for value in msgspec.structs.astuple(union)) != 1:
        raise ValueError("a union holds exactly one member")


def _annotation(name: str, *, in_answer: bool = False) -> Any:
    if in_answer and name in ALREADY_ENCODED:
        return msgspec.Raw
    shape = service_model().shapes[name]
    match shape.type:
        case "structure":
            return ForwardRef(name) if name in _being_built else structure(name)
        case "list":
            assert shape.member is not None
            item = _annotation(shape.member.shape)
            return Annotated[list[item], msgspec.Meta(min_length=shape.min, max_length=shape.max)]
        case "map":
            assert shape.key is not None
            assert shape.value is not None
            return dict[_annotation(shape.key.shape), _annotation(shape.value.shape)]  # type: ignore[misc]
        case "string":
            return _text(name, shape)
        case "timestamp":
            return Timestamp
        case "integer" | "long":
            return Annotated[int, msgspec.Meta(ge=shape.min, le=shape.max)]
        case "double":
            return Double
        case "boolean":
            return bool
        case other:
            raise AssertionError(f"the service model has a new kind of shape: {other}")


def _text(name: str, shape: Shape) -> Any:
    constraint = text_constraint(name, shape)
    if constraint.is_date:
        return Date
    if constraint.values:
        return Literal[constraint.values]
    return Annotated[
        str,
        msgspec.Meta(
            min_length=constraint.min_length or None, max_length=constraint.max_length, pattern=constraint.pattern
        ),
    ]
