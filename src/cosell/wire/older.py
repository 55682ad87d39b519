"""Serving an older model: what a client that is tied to it may send, and what it receives.

Operations that came later do not exist, members that came later are left out of requests and answers, and whatever the
older model refuses is refused. Texts of enumerations in answers stay as they are stored.
"""

import functools
from typing import Any

import msgspec

from cosell.errors import UserError
from cosell.wire.encode import encode
from cosell.wire.model import DATA, Operation, ServiceModel, model_in, model_source
from cosell.wire.violations import checked


def older_model(month: str) -> ServiceModel | None:
    """The model of a month, such as `2026-06`; None for the newest. Raises UserError for an unknown one."""
    if month in ("", model_source().month):
        return None
    kept = sorted(file.name.partition(".")[0] for file in (DATA / "older").iterdir())
    if month not in kept:
        possible = [*kept, model_source().month]
        raise UserError(f"{month!r} is not the month of a service model", f"choose from {', '.join(possible)}")
    return _read(month)


@functools.cache
def _read(month: str) -> ServiceModel:
    return model_in(DATA / "older" / f"{month}.json.gz")


def request_under(older: ServiceModel, operation: Operation, body: bytes) -> bytes:
    """The body of a request, which is JSON, without what came later.

    Raises SerializationException or ValidationException for what the older model refuses.
    """
    known = _known(older, operation.input.shape, msgspec.json.decode(body))
    checked(operation.input.shape, known, older)
    return encode(known)


def answer_under(older: ServiceModel, operation: Operation, answer: bytes) -> bytes:
    """The body of an answer without what came later."""
    if operation.output is None:
        return answer
    return encode(_known(older, operation.output.shape, msgspec.json.decode(answer)))


def _known(model: ServiceModel, shape_name: str, value: Any) -> Any:
    """A JSON value of a shape without the members that its structures do not have."""
    shape = model.shapes[shape_name]
    if isinstance(value, dict) and shape.type == "structure":
        return {
            name: _known(model, member.shape, value[name]) for name, member in shape.members.items() if name in value
        }
    if isinstance(value, list) and shape.member is not None:
        return [_known(model, shape.member.shape, item) for item in value]
    if isinstance(value, dict) and shape.value is not None:
        return {key: _known(model, shape.value.shape, item) for key, item in value.items()}
    return value
