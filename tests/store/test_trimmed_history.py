"""Old changes are removed, oldest first, and nothing else changes."""

import json
from typing import Any

import pytest

from cosell.console.figures.pipelines import Pipelines
from tests.conftest import OTHER_ACCOUNT
from tests.store.caller import DAY_MS, Caller, HandClock


def clock_of(caller: Caller) -> HandClock:
    assert isinstance(caller.engine.clock, HandClock)
    return caller.engine.clock


def titles(caller: Caller, identifier: str) -> list[str]:
    """The title before each change that is kept, the latest first."""
    with caller.engine.store.read(caller.scope) as tx:
        return [json.loads(change.before)["Project"]["Title"] for change in tx.history(identifier, 100)]


def figures(pipelines: Pipelines, caller: Caller) -> dict[str, dict[Any, int]]:
    with pipelines.of(caller.scope, patiently=True) as found:
        return {name: {key: count for key, count in counts.items() if count} for name, counts in vars(found).items()}


def trim(caller: Caller, before_ms: int) -> int:
    count = 0
    while removed := caller.engine.store.trim_history(before_ms):
        count += removed
    return count


def test_older_changes_are_removed_and_newer_ones_stay(caller: Caller) -> None:
    clock = clock_of(caller)
    identifier = caller.create("1", Project={"Title": "first"})["Id"]
    for title in ("second", "third", "fourth"):
        clock.now_ms += DAY_MS
        caller.update(identifier, Project={"Title": title})
    with caller.engine.store.read(caller.scope) as tx:
        assert tx.trimmed_ms() == 0
    assert trim(caller, clock.now_ms - 3 * DAY_MS) == 0, "nothing is that old"
    assert trim(caller, clock.now_ms) == 3, "the creation and two changes"
    assert titles(caller, identifier) == ["third"]
    assert caller.get(identifier)["Project"]["Title"] == "fourth"
    with caller.engine.store.read(caller.scope) as tx:
        assert tx.trimmed_ms() == clock.now_ms - DAY_MS
    caller.update(identifier, Project={"Title": "fifth"})
    assert titles(caller, identifier) == ["fourth", "third"]


def test_figures_are_right_however_far_they_had_got(caller: Caller) -> None:
    """Those of one process had seen none of the removed changes, those of the other all of them."""
    clock = clock_of(caller)
    behind, ahead = Pipelines(caller.engine.store), Pipelines(caller.engine.store)
    identifiers = [caller.create(str(number))["Id"] for number in range(5)]
    before = figures(behind, caller)
    caller.create("another")
    for identifier in identifiers:
        caller.replace(identifier, LifeCycle={"Stage": "Committed"})
    figures(ahead, caller)
    clock.now_ms += DAY_MS
    assert trim(caller, clock.now_ms) == 11
    assert titles(caller, identifiers[0]) == []
    new = figures(Pipelines(caller.engine.store), caller)
    assert figures(behind, caller) == figures(ahead, caller) == new != before
    caller.replace(identifiers[0], LifeCycle={"Stage": "Qualified"})
    assert figures(behind, caller) == figures(ahead, caller) == figures(Pipelines(caller.engine.store), caller) != new


def test_a_kept_count_that_had_not_seen_what_was_removed_is_discarded(caller: Caller) -> None:
    clock = clock_of(caller)
    caller.create("1")
    with caller.engine.store.read(caller.scope) as tx:
        reached = tx.step(tx.step(None).reached).reached
    with caller.engine.store.write(caller.scope) as tx:
        assert tx.keep_count(reached, b"count")
    caller.create("2")
    clock.now_ms += DAY_MS
    assert trim(caller, clock.now_ms) == 2
    with caller.engine.store.read(caller.scope) as tx:
        assert tx.kept_count() is None
        assert tx.step(reached).begins


def test_a_reset_of_another_account_is_not_forgotten(caller: Caller) -> None:
    clock = clock_of(caller)
    other = Caller(caller.engine, OTHER_ACCOUNT)
    other.create("1")
    with caller.engine.store.read(other.scope) as tx:
        reached = tx.step(None).reached
    with caller.engine.store.write(other.scope) as tx:
        tx.clear()
    caller.create("1")
    clock.now_ms += DAY_MS
    assert trim(caller, clock.now_ms) == 1
    with caller.engine.store.read(other.scope) as tx:
        assert tx.step(reached).begins
        assert not tx.step(tx.step(reached).reached).begins


def test_many_changes_are_removed_in_parts_so_that_others_can_write(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for database in ("sqlite", "postgres"):
        monkeypatch.setattr(f"cosell.store.{database}.history_trimming.TRIMMED_AT_ONCE", 3)
    clock = clock_of(caller)
    for number in range(7):
        caller.create(str(number))
    clock.now_ms += DAY_MS
    removed = []
    while count := caller.engine.store.trim_history(clock.now_ms):
        removed.append(count)
        caller.create(f"between {len(removed)}")
    assert removed == [3, 3, 1]


def test_stamps_and_tokens_continue(caller: Caller) -> None:
    clock = clock_of(caller)
    created = caller.create("1")
    identifier = created["Id"]
    caller.update(identifier, Project={"Title": "second"})
    stamp = caller.get(identifier)["LastModifiedDate"]
    assert trim(caller, clock.now_ms + DAY_MS) == 2
    assert caller.create("1") == created, "the token is remembered"
    assert caller.update(identifier, Project={"Title": "third"})["LastModifiedDate"] > stamp
    assert [one["Id"] for one in caller.page()["OpportunitySummaries"]] == [identifier]


def test_a_saved_state_comes_back_as_it_was(caller: Caller) -> None:
    clock = clock_of(caller)
    identifier = caller.create("1", Project={"Title": "first"})["Id"]
    caller.engine.store.states.keep("before")
    caller.update(identifier, Project={"Title": "second"})
    clock.now_ms += DAY_MS
    trim(caller, clock.now_ms)
    caller.engine.store.states.return_to("before", clock.now_ms)
    assert caller.get(identifier)["Project"]["Title"] == "first"
    assert titles(caller, identifier) == ["second"], "the return is a change itself"
