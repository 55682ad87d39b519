"""What databases hold of entries is never read in another way: the numbers of fields, and what a reading says."""

import hashlib
import json

from cosell.rules.search.entry import CODED, LISTS, READING, entry_of
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.sought import Sought
from cosell.rules.search.summary import summary_of
from cosell.store.sql.search_columns import COLUMNS, CREATE_SEARCH_INDEXES, FIELD_NUMBERS
from cosell.store.sqlite.search_dialect import DROP_SEARCH_INDEXES
from cosell.wire.encode import encode
from tests.search.some_deals import some_deals


def test_numbers_of_fields_that_databases_hold_are_never_given_anew() -> None:
    assert set(FIELD_NUMBERS) == {*CODED, *LISTS}
    assert list(FIELD_NUMBERS.values()) == list(range(1, len(FIELD_NUMBERS) + 1))
    assert [name for name, number in FIELD_NUMBERS.items() if number in (1, 9, 14)] == [
        "Stage",
        "EngagementScore",
        "AwsMarketplaceSolution",
    ]


def test_every_field_has_its_column_and_every_order_its_index() -> None:
    assert len(set(COLUMNS.values())) == len(COLUMNS) == len(FIELDS)
    wanted = [name for name, field in FIELDS.items() if field.sortable and field.order is None]
    assert len(CREATE_SEARCH_INDEXES) == len(DROP_SEARCH_INDEXES) == len(wanted)


def test_a_reading_that_has_changed_has_another_number() -> None:
    """Should this fail: raise the number in READING, so that entries are made anew, and put the new digest here."""
    told = hashlib.sha256()
    for row in some_deals():
        aws = None if row.view is None else json.dumps(row.view).encode()
        sought = Sought(json.dumps(row.record).encode(), json.dumps(row.tags).encode(), aws)
        told.update(repr((tuple(entry_of(sought)), encode(summary_of(sought)))).encode())
    assert (READING.split()[0], told.hexdigest()) == (
        "2",
        "3c4641a51b7e1700c7edfba67c76be1e203c61507cb09e5e9e5f017210849a65",
    )
