"""Which name somebody may have meant."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """A next step for somebody who named something unknown: the nearest name, or all of them if none is near."""
    names = sorted(known)
    close = closest(name, names)
    return f"did you mean {close}?" if close else f"known are {', '.join(names)}"


def closest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str | None:
    """The most similar name, ignoring case; None if none is."""
    folded = {each.casefold(): each for each in known}
    close = difflib.get_close_matches(name.casefold(), folded, 1, cutoff=cutoff)
    return folded[close[0]] if close else None


def either(names: Iterable[str]) -> str:
    """Names as a choice in a sentence: `debug, info or warning`."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
