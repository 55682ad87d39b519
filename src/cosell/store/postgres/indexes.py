"""The indexes that pages walk, made from one table. PostgreSQL reads the row in any case, so they have keys alone."""

from typing import Final

from cosell.rules.list.sort_keys import SortBy
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name


def _create_statement(key: SortBy, *, partitioned: bool) -> str:
    columns = ["scope_id", *(["stage", "review_status"] if partitioned else []), KEY_COLUMNS[key]]
    if key != "Identifier":
        columns.append("id_key")
    return f"CREATE INDEX {index_name(key, partitioned=partitioned)} ON opportunity ({', '.join(columns)})"


CREATE_INDEXES: Final = tuple(
    _create_statement(key, partitioned=partitioned)
    for key in KEY_COLUMNS
    for partitioned in (False, True)
    if partitioned or key != "Identifier"
)
"""That in the order of identifiers is the primary key."""
