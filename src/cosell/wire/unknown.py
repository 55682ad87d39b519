"""What a request names that the served model does not know: a newer client's members and operations.

An unknown member is left out, as AWS's front ends do, so that nobody notices; an unknown operation is refused. Either
is a sign that the model has grown. Only names are reported, and only those in the form of one: a value never.

Source: service model; nothing in it, nor in what is answered, depends on this.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from cosell.errors import SerializationException
from cosell.wire.decode import check_depth, plain_json
from cosell.wire.model import Operation, ServiceModel

_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
"""The form that all operations and members of the service have."""


def is_name(text: str) -> bool:
    """Whether a text can be the name of an operation or member."""
    return _NAME.fullmatch(text) is not None


def unknown_members(model: ServiceModel, operation: Operation, body: bytes) -> list[str]:
    """The members of a request that a model lacks, each once, with the way to it: `Project.NewMember`."""
    try:
        check_depth(body)
        request = plain_json(body or b"{}")
    except SerializationException:
        return []
    return list(dict.fromkeys(_unknown(model, operation.input.shape, request, "")))


def _unknown(model: ServiceModel, shape_name: str, value: Any, path: str) -> Iterator[str]:
    shape = model.shapes[shape_name]
    if isinstance(value, list) and shape.member is not None:
        for item in value:
            yield from _unknown(model, shape.member.shape, item, path)
    if isinstance(value, dict) and shape.type == "structure":
        for name, member in value.items():
            way = f"{path}.{name}" if path else name
            if name in shape.members:
                yield from _unknown(model, shape.members[name].shape, member, way)
            elif is_name(name):
                yield way
