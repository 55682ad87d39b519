"""The indexes that pages walk, built from one table, because two programs need them: the schema and the bulk load.

Each index ends with every column that a filter or another order uses, so that only the rows of a page are ever
fetched: whatever is dropped or sorted on the way is dropped or sorted in the index.
"""

from typing import Final

from cosell.rules.list.sort_keys import SortBy
from cosell.store.sql.page_parts import KEY_COLUMNS, index_name

_LOOKED_AT: Final = ("stage", "review_status", "last_modified", "created", "target_close", "company")


def _create_statement(key: SortBy, *, partitioned: bool) -> str:
    leading = ["scope_id", *(["stage", "review_status"] if partitioned else []), KEY_COLUMNS[key]]
    if key != "Identifier":
        leading.append("id_key")
    columns = ", ".join([*leading, *(name for name in _LOOKED_AT if name not in leading)])
    return f"CREATE INDEX {index_name(key, partitioned=partitioned)} ON opportunity ({columns})"


CREATE_INDEXES: Final = tuple(
    _create_statement(key, partitioned=partitioned) for key in KEY_COLUMNS for partitioned in (False, True)
)
DROP_INDEXES: Final = tuple(
    f"DROP INDEX {index_name(key, partitioned=partitioned)}" for key in KEY_COLUMNS for partitioned in (False, True)
)
