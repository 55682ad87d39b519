"""The language in which the GIN index of terms is asked."""

from collections.abc import Mapping
from typing import Final

BETWEEN_TERMS: Final = "\x01"
OF_SCOPE: Final = "\U0010ffff"
"""With which the term of a scope begins, and no other."""


class TsQuery:
    """A `Language`, which can say everything."""

    both = "&"
    either = "|"
    but_not = "& !"
    read_as: Mapping[int, int] = {ord("\0"): 0xFFFD, ord(BETWEEN_TERMS): 0xFFFD}
    """What no text of PostgreSQL's can have, and what stands between terms."""

    def term(self, term: str) -> str:
        """See `Language.term`."""
        return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"

    def beginning(self, text: str) -> str:
        """See `Language.beginning`."""
        return f"{self.term(text)}:*"


TSQUERY: Final = TsQuery()


def term_of_scope(scope_id: int) -> str:
    """What all entries of a scope have."""
    return f"{OF_SCOPE}{scope_id}"
