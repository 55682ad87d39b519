"""What is wrong with a plain value that should have a given shape, in plain words, with the member's path and value.

msgspec finds the mistake, but words it for the author of the shape.
"""

import re
from typing import Any, Final, NamedTuple

import msgspec.inspect

from cosell.nearest import closest, either

LONGEST: Final = 80
"""Characters of the longest value that is shown."""
_FIELD: Final = re.compile(r"Object (?P<kind>contains unknown|missing required) field `(?P<name>[^`]*)`")
_AT: Final = re.compile(r" - at `\$(?P<path>[^`]*)`\Z")
_STEP: Final = re.compile(r"\[(\d+)\]|\.(\w+)")


class Mistake(NamedTuple):
    """A clause that starts with the member's path, and a next step, or an empty text."""

    message: str
    next_step: str = ""


def mistake_in(value: Any, shape: Any, error: msgspec.ValidationError, whole: str = "it") -> Mistake:
    """What msgspec has found in a value that should have a shape. `whole` is the name of the value itself."""
    told = str(error)
    place = _AT.search(told)
    path = place["path"].removeprefix(".") if place else ""
    wrong, type_ = _at(place["path"] if place else "", value, msgspec.inspect.type_info(shape))
    if field := _FIELD.match(told):
        where = path or whole
        if field["kind"] == "missing required":
            return Mistake(f"{where} lacks {field['name']}")
        assert isinstance(type_, msgspec.inspect.StructType)
        close = closest(field["name"], [known.encode_name for known in type_.fields])
        return Mistake(f"{where} has no member {field['name']!r}", f"did you mean {close!r}?" if close else "")
    return _wrong_value(path or whole, wrong, type_)


def _wrong_value(path: str, value: Any, type_: msgspec.inspect.Type) -> Mistake:
    plain, description = _plain(type_)
    shown = f"{path} {value!r}" if isinstance(value, str | int | float) and len(str(value)) <= LONGEST else path
    match plain:
        case msgspec.inspect.LiteralType(values):
            close = closest(str(value), map(str, values))
            return Mistake(f"{shown} is not {either(map(str, values))}", f"did you mean {close!r}?" if close else "")
        case msgspec.inspect.StrType(pattern=str()) if isinstance(value, str) and description:
            return Mistake(f"{shown} is not valid", description)
        case msgspec.inspect.StrType(max_length=int(most)) if isinstance(value, str):
            return Mistake(f"{shown} is not a text of at most {most} characters")
    return Mistake(f"{shown} is not {_kind(plain)}")


def _kind(type_: msgspec.inspect.Type) -> str:
    match type_:
        case msgspec.inspect.IntType() | msgspec.inspect.FloatType():
            word = "a whole number" if isinstance(type_, msgspec.inspect.IntType) else "a number"
            least, most = type_.ge, type_.le
            return f"{word}{'' if least is None else f' from {least}'}{'' if most is None else f' to {most}'}"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.ListType():
            return "a list"
        case msgspec.inspect.StrType():
            return "a text"
    return "an object"


def _at(path: str, value: Any, type_: msgspec.inspect.Type) -> tuple[Any, msgspec.inspect.Type]:
    """The value and the type at a path such as `.when[0].do`."""
    for index, name in _STEP.findall(path):
        plain, _ = _plain(type_)
        if isinstance(plain, msgspec.inspect.ListType):
            type_, value = plain.item_type, value[int(index)]
        else:
            assert isinstance(plain, msgspec.inspect.StructType), "none of our shapes has a map"
            type_ = next(field.type for field in plain.fields if field.encode_name == name)
            value = value[name]
    return value, type_


def _plain(type_: msgspec.inspect.Type) -> tuple[msgspec.inspect.Type, str]:
    """A type without its annotations and without null, and what its description says."""
    description = ""
    while True:
        if isinstance(type_, msgspec.inspect.Metadata):
            description = (type_.extra_json_schema or {}).get("description", description)
            type_ = type_.type
        elif isinstance(type_, msgspec.inspect.UnionType):
            type_ = next(one for one in type_.types if not isinstance(one, msgspec.inspect.NoneType))
        else:
            return type_, description
