"""Members of an opportunity by their paths, such as `Customer.Account.Address.City`. What is empty is not there."""

import copy
from typing import Any

Record = dict[str, Any]
"""A structure of the service as plain JSON values."""
Errors = set[tuple[str, str]]
"""FieldName and Code of each entry of an ErrorList."""


def at(record: Record, path: str) -> Any:
    """What stands at a path, None for nothing."""
    value: Any = record
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value or None


def but(members: Record, record: Record) -> Record:
    """The record with other values at some paths; None takes a member out."""
    record = copy.deepcopy(record)
    for path, value in members.items():
        *parents, last = path.split(".")
        place = record
        for name in parents:
            place = place.setdefault(name, {})
        if value is None:
            place.pop(last, None)
        else:
            place[last] = copy.deepcopy(value)
    return record


def camel(path: str) -> str:
    """A path as an ErrorList names it."""
    return ".".join(name[0].lower() + name[1:] for name in path.split("."))


def without_empty(value: Any) -> Any:
    """The same without what is null or empty inside."""
    if isinstance(value, dict):
        members = {name: without_empty(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in (None, {}, [])}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


def some(record: Record, names: str) -> Record:
    """Only these members, as far as they are there."""
    return {name: record[name] for name in names.split() if name in record}
