"""PostgreSQL's side of the tables of entries."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from cosell.store.sql.connection import Value

_LARGEST: Final = 2**63 - 1


class PostgresSearchDialect:
    """A `SearchDialect`. Texts are byte strings, since those can have a NUL, and know no locale."""

    number = "id_key"

    def text(self, text: str) -> Value:
        """See `SearchDialect.text`."""
        return text.encode()

    def text_of(self, value: object) -> str:
        """See `SearchDialect.text_of`."""
        assert isinstance(value, bytes)
        return value.decode()

    def amount(self, cents: int) -> Value:
        """See `SearchDialect.amount`. As digits, since there may be more than an integer has."""
        return str(cents)

    def cents_of(self, value: object) -> int:
        """See `SearchDialect.cents_of`."""
        assert isinstance(value, Decimal)
        return int(value)

    def bound(self, field: str, bound: int) -> Value:
        """See `SearchDialect.bound`."""
        return self.amount(bound) if field == "EstimatedMrr" else min(bound, _LARGEST)

    def contains(self, column: str) -> str:
        """See `SearchDialect.contains`."""
        return f"position(? IN {column}) > 0"

    def folded_identifier(self, id_key: str) -> str:
        """See `SearchDialect.folded_identifier`."""
        return f"convert_to('o' || substr({id_key}, 2), 'UTF8')"

    def all_in(self, table: str, index: str, columns: Sequence[str] = ()) -> str:  # noqa: ARG002  # SQLite has to know
        """See `SearchDialect.all_in`. What follows leads into the index (`connecting.py`)."""
        return f"SELECT {', '.join(columns or ('id_key',))} FROM {table} WHERE scope_id = ?"

    def by_code(self, column: str, index: str, of_text: str, of_entry: str, direction: str) -> str:  # noqa: ARG002
        """See `SearchDialect.by_code`. A sort would read all entries of a text before it gives the first one."""
        return (
            f"SELECT e.id_key, t.key AS k0 FROM (SELECT t.scope_id, t.key, t.code FROM search_text AS t "
            f"WHERE {of_text} ORDER BY t.key {direction} OFFSET 0) AS t "
            f"CROSS JOIN LATERAL (SELECT e.id_key FROM search_entry AS e "
            f"WHERE e.scope_id = t.scope_id AND e.{column} = t.code{of_entry and f' AND {of_entry}'} "
            f"ORDER BY e.id_key {direction} OFFSET 0) AS e"
        )


POSTGRES: Final = PostgresSearchDialect()
