"""SQLite's side of the tables of entries."""

from collections.abc import Sequence
from typing import Final

from cosell.rules.search.entry import MOST_CENTS
from cosell.store.sql.connection import Value
from cosell.store.sql.search_columns import INDEXED, index_of

DROP_SEARCH_INDEXES: Final = tuple(f"DROP INDEX {index_of(field)}" for field in INDEXED)
_LARGEST_INTEGER: Final = 2**63 - 1
_DIGITS: Final = len(str(MOST_CENTS))


class SqliteSearchDialect:
    """A `SearchDialect`."""

    number = "opportunity_id"

    def text(self, text: str) -> Value:
        """See `SearchDialect.text`."""
        return text

    def text_of(self, value: object) -> str:
        """See `SearchDialect.text_of`."""
        assert isinstance(value, str)
        return value

    def amount(self, cents: int) -> Value:
        """See `SearchDialect.amount`. Integers as far as they go, then texts of as many digits, then a byte string."""
        if cents <= _LARGEST_INTEGER:
            return cents
        return f"{cents:0>{_DIGITS}}" if cents <= MOST_CENTS else b""

    def cents_of(self, value: object) -> int:
        """See `SearchDialect.cents_of`."""
        assert isinstance(value, int | str)
        return int(value)

    def bound(self, field: str, bound: int) -> Value:  # noqa: ARG002  # PostgreSQL has to know
        """See `SearchDialect.bound`."""
        return self.amount(bound)

    def contains(self, column: str) -> str:
        """See `SearchDialect.contains`."""
        return f"instr({column}, ?) > 0"

    def folded_identifier(self, id_key: str) -> str:
        """See `SearchDialect.folded_identifier`."""
        return f"('o' || substr({id_key}, 2))"

    def all_in(self, table: str, index: str, columns: Sequence[str] = ()) -> str:
        """See `SearchDialect.all_in`."""
        return f"SELECT {', '.join(['opportunity_id', *columns])} FROM {table} INDEXED BY {index} WHERE scope_id = ?"

    def by_code(self, column: str, index: str, of_text: str, of_entry: str, direction: str) -> str:
        """See `SearchDialect.by_code`."""
        return (
            f"SELECT e.opportunity_id, t.key AS k0, e.id_key FROM search_text AS t CROSS JOIN search_entry AS e "
            f"INDEXED BY {index} ON e.scope_id = t.scope_id AND e.{column} = t.code "
            f"WHERE {of_text}{of_entry and f' AND {of_entry}'} ORDER BY t.key {direction}, e.id_key {direction}"
        )


SQLITE: Final = SqliteSearchDialect()
