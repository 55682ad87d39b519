"""Which name somebody may have meant."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """A next step for whoever has named what is not known: the nearest name, or all of them where none is near."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(names)}"
