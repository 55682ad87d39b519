"""Pages of a data set that changes between them: nothing that stays is missed or repeated."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.list_opportunities import oracle
from tests.list_opportunities.questions import DAYS, NAMES, data_sets, requests
from tests.store.caller import Caller, Record, record

members = st.fixed_dictionaries(
    {},
    optional={
        "Customer": st.sampled_from(NAMES).map(lambda name: {"Account": {"CompanyName": name}}),
        "LifeCycle": st.fixed_dictionaries(
            {"Stage": st.sampled_from(oracle.STAGES)}, optional={"TargetCloseDate": st.sampled_from(DAYS)}
        ),
    },
)
creations = st.tuples(st.none(), members)
updates = st.tuples(st.integers(0, 59), members)
changes = st.lists(st.lists(creations | updates, max_size=3), min_size=1, max_size=5)
"""Between two pages: which record is changed (None: a new one), and to what."""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(records=data_sets(20), request=requests(), changes=changes, size=st.integers(1, 4))
def test_a_row_that_stays_is_seen_exactly_once_whatever_the_others_do(
    newcomer: Callable[[], Caller],
    small: int,
    records: list[Record],
    request: dict[str, Any],
    changes: list[list[tuple[int | None, dict[str, Any]]]],
    size: int,
) -> None:
    caller = newcomer()
    caller.put(records)
    states = [caller.records()]
    page = caller.page(**request, MaxResults=size)
    seen = [summary["Id"] for summary in page["OpportunitySummaries"]]
    numbers = itertools.count()
    for between in itertools.chain(changes, itertools.repeat([])):
        if "NextToken" not in page:
            break
        for target, wanted in between:
            identifier = states[0][target % len(states[0])]["Id"] if target is not None and states[0] else None
            caller.replace(identifier or caller.create(f"new {next(numbers)}")["Id"], **wanted)
        states.append(caller.records())
        page = caller.page(**request, MaxResults=size, NextToken=page["NextToken"])
        seen += [summary["Id"] for summary in page["OpportunitySummaries"]]
    assert [identifier for identifier in sorted(stayed(states, request)) if seen.count(identifier) != 1] == []


def stayed(states: list[list[Record]], request: dict[str, Any]) -> set[str]:
    """The identifiers of those that matched, with one and the same key, in every state."""
    by = (request["Sort"] or {"SortBy": "LastModifiedDate"})["SortBy"]
    keys = [
        {(record["Id"], oracle.sort_key(record, by)) for record in state if oracle.matches(record, request)}
        for state in states
    ]
    return {identifier for identifier, _ in set.intersection(*keys)}


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", oracle.SORT_KEYS)
def test_a_token_leads_on_although_its_own_row_has_moved(newcomer: Callable[[], Caller], by: str, order: str) -> None:
    caller = newcomer()
    caller.put([_named(number, "a") for number in range(6)])
    request: dict[str, Any] = {"Sort": {"SortBy": by, "SortOrder": order}, "MaxResults": 2}
    first = caller.page(**request)
    moved = first["OpportunitySummaries"][-1]["Id"]
    caller.replace(moved, Customer={"Account": {"CompanyName": "moved"}}, LifeCycle={"TargetCloseDate": "2030-01-01"})
    rest = []
    page = first
    while "NextToken" in page:
        page = caller.page(**request, NextToken=page["NextToken"])
        rest += [summary["Id"] for summary in page["OpportunitySummaries"] if summary["Id"] != moved]
    digits = sorted(f"O{number}" for number in range(6))
    ahead = digits[2:] if order == "ASCENDING" else digits[3::-1]
    assert rest == ahead


def test_a_sync_that_reads_in_ascending_order_meets_what_changed_behind_it(newcomer: Callable[[], Caller]) -> None:
    caller = newcomer()
    caller.put([_named(number, "a") for number in range(4)])
    request: dict[str, Any] = {"Sort": {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"}, "MaxResults": 2}
    first = caller.page(**request)
    changed = caller.update("O0")
    rest = caller.page(**request | {"MaxResults": 100}, NextToken=first["NextToken"])["OpportunitySummaries"]
    assert [summary["Id"] for summary in rest] == ["O2", "O3", "O0"]
    assert rest[-1]["LastModifiedDate"] == changed["LastModifiedDate"]


def _named(number: int, name: str) -> Record:
    return record(f"O{number}", Customer={"Account": {"CompanyName": name}})
