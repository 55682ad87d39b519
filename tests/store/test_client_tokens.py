"""A ClientToken makes a creation happen once."""

import threading
from typing import Any

import pytest

from tests.conftest import OTHER_ACCOUNT
from tests.store.caller import DAY_MS, Caller, HandClock, Record, Refused

BODY: Record = {"Customer": {"Account": {"CompanyName": "Blue Heron"}}, "LifeCycle": {"Stage": "Qualified"}}

SAME_MEANING: list[Record] = [
    BODY,
    BODY | {"Marketing": None},
    BODY | {"Marketing": {}},
    BODY | {"Marketing": {"Channels": [], "Source": None}},
    BODY | {"PrimaryNeedsFromAws": []},
    BODY | {"Unknown": "member"},
    {"LifeCycle": BODY["LifeCycle"], "Customer": BODY["Customer"]},
]
OTHER_MEANING: list[Record] = [
    {},
    BODY | {"Origin": "Partner Referral"},
    BODY | {"PartnerOpportunityIdentifier": ""},
    BODY | {"LifeCycle": {"Stage": "Prospect"}},
    BODY | {"Customer": {"Account": {"CompanyName": "blue heron"}}},
    BODY | {"PrimaryNeedsFromAws": ["Co-Sell - Deal Support"]},
]


@pytest.mark.parametrize("again", SAME_MEANING)
def test_the_same_request_again_gets_the_first_answer(caller: Caller, clock: HandClock, again: Record) -> None:
    first = caller.create("token", **BODY)
    clock.now_ms += 1000
    caller.update(first["Id"])
    assert caller.create("token", **again) == first
    assert len(caller.records()) == 1


@pytest.mark.parametrize("again", OTHER_MEANING)
def test_the_token_with_another_request_is_a_conflict(caller: Caller, again: Record) -> None:
    caller.create("token", **BODY)
    with pytest.raises(Refused) as refused:
        caller.create("token", **again)
    assert (refused.value.name, refused.value.status) == ("ConflictException", 400)
    assert refused.value.body["Message"] == "Conflicting client token submitted for a new request body."
    assert len(caller.records()) == 1


def test_a_failed_request_is_not_remembered(caller: Caller) -> None:
    with pytest.raises(Refused, match="ValidationException"):
        caller.create("token", LifeCycle={"Stage": "Won"})
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        caller.create("token", Project={"RelatedOpportunityIdentifier": "O1"})
    assert caller.create("token", **BODY)["Id"] == "O1000001"


def test_what_a_token_meant_last_counts_also_where_the_clock_goes_back(caller: Caller, clock: HandClock) -> None:
    caller.create("token", **BODY)
    clock.now_ms += DAY_MS
    second = caller.create("token")
    clock.now_ms -= DAY_MS // 24
    assert caller.create("token") == second
    with pytest.raises(Refused, match="ConflictException"):
        caller.create("token", **BODY)


def test_a_token_is_forgotten_after_a_day(caller: Caller, clock: HandClock) -> None:
    first = caller.create("token", **BODY)
    clock.now_ms += DAY_MS - 1
    assert caller.create("token", **BODY) == first
    clock.now_ms += 1
    assert caller.create("token", **BODY)["Id"] != first["Id"]
    assert caller.create("token", **BODY)["Id"] != first["Id"], "remembered anew"


@pytest.mark.parametrize("days", [-400, -1, 0])
def test_a_token_is_remembered_when_the_clock_is_set_back(caller: Caller, clock: HandClock, days: int) -> None:
    earlier = caller.create("earlier", **BODY)
    clock.now_ms += DAY_MS // 2
    first = caller.create("token", **BODY)
    clock.now_ms += days * DAY_MS
    assert caller.create("token", **BODY) == first
    assert caller.create("another", **BODY) not in (earlier, first)
    assert caller.create("earlier", **BODY) == earlier


def test_what_is_forgotten_leaves_the_database_a_day_later(caller: Caller, clock: HandClock) -> None:
    caller.create("old")
    clock.now_ms += 2 * DAY_MS
    caller.create("new")
    with caller.engine.store.write(caller.scope) as tx:
        assert tx.remembered("CreateOpportunity", "old", 0) is None
        assert tx.remembered("CreateOpportunity", "new", 0) is not None


@pytest.mark.parametrize("other", [{"account": OTHER_ACCOUNT}, {"catalog": "AWS"}])
def test_a_token_belongs_to_an_account_and_a_catalog(caller: Caller, other: dict[str, str]) -> None:
    first = caller.create("token", **BODY)
    elsewhere = Caller(caller.engine, **other)
    assert elsewhere.create("token")["Id"] != first["Id"]


def test_many_who_come_at_once_with_one_token_make_one_opportunity(caller: Caller) -> None:
    answers: list[Any] = []
    together = threading.Barrier(8)

    def create() -> None:
        together.wait()
        answers.append(caller.create("token", **BODY))

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [answers[0]] * 8
    assert len(caller.records()) == 1
