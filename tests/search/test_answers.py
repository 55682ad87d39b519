"""SearchOpportunities answers as a plain reading of its rules does, whatever is stored and whatever is asked.

However much of it the index knows, and however a page is read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from cosell.store import search
from cosell.store.search import Round
from tests.search import oracle
from tests.search.oracle import Row
from tests.search.partner import Partner
from tests.search.questions import data_sets, page_sizes, requests

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
ALL_ROUNDS = {
    "as they are": search.ROUNDS,
    "walks": (Round(0, None),),
    "candidates": (Round(0, 0), Round(1_000, 0), Round(0, None)),
    "a little of each": (Round(1, 1), Round(2, 3), Round(0, None)),
}


@contextmanager
def rounds(name: str) -> Iterator[None]:
    """Let pages be read in a certain way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "ROUNDS", ALL_ROUNDS[name])
        yield


@settings(max_examples=150, deadline=None, suppress_health_check=SHARED)
@given(
    rows=data_sets(),
    request=requests(),
    sizes=page_sizes,
    fed=st.sampled_from([0, 3, 1_000, 1_000, 1_000]),
    way=st.sampled_from(sorted(ALL_ROUNDS)),
)
def test_all_pages_followed_are_the_plain_reading(
    newcomer: Callable[[], Partner], rows: list[Row], request: dict[str, Any], sizes: list[int], fed: int, way: str
) -> None:
    partner = newcomer()
    partner.put_rows(rows)
    partner.engine.store.feed_search(fed)
    expected = oracle.answer(partner.rows(), request)
    event(f"{min(len(expected), 5)} found")
    with rounds(way):
        assert partner.walk(request, sizes) == expected
