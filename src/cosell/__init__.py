"""cosell: the AWS Partner Central Selling API that you can run yourself."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cosell.clock import Clock
    from cosell.example import example_opportunity
    from cosell.faults import Faults
    from cosell.testing.in_process import connect, play_aws
    from cosell.testing.intercept import intercept

__version__ = "0.1.0"
__all__ = ["Clock", "Faults", "__version__", "connect", "example_opportunity", "intercept", "play_aws"]

_HOMES: Final = {
    "Clock": "cosell.clock",
    "Faults": "cosell.faults",
    "connect": "cosell.testing.in_process",
    "example_opportunity": "cosell.example",
    "intercept": "cosell.testing.intercept",
    "play_aws": "cosell.testing.in_process",
}
"""Where the public names live. They are loaded when they are asked for: `cosell --version` waits for no model."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
