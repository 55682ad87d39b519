"""The language in which the full-text index of SQLite is asked."""

from collections.abc import Mapping
from typing import Final

import apsw

from cosell.store.search_terms import TooMany, joined

_TRIGRAM: Final = "SELECT term FROM search_vocabulary WHERE term >= ? AND term <= ? LIMIT 1"
_LAST: Final = "\U0010ffff"


class Fts5:
    """A `Language`. `most` trigrams that begin with a text are told; where there are more, many entries have them."""

    both = "AND"
    either = "OR"
    but_not = "NOT"
    read_as: Mapping[int, int] = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
    """What is not a character."""

    def __init__(self, connection: apsw.Connection, most: int) -> None:
        self._connection = connection
        self._most = most

    def term(self, term: str) -> str:
        """See `Language.term`."""
        return '"' + term.replace('"', '""') + '"'

    def beginning(self, text: str) -> str:
        """See `Language.beginning`.

        Each trigram is looked for behind the one before: all at once would be read with their entries.
        """
        found: list[str] = []
        least = text
        while len(found) <= self._most:
            trigram = self._connection.execute(_TRIGRAM, (least, text + 2 * _LAST)).get
            if trigram is None:
                return joined(self.either, map(self.term, found)) if found else '""'
            assert isinstance(trigram, str)
            found.append(trigram)
            least = f"{trigram}\0"
        raise TooMany
