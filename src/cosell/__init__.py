"""cosell: the AWS Partner Central Selling API that you can run yourself."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosell.clock import Clock
    from cosell.example import example_opportunity
    from cosell.faults import Faults
    from cosell.testing.in_process import connect, play_aws

__version__ = "0.1.0"
__all__ = ["Clock", "Faults", "__version__", "connect", "example_opportunity", "play_aws"]


def __getattr__(name: str) -> Any:
    if name in ("connect", "play_aws"):  # loaded on demand: `cosell --version` should not wait for the model
        from cosell.testing import in_process

        return getattr(in_process, name)
    if name == "example_opportunity":
        from cosell.example import example_opportunity

        return example_opportunity
    if name == "Clock":
        from cosell.clock import Clock

        return Clock
    if name == "Faults":
        from cosell.faults import Faults

        return Faults
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
