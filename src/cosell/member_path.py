"""Paths of members, as errors of the service write them: `LifeCycle.Stage`, `LifeCycleStage[0]`."""

import re
from typing import Any, Final

STEP: Final = re.compile(r"([A-Za-z0-9_]+)|\[(\d+)\]")


def value_at(members: Any, path: str) -> Any:
    """The value at a path; None if there is none. Business rules write names in lower camel case, too."""
    for name, index in STEP.findall(path):
        try:
            members = members[int(index)] if index else members[f"{name[0].upper()}{name[1:]}"]
        except (LookupError, TypeError):
            return None
    return members
