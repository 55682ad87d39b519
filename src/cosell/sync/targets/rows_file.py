"""A file that takes a table's rows, and what their values are."""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Any, Final, Protocol

CENT: Final = Decimal("0.01")
AMOUNTS: Final = Context(prec=40)
"""The service's amounts have 31 digits before the point, and two behind it."""


class RowsFile(Protocol):
    """An open file."""

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows. Moments come as milliseconds since 1970 UTC, days and amounts as texts."""


def amount_of(text: str) -> Decimal:
    """An amount with its two digits behind the point."""
    return Decimal(text).quantize(CENT, context=AMOUNTS)
