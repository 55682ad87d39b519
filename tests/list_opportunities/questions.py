"""Data sets and requests for ListOpportunities, made so that ties, collisions and near misses are common."""

from typing import Any

from hypothesis import strategies as st

from tests.list_opportunities.oracle import REVIEW_STATUSES, SORT_KEYS, STAGES
from tests.store.caller import NOON_MS, Record, moment, record

NAMES = [
    *("", "a", "A", "a\0", "A\0", "a\0b", "a\0\0", "\0", "\0\0", "\x01", "\xff", "b"),
    *("ss", "SS", "ß", "ẞ", "Straße", "STRASSE", "ﬀ", "ff", "FF"),  # casefold lengthens
    *("i", "I", "\u0131", "İ", "i\u0307"),  # Turkish: casefold knows no locale
    *("\u03c3", "ς", "Σ", "Ω", "ω", "\u2126", "é", "e\u0301", "É"),  # canonical equivalence is not case
    *("\uffff", "\U0001d504", "😀", "𐐀", "𐐨"),  # behind the first 65,536 code points, where UTF-16 would sort otherwise
]
DAYS = ["2026-01-30", "2026-01-31", "2026-02-01", "2027-12-31", "9999-12-31"]
OFFSETS_MS = [-1, 0, 1, 2, 1000, 86_400_000]

IDENTIFIERS = [
    *("O00", "O07", "O007", "O010", "O" + "0" * 19, "O0000000000000000001"),
    *("O922337203685477580", "O9223372036854775807", "O9223372036854775808"),  # around 2**63
    *("O" + "9" * 18, "O1000000000000000000", "O" + "9" * 19),
]

identifiers = st.integers(0, 120).map(lambda number: f"O{number}") | st.sampled_from(IDENTIFIERS)
names = st.sampled_from(NAMES)
stamps_ms = st.sampled_from(OFFSETS_MS).map(lambda offset: NOON_MS + offset)


@st.composite
def data_sets(draw: st.DrawFn, max_size: int = 60) -> list[Record]:
    """Records of one scope, identifiers all different."""
    chosen = draw(st.lists(identifiers, unique=True, max_size=max_size))
    return [draw(_records(identifier)) for identifier in chosen]


@st.composite
def _records(draw: st.DrawFn, identifier: str) -> Record:
    members: dict[str, Any] = {
        "LifeCycle": {"Stage": draw(st.sampled_from(STAGES)), "ReviewStatus": draw(st.sampled_from(REVIEW_STATUSES))}
    }
    if day := draw(st.none() | st.sampled_from(DAYS)):
        members["LifeCycle"]["TargetCloseDate"] = day
    name = draw(st.none() | names)
    if name is not None:
        members["Customer"] = {"Account": {"CompanyName": name}}
    return record(identifier, last_modified_ms=draw(stamps_ms), created_ms=draw(stamps_ms), **members)


def some_of(values: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str] | None]:
    """A list filter, also null, empty, or with repetitions."""
    return st.none() | st.lists(values, min_size=1, max_size=most) | st.just([])


@st.composite
def bounds(draw: st.DrawFn, member: str) -> dict[str, Any] | None:
    """A filter on moments, also null, empty, open on a side, or upside down."""
    written: st.SearchStrategy[Any] = (
        st.just(NOON_MS // 1000)
        | st.none()
        | st.builds(
            _written,
            stamps_ms,
            st.sampled_from(["", "000", "600", "000001", "999999"]),
            st.sampled_from(["Z", "+00:00"]),
        )
    )
    return draw(st.none() | st.fixed_dictionaries({f"After{member}": written, f"Before{member}": written}))


def _written(ms: int, finer: str, zone: str) -> str:
    return moment(ms).removesuffix("Z") + finer + zone


days = st.none() | st.sampled_from(DAYS)
FILTERS: dict[str, st.SearchStrategy[Any]] = {
    "Identifier": some_of(identifiers, 20),
    "LifeCycleStage": some_of(st.sampled_from(STAGES), 10),
    "LifeCycleReviewStatus": some_of(st.sampled_from(REVIEW_STATUSES), 10),
    "CustomerCompanyName": some_of(names, 10),
    "LastModifiedDate": bounds("LastModifiedDate"),
    "CreatedDate": bounds("CreatedDate"),
    "TargetCloseDate": st.none() | st.fixed_dictionaries({"AfterTargetCloseDate": days, "BeforeTargetCloseDate": days}),
}
sorts = st.none() | st.fixed_dictionaries(
    {"SortBy": st.sampled_from(SORT_KEYS), "SortOrder": st.sampled_from(["ASCENDING", "DESCENDING"])}
)
page_sizes = st.lists(st.integers(1, 5) | st.integers(1, 100), min_size=1, max_size=4)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request without MaxResults and NextToken: few filters more often than many, so that answers are not empty."""
    most = draw(st.sampled_from([1, 2, 2, 7]))
    chosen = draw(st.lists(st.sampled_from(sorted(FILTERS)), unique=True, max_size=most))
    return {"Sort": draw(sorts)} | {member: draw(FILTERS[member]) for member in chosen}
