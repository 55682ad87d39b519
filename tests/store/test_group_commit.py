"""Calls that are answered together get the answers that each would get alone, and are durable together."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell import flow
from cosell.engine import Engine
from cosell.flow import Answer, Call
from cosell.store.sqlite import SqliteStore
from tests.complete_opportunity import UPDATED, complete
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.store.caller import Caller, HandClock
from tests.store.test_faults import ERRORS, MANNERS, everything, failing_at


def call(operation: str, account: str = ACCOUNT, **members: Any) -> Call:
    headers = {
        b"x-amz-target": f"AWSPartnerCentralSelling.{operation}".encode(),
        b"authorization": f"AWS4-HMAC-SHA256 Credential={account}/".encode(),
    }
    return Call("POST", "/", headers, json.dumps({"Catalog": "Sandbox"} | members).encode())


def create(token: str, account: str = ACCOUNT, **members: Any) -> Call:
    return call("CreateOpportunity", account, ClientToken=token, **complete(**members))


def opened(path: Path) -> Engine:
    return Engine.open(str(path), clock=HandClock(), chance=random.Random(7))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = opened(tmp_path / "together.db")
    yield engine
    engine.close()


def store_of(engine: Engine) -> SqliteStore:
    assert isinstance(engine.store, SqliteStore)
    return engine.store


ASKED = st.one_of(
    st.builds(
        lambda token, account, title: (
            "CreateOpportunity",
            account,
            complete(ClientToken=token, Project={"Title": title}),
        ),
        st.sampled_from("abcdef"),
        st.sampled_from([ACCOUNT, OTHER_ACCOUNT]),
        st.sampled_from(["one", "two"]),
    ),
    st.builds(
        lambda number, moment: (
            "UpdateOpportunity",
            ACCOUNT,
            UPDATED | {"Identifier": f"O{number}", "LastModifiedDate": moment},
        ),
        st.integers(1_000_001, 1_000_003),
        st.sampled_from(["2026-05-28T20:26:40.000Z", "2026-05-28T20:26:40.001Z", "2026-05-28T20:26:40.002Z"]),
    ),
    st.just(("CreateOpportunity", ACCOUNT, {"ClientToken": ""})),
    st.just(("NoOperation", ACCOUNT, {})),
    st.just(("GetOpportunity", ACCOUNT, {"Identifier": "O9"})),
)


@given(asked=st.lists(ASKED, min_size=2, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_together_or_alone_the_answers_and_the_database_are_the_same_to_the_byte(
    asked: list[tuple[str, str, dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("together")
    alone, together = opened(folder / "alone.db"), opened(folder / "together.db")
    one_by_one = [flow.answer(alone, call(name, account, **members)) for name, account, members in asked]
    at_once = flow.answer_group(together, [call(name, account, **members) for name, account, members in asked])
    assert [(answer.status, answer.body) for answer in at_once] == [
        (answer.status, answer.body) for answer in one_by_one
    ]
    ours, theirs = everything(store_of(together)), everything(store_of(alone))
    assert ours[1:] == theirs[1:], "but for the key that signs tokens"
    alone.close()
    together.close()


def test_one_wait_for_the_disk_serves_all(engine: Engine) -> None:
    statements: list[str] = []

    def trace(_: object, statement: str, __: object) -> bool:
        statements.append(statement)
        return True

    store_of(engine)._writer.exec_trace = trace
    answers = flow.answer_group(engine, [create(f"number {number}") for number in range(10)])
    assert {answer.status for answer in answers} == {200}
    assert statements.count("COMMIT") == 1
    store_of(engine)._writer.exec_trace = None


def test_listeners_wake_once_all_is_durable(engine: Engine) -> None:
    seen: list[int] = []
    engine.store.outbox.listen(lambda: seen.append(engine.store.outbox.newest()))
    flow.answer_group(engine, [create(f"number {number}") for number in range(3)])
    flow.answer_group(engine, [create("number 0"), call("GetOpportunity", Identifier="O9")])
    assert seen == [3]


def kept(engine: Engine) -> list[str]:
    """Titles in the database."""
    return [
        record["Project"]["Title"]
        for account in (ACCOUNT, OTHER_ACCOUNT)
        for record in Caller(engine, account).records()
    ]


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("error", ERRORS[:2])
def test_whoever_is_told_of_success_is_in_the_database_whatever_fails(
    tmp_path: Path, error: type[apsw.Error], manner: str
) -> None:
    """The n-th statement fails, for each n: an answer of success is kept, and nothing is kept of a refusal."""
    engine = opened(tmp_path / "faults.db")
    whole = 0
    for nth in range(1, 100):
        titles = [f"{nth} {number}" for number in range(3)]
        accounts = [ACCOUNT, OTHER_ACCOUNT, ACCOUNT]
        calls = [
            create(f"token {title}", account, Project={"Title": title})
            for title, account in zip(titles, accounts, strict=True)
        ]
        with failing_at(store_of(engine), nth, error, manner) as has_failed:
            answers: list[Answer] = flow.answer_group(engine, calls)
        statuses = {title: answer.status for title, answer in zip(titles, answers, strict=True)}
        found = [title for title in kept(engine) if title in titles]
        assert set(statuses.values()) <= {200, 503}
        if manner == "after the step" and set(statuses.values()) == {503} and found:
            assert found == [titles[0], titles[2], titles[1]], "only a commit that was not heard of may change anything"
            continue
        assert sorted(found) == [title for title in titles if statuses[title] == 200]
        if not has_failed():
            whole += 1
            break
    assert whole == 1
    engine.close()


def test_what_fails_by_itself_takes_nobody_with_it(engine: Engine) -> None:
    first = create("first", Project={"Title": "first"})
    conflict = create("first", Project={"Title": "another"})
    last = create("last", Project={"Title": "last"})
    assert [answer.status for answer in flow.answer_group(engine, [first, conflict, last])] == [200, 400, 200]
    assert kept(engine) == ["first", "last"]
