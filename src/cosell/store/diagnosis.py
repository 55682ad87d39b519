"""What a look at a database says of it."""

import msgspec


class Diagnosis(msgspec.Struct, frozen=True):
    """What was found: `fact` in one line, and the `remedy` if something is wrong, or only to be known."""

    fact: str
    remedy: str = ""
    is_note: bool = False
    """Whether the remedy is for those who care: nothing is wrong."""
