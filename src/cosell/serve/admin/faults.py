"""Faults on demand."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cosell.faults import Rule
from cosell.serve.admin.router import Room


def faults(room: Room, _: object) -> dict[str, Any]:
    """The current faults, each with its number, how many requests it has met, and how often it has fired."""
    return {
        "faults": [
            {"fault": status.number, **msgspec.to_builtins(status.rule), "met": status.met, "fired": status.fired}
            for status in room.engine.faults.statuses()
        ]
    }


def add_fault(room: Room, rule: Rule) -> dict[str, Any]:
    """Add a fault, in every worker, until it has fired `times` times or is cleared.

    A request checks the faults in the order in which they were added. Delays add up; the first error wins.
    """
    return {"fault": room.engine.faults.put(rule)}


class Cleared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which fault."""

    fault: Annotated[int, Meta(ge=1, description="The fault of this number; without it, all.")] | None = None


def clear_faults(room: Room, question: Cleared) -> dict[str, Any]:
    """Clear all faults, or one: the others keep their numbers.

    If none is left, the next one is number 1 again, and a seed chooses as it did before.
    """
    return {"cleared": room.engine.faults.clear(question.fault)}
