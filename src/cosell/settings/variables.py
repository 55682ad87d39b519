"""Environment variables that look like settings but are none."""

import re
from collections.abc import Iterable
from typing import Final

from cosell.nearest import closest
from cosell.settings.every_setting import FIELDS

_OF_KUBERNETES: Final = re.compile(r"_SERVICE_(HOST|PORT(_\w+)?)\Z|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?\Z")


def unknown_variables(names: Iterable[str]) -> dict[str, str | None]:
    """Variables that look like settings but are none; each with the one that may have been meant.

    Those that Kubernetes sets for a service called cosell are ignored.
    """
    known = {f"COSELL_{name.upper()}" for name in FIELDS}
    return {
        name: closest(name, known, cutoff=0.8)
        for name in sorted(names)
        if name.startswith("COSELL_") and name not in known and not _OF_KUBERNETES.search(name)
    }
