"""The sync: a database of the user's own, in step with AWS or with a cosell."""

from typing import TYPE_CHECKING, Any

from cosell.sync.target import ForeignMirror, MirrorBusy, MirrorUnavailable

if TYPE_CHECKING:
    from cosell.sync.mirroring import mirror
    from cosell.sync.report import Report
    from cosell.sync.service import Refused, Unavailable

__all__ = ["ForeignMirror", "MirrorBusy", "MirrorUnavailable", "Refused", "Report", "Unavailable", "mirror"]

_LATER = {
    "mirror": "cosell.sync.mirroring",
    "Report": "cosell.sync.report",
    "Refused": "cosell.sync.service",
    "Unavailable": "cosell.sync.service",
}


def __getattr__(name: str) -> Any:
    """Loads the modules that talk to AWS on first use: botocore is slow, and readers of a mirror do without."""
    import importlib

    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_LATER[name]), name)
