"""cosell: the AWS Partner Central Selling API that you can run yourself."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosell.clock import Clock
    from cosell.in_process import connect

__version__ = "0.1.0"
__all__ = ["Clock", "__version__", "connect"]


def __getattr__(name: str) -> Any:
    if name == "connect":  # loaded on demand: `cosell --version` should not wait for the model
        from cosell.in_process import connect

        return connect
    if name == "Clock":
        from cosell.clock import Clock

        return Clock
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
