"""Keys sort as the service's orders do, in Python and in SQLite alike, and tell apart what differs."""

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosell.rules.identifiers import id_key, opportunity_id
from cosell.rules.list.sort_keys import company_key, company_prefix, company_prefix_end, target_close_key
from cosell.wire.timestamps import Date

identifiers = st.from_regex(r"O[0-9]{1,19}", fullmatch=True)
names = st.text(max_size=8) | st.text("aAßẞsS\0\x01\u0131iIİ\uffff𐐀𐐨", max_size=6)


@given(first=identifiers, second=identifiers)
def test_identifiers_sort_by_their_numbers(first: str, second: str) -> None:
    keys = id_key(first), id_key(second)
    assert (keys[0] == keys[1]) == (first == second)
    if len(first) == len(second) or "0" not in (first[1], second[1]):
        assert (keys[0] < keys[1]) == (int(first[1:]) < int(second[1:]))
    else:
        assert (keys[0] < keys[1]) == (len(first) < len(second))


@given(number=st.integers(0, 10**12))
def test_the_identifiers_of_an_installation_sort_in_the_order_of_their_making(number: int) -> None:
    assert id_key(opportunity_id(number)) < id_key(opportunity_id(number + 1))


@given(first=names, second=names)
def test_companies_sort_casefolded_and_then_as_written(first: str, second: str) -> None:
    expected = (first.casefold(), first) < (second.casefold(), second)
    assert (company_key(first) < company_key(second)) == expected
    assert (company_key(first) == company_key(second)) == (first == second)


@given(wanted=names, name=names)
def test_the_range_of_a_company_holds_its_spellings_and_no_other_name(wanted: str, name: str) -> None:
    within = company_prefix(wanted) <= company_key(name) < company_prefix_end(wanted)
    assert within == (wanted.casefold() == name.casefold())


def test_an_absent_company_is_an_empty_one() -> None:
    assert company_key(None) == company_key("")


@given(keys=st.lists(names.map(company_key), unique=True), texts=st.lists(identifiers.map(id_key), unique=True))
def test_sqlite_sorts_keys_as_python_does(keys: list[bytes], texts: list[str]) -> None:
    database = apsw.Connection(":memory:")
    database.execute("CREATE TABLE key (bytes BLOB, text TEXT)")
    database.executemany("INSERT INTO key (bytes) VALUES (?)", [(key,) for key in keys])
    database.executemany("INSERT INTO key (text) VALUES (?)", [(text,) for text in texts])
    for column, expected in (("bytes", sorted(keys)), ("text", sorted(texts))):
        rows = database.execute(f"SELECT {column} FROM key WHERE {column} IS NOT NULL ORDER BY {column}").fetchall()
        assert [row[0] for row in rows] == expected
    database.close()


@pytest.mark.parametrize(
    ("earlier", "later"), [(None, "1000-01-01"), ("1000-01-01", "1000-01-02"), ("2026-12-31", "2027-01-01")]
)
def test_days_sort_by_the_calendar_and_none_before_all(earlier: str | None, later: str) -> None:
    assert target_close_key(None if earlier is None else Date(earlier)) < target_close_key(Date(later))
