"""Numbers with a fraction, kept as they were written: amounts have up to 31 digits, more than a binary float can tell.

Source: service model, shape Double, the only one of its type. That every digit counts is our choice.
"""

import math
from decimal import Decimal


class Double(Decimal):
    """The value of a shape of type double. A JSON number on the wire."""

    __slots__ = ()


def exact(text: str) -> Decimal:
    """The number that a JSON text with a point or an exponent writes; zero where no double is so small.

    Raises ValueError if no double is so large.
    """
    rounded = float(text)
    if math.isinf(rounded):
        raise ValueError("larger than any double")
    return Decimal(text) if rounded else Decimal()
