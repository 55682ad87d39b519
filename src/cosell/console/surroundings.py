"""What the console works with: all that it is given by the process that serves it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from cosell.console.pipelines import Pipelines
from cosell.engine import Engine

Administer: TypeAlias = Callable[[str, str, Mapping[str, Any]], "AdminResult"]
"""Asks the admin API in this process: method, address, and the members of the question."""


class AdminResult(msgspec.Struct, frozen=True):
    """What the admin API answered: the status, and the JSON value of the body."""

    status: int
    value: Any


class Surroundings(msgspec.Struct, frozen=True):
    """One console's. `pipelines` keeps the figures of the engine's store.

    Over a mirror `health` tells how that is, and the engine's store is a copy of it that nobody writes to.
    """

    engine: Engine
    administer: Administer
    pipelines: Pipelines
    health: Callable[[], dict[str, Any]] | None = None
