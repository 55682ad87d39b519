"""Where the fields of a search are in the two tables of entries, and how their orders are read.

`search_entry` has numbers, in short rows, and `search_written` texts. Where their columns are named together, the first
is `e` and the second `w`. They have one index for each order that ListOpportunities has not.
"""

from collections.abc import Sequence
from typing import Final

from cosell.rules.list.page_token import Position
from cosell.rules.list.sort_keys import Key, company_key
from cosell.rules.search.entry import CODED, LISTS, MOST_CENTS, NO_AMOUNT, WRITTEN, cents_of
from cosell.rules.search.fields import FIELDS
from cosell.store.sql.connection import Value
from cosell.store.sql.search_dialect import SearchDialect
from cosell.wire.types import snake_case

FIELD_NUMBERS: Final = {
    "Stage": 1,
    "ReviewStatus": 2,
    "CountryCode": 3,
    "OpportunityType": 4,
    "Industry": 5,
    "Origin": 6,
    "CosellMotion": 7,
    "OpportunityOwner": 8,
    "EngagementScore": 9,
    "ApnPrograms": 10,
    "Tags": 11,
    "OfferId": 12,
    "OfferSetId": 13,
    "AwsMarketplaceSolution": 14,
}
"""Of the fields whose texts have codes. Never renumber: databases hold them."""

_VALUES: Final = {
    "OpportunityId": "id_key",
    "LastModifiedDate": "last_modified",
    "CreatedDate": "created",
    "TargetCloseDate": "target_close",
    "EstimatedMrr": "estimated_mrr",
}
COLUMNS: Final[dict[str, str]] = {field: _VALUES.get(field) or snake_case(field) for field in FIELDS}
_DIGITS: Final = len(str(MOST_CENTS))
_WIDTH_OF_TEXTS: Final = 2
"""Columns of an order of texts: without case, and as they are."""


def order_columns(field: str) -> tuple[str, ...]:
    """The columns of an order, but for the identifier. Coded texts are ordered by their keys, which are elsewhere."""
    column = COLUMNS[field]
    if field == "OpportunityId" or field in CODED:
        return ()
    if field in WRITTEN:
        return f"{column}_folded", column
    return (f"{column}_least_folded", f"{column}_least") if field in LISTS else (column,)


def table_of_order(field: str) -> str:
    """The table that has them."""
    return "search_written" if field in WRITTEN or field in LISTS else "search_entry"


def key_of_order(dialect: SearchDialect, field: str, values: Sequence[object]) -> Key:
    """The key that stands in those columns, or already as a key: in the table of codes, and in those of lists."""
    if field == "EstimatedMrr":
        cents = dialect.cents_of(values[0])
        return "" if cents == NO_AMOUNT else f"{cents:0>{_DIGITS}}"
    if len(values) == _WIDTH_OF_TEXTS:
        return company_key(dialect.text_of(values[1]))
    (key,) = values
    assert isinstance(key, int | str | bytes)
    return key


def order_values(dialect: SearchDialect, field: str, position: Position) -> tuple[Value, ...]:
    """What a position has in those columns."""
    if field == "EstimatedMrr":
        return (dialect.amount(cents_of(position.key)),)
    if field in WRITTEN or field in LISTS:
        text = text_of(position.key)
        return dialect.text(text.casefold()), dialect.text(text)
    return () if field == "OpportunityId" else (position.key,)


def key_of_text(text: str) -> bytes:
    """The key that stands for a text in the table of codes."""
    return company_key(text)


def text_of(key: object) -> str:
    """The text that a key was made of: what stands behind the casefolded one and its end."""
    assert isinstance(key, bytes)
    return key[key.index(b"\0\0") + 2 :].decode()


def index_of(field: str) -> str:
    """The name of the index that has entries in the order of a field."""
    return f"search_by_{COLUMNS[field]}"


INDEXED: Final = tuple(name for name, field in FIELDS.items() if field.sortable and field.order is None)
CREATE_SEARCH_INDEXES: Final = tuple(
    f"CREATE INDEX {index_of(field)} ON {table_of_order(field)} "
    f"({', '.join(('scope_id', *(order_columns(field) or (COLUMNS[field],)), 'id_key'))})"
    for field in INDEXED
)
