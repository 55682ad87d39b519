"""Writes src/cosell/wire/types.pyi: what a type checker should know of the types that wire/types.py builds.

`tools/upgrade_model.py` runs it after an upgrade of the model. A test fails while it is out of date.
"""

import sys
from pathlib import Path

from cosell.wire.constraints import text_constraint
from cosell.wire.model import service_model
from cosell.wire.types import ALREADY_ENCODED, snake_case

STUB = Path(__file__).parent.parent / "src" / "cosell" / "wire" / "types.pyi"
SCALARS = {"timestamp": "Timestamp", "integer": "int", "long": "int", "double": "Double", "boolean": "bool"}
HEADER = '''"""The service model's structures. Written by tools/write_wire_types.py; do not edit."""

from collections.abc import Set
from typing import Final, Literal

import msgspec

from cosell.wire.double import Double
from cosell.wire.timestamps import Date, Timestamp

ALREADY_ENCODED: Final[Set[str]]

def snake_case(name: str) -> str: ...
def structure(name: str) -> type[msgspec.Struct]: ...
'''


def _annotation(name: str, *, in_answer: bool) -> str:
    if in_answer and name in ALREADY_ENCODED:
        return "msgspec.Raw"
    shape = service_model().shapes[name]
    match shape.type:
        case "structure":
            return name
        case "list":
            assert shape.member is not None
            return f"list[{_annotation(shape.member.shape, in_answer=False)}]"
        case "map":
            assert shape.key is not None
            assert shape.value is not None
            key, value = (_annotation(member.shape, in_answer=False) for member in (shape.key, shape.value))
            return f"dict[{key}, {value}]"
        case kind if kind in SCALARS:
            return SCALARS[kind]
    constraint = text_constraint(name, shape)
    if constraint.is_date:
        return "Date"
    if constraint.values and len(constraint.values) <= 10:
        return f"Literal[{', '.join(map(repr, constraint.values))}]".replace("'", '"')
    return "str"


def stub() -> str:
    """The text of the stub file."""
    parts = [HEADER]
    for name, shape in sorted(service_model().shapes.items()):
        if shape.type != "structure" or shape.exception:
            continue
        fields = []
        for member_name, member in shape.members.items():
            annotation = _annotation(member.shape, in_answer=name.endswith("Response"))
            optional = "" if member_name in shape.required else " | None = None"
            fields.append(f"    {snake_case(member_name)}: {annotation}{optional}")
        body = "\n".join(fields) or "    ..."
        parts.append(f"class {name}(msgspec.Struct, frozen=True, kw_only=True):\n{body}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
    sys.stdout.write(f"wrote {STUB}\n")
