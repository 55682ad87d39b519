"""What the console works with: everything that it gets from the process that serves it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from cosell.console.figures.pipelines import Pipelines
from cosell.context import Scope
from cosell.engine import Engine
from cosell.reporting import DEFAULT_REPORTING, Reporting

Administer: TypeAlias = Callable[[str, str, Mapping[str, Any]], "AdminResult"]
"""Calls the admin API in this process: method, address, and the members of the request."""


Refused: TypeAlias = Callable[[str, str, int, str], None]
"""Called with a form that was not carried out: method, path, status and reason."""


class AdminResult(msgspec.Struct, frozen=True):
    """What the admin API answered: the status, and the JSON value of the body."""

    status: int
    value: Any


class Trouble(msgspec.Struct, frozen=True):
    """Why the page does not show the current state: it shows that of `as_of`; None: nothing can be shown."""

    reason: str
    as_of: str | None


class Surroundings(msgspec.Struct, frozen=True):
    """A console's environment. `pipelines` keeps the figures of the engine's store.

    `scopes` are the data sets that may be chosen. Over a mirror `health` tells how that is, and `trouble` is there
    while it cannot be read.
    """

    engine: Engine
    administer: Administer
    pipelines: Pipelines
    scopes: Callable[[], Sequence[Scope]]
    health: Callable[[], dict[str, Any]] | None = None
    trouble: Callable[[], Trouble | None] = lambda: None
    refused: Refused = lambda *_: None
    reporting: Reporting = DEFAULT_REPORTING
