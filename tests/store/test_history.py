"""What an opportunity was before each of its changes is kept, in the order of the changes."""

import json

import pytest

from cosell.engine import Engine
from tests.conftest import OTHER_ACCOUNT
from tests.store.caller import Caller, HandClock, Record


@pytest.fixture
def caller() -> Caller:
    """A caller of an empty database in memory."""
    return Caller(Engine.open(":memory:", clock=HandClock()))


def history(caller: Caller, identifier: str, limit: int = 100) -> list[Record]:
    """What the opportunity was before each change, the latest first."""
    with caller.engine.store.read(caller.scope) as tx:
        changes = tx.history(identifier, limit)
    return [json.loads(change.before) for change in changes]


def test_every_change_keeps_what_was_before(caller: Caller) -> None:
    identifier = caller.create("1", Project={"Title": "first"})["Id"]
    caller.create("2")
    was: list[Record] = []
    for title in ("second", "third"):
        was.insert(0, caller.get(identifier))
        caller.update(identifier, Project={"Title": title})
    assert history(caller, identifier) == was
    assert history(caller, identifier, limit=1) == was[:1]


def test_a_refused_change_leaves_no_trace(caller: Caller) -> None:
    identifier = caller.create("1")["Id"]
    with pytest.raises(Exception, match="ConflictException"):
        caller.update(identifier, LastModifiedDate="2020-01-01T00:00:00Z")
    assert history(caller, identifier) == []


def test_what_is_cleared_is_forgotten(caller: Caller) -> None:
    identifier = caller.create("1")["Id"]
    caller.update(identifier)
    other = Caller(caller.engine, OTHER_ACCOUNT)
    kept = other.create("1")["Id"]
    was = other.get(kept)
    other.update(kept)
    with caller.engine.store.write(caller.scope) as tx:
        tx.clear()
    assert history(caller, identifier) == []
    assert history(other, kept) == [was]
    assert history(caller, kept) == []


def test_the_events_about_an_opportunity_are_found(caller: Caller) -> None:
    identifier = caller.create("1")["Id"]
    caller.create("2")
    caller.update(identifier)
    outbox = caller.engine.store.outbox
    told = [waiting.event.detail_type for waiting in outbox.about(identifier, caller.scope, 10)]
    assert told == ["Opportunity Updated", "Opportunity Created"]
    assert len(outbox.about(identifier, caller.scope, 1)) == 1
    assert outbox.about(identifier, Caller(caller.engine, OTHER_ACCOUNT).scope, 10) == []
