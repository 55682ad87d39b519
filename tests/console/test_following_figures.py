"""Figures that follow the changes are those of a count from scratch, whatever has happened meanwhile."""

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.console.figures import pipelines
from cosell.console.figures.figures import Figures
from cosell.console.figures.pipelines import MOST_SCOPES, Pipelines, StillCounting
from cosell.context import Scope
from cosell.engine import Engine
from cosell.store.interface import StoreUnavailable
from cosell.store.sql import change_rows
from cosell.store.sqlite import store
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


def shown(following: Pipelines, scope: Scope) -> dict[str, Any]:
    """The figures now."""
    with following.of(scope, patiently=True) as figures:
        return plain(figures)


def anew(engine: Engine, scope: Scope) -> dict[str, Any]:
    """A plain count of all that is there."""
    figures = Figures()
    with engine.store.read(scope) as tx:
        for encoded in tx.records():
            figures.add(encoded)
    return plain(figures)


@settings(max_examples=60, deadline=None, suppress_health_check=SHARED)
@given(happens=steps)
@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_they_follow_whatever_happens(
    monkeypatch: pytest.MonkeyPatch, size: int, happens: list[tuple[str, dict[str, Any]]]
) -> None:
    """However many steps it takes, and whoever has kept what before."""
    monkeypatch.setattr(change_rows, "CHANGES_OF_A_STEP", size)
    monkeypatch.setattr(change_rows, "ROWS_OF_A_STEP", size)
    monkeypatch.setattr(pipelines, "STEPS_AT_ONCE", 1)
    for name in ("KEPT_WHOLE", "KEPT_ON_THE_WAY"):
        monkeypatch.setattr(pipelines, name, size * 2)
    engine = Engine.open(":memory:")
    following, caller = Pipelines(engine.store), Caller(engine)
    impatient = Pipelines(engine.store)
    monkeypatch.setattr(impatient, "_begin", lambda *_: None)  # comes no further than a visitor waits for
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
        with suppress(StillCounting), impatient.of(caller.scope) as figures:
            assert plain(figures) == anew(engine, caller.scope)
    expected = anew(engine, caller.scope)
    assert shown(following, caller.scope) == expected
    assert shown(Pipelines(engine.store), caller.scope) == expected
    following.close()
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
    with engine.store.read(caller.scope) as tx:
        reached = tx.step(None).reached
        later = msgspec.structs.replace(reached, position=reached.position + 1)
        assert tx.step(later).begins
        assert not tx.step(reached).begins


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor waits for one opportunity, and whatever was counted is kept."""
    monkeypatch.setattr(change_rows, "ROWS_OF_A_STEP", 1)
    monkeypatch.setattr(change_rows, "CHANGES_OF_A_STEP", 1)
    monkeypatch.setattr(pipelines, "STEPS_AT_ONCE", 1)
    monkeypatch.setattr(pipelines, "PAUSE_S", 0)
    monkeypatch.setattr(pipelines, "KEPT_WHOLE", 1)
    monkeypatch.setattr(pipelines, "KEPT_ON_THE_WAY", 1)


@pytest.mark.usefixtures("small_steps")
def test_a_visitor_is_told_how_far_it_is_and_the_next_process_counts_nothing_twice(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2"), record("O3")])
    first = Pipelines(engine.store)
    with pytest.raises(StillCounting) as told, first.of(caller.scope):
        pass
    assert (told.value.counted, told.value.total) == (1, 3)
    figures = shown(first, caller.scope)
    first.close()
    with Pipelines(engine.store).of(caller.scope) as kept:  # a step is enough
        assert plain(kept) == figures


@pytest.mark.usefixtures("small_steps")
def test_who_finds_somebody_ahead_goes_on_from_there(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2"), record("O3")])
    behind, ahead = Pipelines(engine.store), Pipelines(engine.store)
    with pytest.raises(StillCounting), behind.of(caller.scope):
        pass
    figures = shown(ahead, caller.scope)
    assert shown(behind, caller.scope) == figures


@pytest.mark.usefixtures("small_steps")
def test_what_was_counted_of_a_scope_that_is_another_one_is_not_kept(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2")])
    with engine.store.read(caller.scope) as tx:
        reached = tx.step(None).reached
    with engine.store.write(caller.scope) as tx:
        tx.clear()
        assert not tx.keep_count(reached, b"")
        assert tx.kept_count() is None


@pytest.mark.usefixtures("small_steps")
def test_what_another_version_has_kept_is_counted_anew(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2")])
    with engine.store.write(caller.scope) as tx:
        assert tx.keep_count(tx.step(None).reached, msgspec.msgpack.encode({"partitions": {}}))
    assert shown(Pipelines(engine.store), caller.scope) == anew(engine, caller.scope)


@pytest.mark.usefixtures("small_steps")
def test_who_counts_is_interrupted_at_the_end(engine: Engine) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2"), record("O3")])
    closed = Pipelines(engine.store)
    closed.close()
    with pytest.raises(StillCounting), closed.of(caller.scope, patiently=True):
        pass


@pytest.mark.usefixtures("small_steps")
def test_what_goes_wrong_is_told_to_the_next_visitor(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(engine)
    caller.put([record("O1"), record("O2"), record("O3")])
    following = Pipelines(engine.store)

    def unavailable(*_: object) -> bool:
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as at_fault:
        at_fault.setattr(following, "_keep", unavailable)
        with pytest.raises(StoreUnavailable):
            shown(following, caller.scope)
    with pytest.raises(StoreUnavailable):
        shown(following, caller.scope)
    assert shown(following, caller.scope) == anew(engine, caller.scope)
