"""Numbers with a fraction, kept as they were written: amounts have up to 31 digits, more than a binary float can tell.

Source: service model, shape Double, the only one of its type. That the digits beyond a float's count is our choice.
"""

import math
from decimal import Decimal


class Double(Decimal):
    """The value of a shape of type double. A JSON number on the wire."""

    __slots__ = ()


def exact(text: str) -> Decimal:
    """The number that a JSON text with a point or an exponent writes. Raises ValueError where no double is so large."""
    if math.isinf(float(text)):
        raise ValueError("larger than any double")
    return Decimal(text)
