"""cosell: the AWS Partner Central Selling API that you can run yourself."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cosell.clock import Clock
    from cosell.example import example_opportunity
    from cosell.faults import Faults
    from cosell.testing.engine import LocalEngine
    from cosell.testing.in_process import connect, engine_of, events, play_aws
    from cosell.testing.intercept import intercept
    from cosell.testing.server import serve

__version__ = "0.1.0"
__all__ = [
    "Clock",
    "Faults",
    "LocalEngine",
    "__version__",
    "connect",
    "engine_of",
    "events",
    "example_opportunity",
    "intercept",
    "play_aws",
    "serve",
]

_HOMES: Final = {
    "Clock": "cosell.clock",
    "Faults": "cosell.faults",
    "LocalEngine": "cosell.testing.engine",
    "connect": "cosell.testing.in_process",
    "engine_of": "cosell.testing.in_process",
    "example_opportunity": "cosell.example",
    "intercept": "cosell.testing.intercept",
    "play_aws": "cosell.testing.in_process",
}
"""Where the public names live. They are loaded on first use, so that `cosell --version` need not load the model."""
_CALLED: Final = {"events": "cosell.testing.in_process", "serve": "cosell.testing.server"}
"""Where the functions live that share their name with a package: calling the package's module calls them."""


def __getattr__(name: str) -> Any:
    if name in _CALLED:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """Python sets a module as an attribute of its package; this class makes that module callable."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _CALLED and isinstance(value, ModuleType):
            value.__class__ = _CalledModule
        super().__setattr__(name, value)


class _CalledModule(ModuleType):
    def __call__(self, *arguments: Any, **named: Any) -> Any:
        name = self.__name__.rpartition(".")[2]
        return getattr(import_module(_CALLED[name]), name)(*arguments, **named)


sys.modules[__name__].__class__ = _Package
