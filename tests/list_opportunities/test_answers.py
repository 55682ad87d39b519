"""ListOpportunities answers as a plain reading of its rules does, whatever is stored and whatever is asked."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, event, given, settings

from tests.list_opportunities import oracle
from tests.list_opportunities.questions import data_sets, page_sizes, requests
from tests.list_opportunities.walk import walk
from tests.store.caller import Caller, Record

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=80, deadline=None, suppress_health_check=SHARED)
@given(records=data_sets(), request=requests(), sizes=page_sizes)
def test_all_pages_followed_are_the_plain_reading(
    newcomer: Callable[[], Caller], small: int, records: list[Record], request: dict[str, Any], sizes: list[int]
) -> None:
    caller = newcomer()
    caller.put(records)
    expected = oracle.answer(records, request)
    event(f"{min(len(expected), 10)} found")
    assert walk(caller, request, sizes) == expected
