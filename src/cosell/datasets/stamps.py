"""Which stamps a set of opportunities may keep when it enters a scope that readers already follow.

A reader who has seen the stamp `last` asks only for later ones (promise 1 of the store: docs/decisions/0004), so
nothing may enter with a stamp up to `last`.
"""

from collections.abc import Iterable, Iterator


def kept_or_anew(last: int, stamps: Iterable[int]) -> Iterator[int]:
    """The stamps, in milliseconds and ascending, each kept if it is later than `last`.

    The others become the milliseconds just after `last`, in their order. A kept stamp that these would reach is
    replaced as well, so that what was later stays later. Equal stamps that are kept stay equal: they become visible
    together.
    """
    lowest = last + 1
    for stamp in stamps:
        if stamp >= lowest:
            yield stamp
        else:
            yield lowest
            lowest += 1
