"""Figures that follow the changes are those of a count from scratch, whatever has happened meanwhile."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.console.figures import MOST_SCOPES, Figures, Pipelines
from cosell.context import Scope
from cosell.engine import Engine
from cosell.store.sqlite import change_rows, store
from tests.list_opportunities.questions import DAYS, NAMES
from tests.store.caller import Caller, record, stored_form

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
life_cycles = st.fixed_dictionaries(
    {
        "Stage": st.sampled_from(["Prospect", "Qualified", "Committed"]),
        "ReviewStatus": st.just("Pending Submission"),
    },
    optional={"TargetCloseDate": st.sampled_from(DAYS)},
)
spends = st.lists(
    st.fixed_dictionaries(
        {
            "CurrencyCode": st.sampled_from(["USD", "EUR"]),
            "Frequency": st.just("Monthly"),
            "TargetCompany": st.sampled_from(["AWS", "Self"]),
        },
        optional={"Amount": st.sampled_from(["1", "0.5", "12345678901234567890.99"])},
    ),
    max_size=3,
)
customers = st.sampled_from(NAMES[1:]).map(lambda name: {"Account": {"CompanyName": name}})
members = st.fixed_dictionaries(
    {},
    optional={
        "LifeCycle": life_cycles,
        "Customer": customers,
        "Project": spends.map(lambda entries: {"ExpectedCustomerSpend": entries}),
    },
)
steps = st.lists(
    st.tuples(st.sampled_from(["create", "create", "update", "update", "look", "clear", "load"]), members),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def engine() -> Engine:
    """A database in memory."""
    return Engine.open(":memory:")


def plain(figures: Figures) -> dict[str, Any]:
    """What the figures say, without the zeros of what is no more."""
    return {name: {key: value for key, value in counter.items() if value} for name, counter in vars(figures).items()}


def shown(pipelines: Pipelines, scope: Scope) -> dict[str, Any]:
    """The figures now."""
    with pipelines.of(scope) as figures:
        return plain(figures)


@settings(max_examples=60, deadline=None, suppress_health_check=SHARED)
@given(happens=steps)
@pytest.mark.parametrize("most_moved", [0, 2, 5_000])
def test_they_follow_whatever_happens(
    monkeypatch: pytest.MonkeyPatch, most_moved: int, happens: list[tuple[str, dict[str, Any]]]
) -> None:
    monkeypatch.setattr(change_rows, "MOST_MOVED", most_moved)
    engine = Engine.open(":memory:")
    following, caller = Pipelines(engine.store), Caller(engine)
    for number, (step, given_members) in enumerate(happens):
        identifiers = [one["Id"] for one in caller.records()]
        if step == "create":
            caller.put([record(f"O{number}", **given_members)])
        elif step == "update" and identifiers:
            with engine.store.write(caller.scope) as tx:
                tx.replace(stored_form(record(identifiers[number % len(identifiers)], **given_members)))
        elif step == "look":
            shown(following, caller.scope)
        elif step == "clear":
            with engine.store.write(caller.scope) as tx:
                tx.clear()
        elif step == "load":
            caller.put([record(f"O{number}00{index}", **given_members) for index in range(3)])
    assert shown(following, caller.scope) == shown(Pipelines(engine.store), caller.scope)
    engine.close()


def test_a_large_load_is_noticed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "WORTH_NEW_INDEXES", 1)
    caller = Caller(engine)
    following = Pipelines(engine.store)
    assert shown(following, caller.scope)["partitions"] == {}
    with engine.store.bulk_load([caller.scope], 2) as transactions:
        transactions[caller.scope].insert([stored_form(record("O1")), stored_form(record("O2"))])
    assert shown(following, caller.scope)["partitions"] == {("Prospect", "Pending Submission"): 2}


def test_scopes_are_kept_apart_and_not_without_end(engine: Engine) -> None:
    following = Pipelines(engine.store)
    for number in range(MOST_SCOPES + 2):
        caller = Caller(engine, f"{number:012}")
        caller.create("1")
        for _ in range(2):
            assert shown(following, caller.scope)["partitions"] == {("Prospect", "Pending Submission"): 1}


def test_a_database_that_went_back_is_read_anew(engine: Engine) -> None:
    caller = Caller(engine)
    caller.create("1")
    caller.create("2")
    with engine.store.read(caller.scope) as tx:
        newest = next(iter(tx.whole()))
        assert isinstance(newest, int)
        assert tx.since(newest + 1) is None
        since = tx.since(newest)
    assert since is not None
    assert since.moved == []
