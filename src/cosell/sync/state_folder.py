"""Where a user's programs keep what they must not forget. Source: XDG Base Directory Specification 0.8."""

import os
from pathlib import Path


def state_folder() -> Path:
    """`$XDG_STATE_HOME/cosell`, or `~/.local/state/cosell` where the variable is not set, or not absolute."""
    given = os.environ.get("XDG_STATE_HOME", "")
    return (Path(given) if Path(given).is_absolute() else Path.home() / ".local/state") / "cosell"
