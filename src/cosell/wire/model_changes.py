"""The differences between two models of the service, in both directions, in words.

Documentation texts do not count, nor does the order in which a model lists things. A shape that only one of them has is
described by what leads to it, a member or an operation.
"""

from collections.abc import Iterator

from cosell.wire.model import Operation, ServiceModel, Shape

LIMITS = ("min", "max", "pattern")
FLAGS = ("union", "sensitive", "exception", "fault")


def model_changes(old: ServiceModel, new: ServiceModel) -> list[str]:
    """A sentence for each change on the way from one model to the other; none if both say the same."""
    return [*_operations(old, new), *_shapes(old, new)]


def _operations(old: ServiceModel, new: ServiceModel) -> Iterator[str]:
    for name in sorted(old.operations.keys() | new.operations.keys()):
        before, after = old.operations.get(name), new.operations.get(name)
        if before is None:
            yield f"{name} is a new operation."
        elif after is None:
            yield f"{name} is not an operation any more."
        else:
            yield from _operation(name, before, after)


def _operation(name: str, old: Operation, new: Operation) -> Iterator[str]:
    before, after = ({error.shape for error in operation.errors} for operation in (old, new))
    yield from (f"{name} declares {error}." for error in sorted(after - before))
    yield from (f"{name} declares {error} no more." for error in sorted(before - after))
    if old.readonly != new.readonly:
        yield f"{name} {'only reads' if new.readonly else 'changes something'} now."
    if (old.input, old.output) != (new.input, new.output):
        yield f"{name} takes or answers another structure."


def _shapes(old: ServiceModel, new: ServiceModel) -> Iterator[str]:
    for name in sorted(old.shapes.keys() & new.shapes.keys()):
        before, after = old.shapes[name], new.shapes[name]
        yield from _members(name, before, after)
        yield from _values(name, before, after)
        for limit in LIMITS:
            if getattr(before, limit) != getattr(after, limit):
                yield f"{name}: {limit} is {_said(after, limit)}; it was {_said(before, limit)}."
        for flag in FLAGS:
            if getattr(before, flag) != getattr(after, flag):
                yield f"{name} is {'' if getattr(after, flag) else 'not '}marked as {flag} now."
        if (before.type, before.member, before.key, before.value) != (after.type, after.member, after.key, after.value):
            yield f"{name} is another kind of {after.type} than before."


def _members(name: str, old: Shape, new: Shape) -> Iterator[str]:
    for member in sorted(old.members.keys() | new.members.keys()):
        if member not in old.members:
            yield f"{name} has a new member {member}, a {new.members[member].shape}."
        elif member not in new.members:
            yield f"{name} has no member {member} any more."
        else:
            before, after = old.members[member], new.members[member]
            if before.shape != after.shape:
                yield f"{name}.{member} is a {after.shape}; it was a {before.shape}."
            if before.idempotency_token != after.idempotency_token:
                yield f"{name}.{member} is {'' if after.idempotency_token else 'not '}filled by SDKs now."
    before_required, after_required = set(old.required), set(new.required)
    yield from (f"{name}.{member} is required now." for member in sorted(after_required - before_required))
    yield from (f"{name}.{member} is not required now." for member in sorted(before_required - after_required))


def _values(name: str, old: Shape, new: Shape) -> Iterator[str]:
    if more := [value for value in new.enum if value not in old.enum]:
        yield f"{name} may be {', '.join(more)} too."
    if fewer := [value for value in old.enum if value not in new.enum]:
        yield f"{name} may not be {', '.join(fewer)} any more."


def _said(shape: Shape, limit: str) -> str:
    value = getattr(shape, limit)
    return "not limited" if value is None else str(value)
