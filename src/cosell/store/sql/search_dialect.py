"""What the databases say differently about the tables of entries (`search_columns.py`)."""

from collections.abc import Sequence
from typing import Protocol

from cosell.store.sql.connection import Value


class SearchDialect(Protocol):
    """How values stand in the columns of one database, and how its statements read them."""

    number: str
    """The column that, within a scope, the rows of one opportunity have in common."""

    def text(self, text: str) -> Value:
        """A text as it is written down."""

    def text_of(self, value: object) -> str:
        """The text that was written down so."""

    def amount(self, cents: int) -> Value:
        """Cents, which sort as numbers however many they are."""

    def cents_of(self, value: object) -> int:
        """The cents that stand there."""

    def bound(self, field: str, bound: int) -> Value:
        """The end of a span, to be compared with what a field has."""

    def contains(self, column: str) -> str:
        """That what stands in a column contains a value."""

    def folded_identifier(self, id_key: str) -> str:
        """The casefolded identifier that a key was made of, as an expression."""

    def all_in(self, table: str, index: str, columns: Sequence[str] = ()) -> str:
        """The numbers of a scope in an index, and columns beside them; conditions may follow."""

    def by_code(self, column: str, index: str, of_text: str, of_entry: str, direction: str) -> str:
        """The numbers of entries, `k0` and `id_key`, in the order of a coded column's texts.

        Conditions of the table of codes `t` stand before those of entries `e`, which may be empty.
        """
