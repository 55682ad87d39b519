"""What a dump is, whichever database it is of."""

from collections.abc import Iterator
from typing import Protocol


class Dump(Protocol):
    """The records of a scope. Once it is read to its end, it says what is missing."""

    lost: int
    """Opportunities that are there, but cannot be read."""
    lost_more: bool
    """Whether something cannot be read that may have held others."""

    @property
    def is_incomplete(self) -> bool:
        """Whether something could not be read."""

    def records(self) -> Iterator[bytes]:
        """The records, in the order of identifiers; of a damaged database, those that are found in other ways last."""
