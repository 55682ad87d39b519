"""Names that clients use and the served model lacks, each logged once per process: a sign that the model has grown.

Checking a body takes about as long as decoding it, so a busy process checks only some: all of the first, then one in
many. A client that uses a name regularly is soon noticed.
"""

from collections.abc import Callable
from typing import Final

from cosell.errors import UnknownOperationException
from cosell.flow import Answer, Call
from cosell.wire.model import ServiceModel
from cosell.wire.protocol import operation_name
from cosell.wire.unknown import is_name, unknown_members

Tell = Callable[[str, str], None]
"""Called with the kind of name, and the name."""

LOOKS_AT_FIRST: Final = 1000
THEN_ONE_OF: Final = 64
MOST_TOLD: Final = 1000
"""Maximum number of names: invented ones fill neither the memory nor the log."""


class UnknownNames:
    """What has been logged so far."""

    def __init__(self, model: ServiceModel, tell: Tell) -> None:
        self._model = model
        self._tell = tell
        self._told: set[tuple[str, str]] = set()
        self._calls = 0

    def look(self, call: Call, answer: Answer) -> None:
        """Report the new names in a call."""
        if isinstance(answer.error, UnknownOperationException):
            name = operation_name(call.path, call.headers) or ""
            if call.method == "POST" and is_name(name):
                self._tell_once("operation", name)
            return
        self._calls += 1
        if hasattr(call, "operation") and (self._calls <= LOOKS_AT_FIRST or not self._calls % THEN_ONE_OF):
            for member in unknown_members(self._model, call.operation, call.body):
                self._tell_once("member", f"{call.operation.name}: {member}")

    def _tell_once(self, kind: str, name: str) -> None:
        if (kind, name) not in self._told and len(self._told) < MOST_TOLD:
            self._told.add((kind, name))
            self._tell(kind, name)
