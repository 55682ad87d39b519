"""SearchOpportunities answers as a plain reading of its rules does, whatever is stored and whatever is asked."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, event, given, settings

from tests.search import oracle
from tests.search.oracle import Row
from tests.search.partner import Partner
from tests.search.questions import data_sets, page_sizes, requests

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=150, deadline=None, suppress_health_check=SHARED)
@given(rows=data_sets(), request=requests(), sizes=page_sizes)
def test_all_pages_followed_are_the_plain_reading(
    newcomer: Callable[[], Partner], rows: list[Row], request: dict[str, Any], sizes: list[int]
) -> None:
    partner = newcomer()
    partner.put_rows(rows)
    expected = oracle.answer(partner.rows(), request)
    event(f"{min(len(expected), 5)} found")
    assert partner.walk(request, sizes) == expected
