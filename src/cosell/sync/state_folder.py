"""Where a user's programs keep their lasting state. Source: XDG Base Directory Specification 0.8, and
systemd.exec(5)."""

import os
from pathlib import Path


def state_folder() -> Path:
    """`$XDG_STATE_HOME/cosell`, or `~/.local/state/cosell` if the variable is not set, or not absolute.

    A systemd unit has its own, which systemd names in `$STATE_DIRECTORY`: it has no access to home directories.
    """
    given = os.environ.get("XDG_STATE_HOME", "")
    of_unit = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    if of_unit and not Path(given).is_absolute():
        return Path(of_unit)
    return (Path(given) if Path(given).is_absolute() else Path.home() / ".local/state") / "cosell"
