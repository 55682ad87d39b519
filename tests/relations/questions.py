"""Data sets and requests for the lists of solutions and tasks, made so that ties and near misses are common."""

from typing import Any

from hypothesis import strategies as st

from cosell.rules.solution import Solution
from tests.store.caller import NOON_MS

STATUSES = ["Active", "Inactive", "Draft"]
SOLUTION_SORTS = ["Identifier", "Name", "Status", "Category", "CreatedDate"]
ORDERS = ["ASCENDING", "DESCENDING"]
NAMES = ["a", "A", "b", "ß", "SS", "ss", "Z", "é", "😀", "\uffff"]
ARNS = ["arn:aws:catalog:us-east-1::solution/one", "arn:aws:catalog:us-east-1::solution/two"]

identifiers = st.sampled_from(["S-1234567", "S-7", "S-07", "S-10", "S-9", "S-" + "9" * 19, "S-1000000"])


def some_of(values: st.SearchStrategy[str] | list[str], most: int) -> st.SearchStrategy[list[str] | None]:
    """A list filter, also null, empty, or with repetitions."""
    items = st.sampled_from(values) if isinstance(values, list) else values
    return st.none() | st.lists(items, max_size=most)


solutions = st.lists(
    st.builds(
        Solution,
        identifiers,
        st.sampled_from(NAMES),
        st.sampled_from(STATUSES),
        st.sampled_from(NAMES),
        st.sampled_from([NOON_MS, NOON_MS + 1, NOON_MS + 1000]),
        st.none() | st.sampled_from(ARNS),
    ),
    unique_by=lambda solution: solution.identifier,
)
page_sizes = st.lists(st.integers(1, 4) | st.integers(1, 100), min_size=1, max_size=3)


@st.composite
def solution_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request without MaxResults and NextToken: few filters more often than many, so that answers are not empty."""
    filters = {
        "Status": some_of(STATUSES, 10),
        "Identifier": some_of(identifiers, 20),
        "Category": some_of(NAMES, 10),
        "AwsMarketplaceSolutionArn": some_of(ARNS, 10),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(filters)), unique=True, max_size=draw(st.sampled_from([1, 1, 2, 4]))))
    sort = draw(
        st.none()
        | st.fixed_dictionaries({"SortBy": st.sampled_from(SOLUTION_SORTS), "SortOrder": st.sampled_from(ORDERS)})
    )
    return {"Sort": sort} | {member: draw(filters[member]) for member in chosen}
