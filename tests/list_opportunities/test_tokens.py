"""NextToken: it leads on anywhere for a day, and is worth nothing for any other question."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cosell.engine import Engine
from tests.conftest import OTHER_ACCOUNT, Server
from tests.list_opportunities.oracle import SORT_KEYS
from tests.list_opportunities.questions import data_sets, page_sizes, requests
from tests.list_opportunities.walk import walk
from tests.store.caller import DAY_MS, Caller, HandClock, Record, Refused, record

CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "another account": {},
    "another catalog": {"Catalog": "AWS"},
    "another order": {"Sort": {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"}},
    "another sort key": {"Sort": {"SortBy": "CreatedDate", "SortOrder": "DESCENDING"}},
    "another stage": {"LifeCycleStage": ["Qualified"]},
    "one more stage": {"LifeCycleStage": ["Prospect", "Qualified"]},
    "no stage": {"LifeCycleStage": None},
    "a status beside it": {"LifeCycleReviewStatus": ["Pending Submission"]},
    "a company beside it": {"CustomerCompanyName": [""]},
    "an identifier beside it": {"Identifier": ["O1"]},
    "a bound on changes beside it": {"LastModifiedDate": {"AfterLastModifiedDate": 0}},
    "a bound on creation beside it": {"CreatedDate": {"AfterCreatedDate": 0}},
    "a bound on closing beside it": {"TargetCloseDate": {"AfterTargetCloseDate": "1000-01-01"}},
}
QUESTION: dict[str, Any] = {"LifeCycleStage": ["Prospect"], "MaxResults": 2}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def caller(clock: HandClock) -> Iterator[Caller]:
    """A caller with five opportunities in each catalog."""
    engine = Engine.open(":memory:", clock=clock)
    for catalog in ("AWS", "Sandbox"):
        Caller(engine, catalog=catalog).put([record(f"O{number}", Catalog=catalog) for number in range(5)])
    yield Caller(engine)
    engine.close()


def refusal(caller: Caller, token: str, **request: Any) -> Record:
    """The body of the refusal of a token."""
    with pytest.raises(Refused) as refused:
        caller.page(**request, NextToken=token)
    assert refused.value.status == 400
    body = refused.value.body
    assert body["Reason"] == "REQUEST_VALIDATION_FAILED"
    assert [(error["FieldName"], error["Code"]) for error in body["ErrorList"]] == [("NextToken", "INVALID_VALUE")]
    return body


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_a_token_of_another_question_is_refused(caller: Caller, contradiction: str) -> None:
    token = caller.page(**QUESTION)["NextToken"]
    asker = Caller(caller.engine, OTHER_ACCOUNT) if contradiction == "another account" else caller
    refused = refusal(asker, token, **QUESTION | CONTRADICTIONS[contradiction])
    assert refused == refusal(caller, "rubbish", **QUESTION), "no answer tells why a token is refused"


def test_order_and_repetition_of_filter_values_do_not_matter(caller: Caller) -> None:
    asked = {
        "LifeCycleStage": ["Prospect", "Qualified"],
        "LifeCycleReviewStatus": ["Approved", "Pending Submission"],
        "CustomerCompanyName": ["", "STRASSE"],
        "Identifier": ["O1", "O2", "O3"],
    }
    token = caller.page(**asked, MaxResults=1)["NextToken"]
    asked_again = {
        "LifeCycleStage": ["Qualified", "Prospect", "Qualified"],
        "LifeCycleReviewStatus": ["Pending Submission", "Approved"],
        "CustomerCompanyName": ["straße", "", ""],
        "Identifier": ["O3", "O2", "O1", "O2"],
        "Sort": {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"},
        "CreatedDate": {},
    }
    page = caller.page(**asked_again, MaxResults=100, NextToken=token)
    assert [summary["Id"] for summary in page["OpportunitySummaries"]] == ["O2", "O1"]


def tampered(token: str) -> Iterator[str]:
    """The token with each byte changed, cut at every place, lengthened, and of a version that does not exist."""
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        yield urlsafe_b64encode(changed).decode().rstrip("=")
    for place in range(len(token)):
        yield token[:place]
        yield token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        yield token[:place] + "\n" + token[place:]
    for end in ("A", "=", "==", "AAAA", "\n", "ä", "\0", "😀"):
        yield token + end
    yield urlsafe_b64encode(b"\2" + raw[1:]).decode().rstrip("=")
    yield token.replace("-", "+").replace("_", "/") + "."


def test_a_token_that_was_touched_anywhere_is_refused(caller: Caller) -> None:
    token = caller.page(**QUESTION)["NextToken"]
    answers = {json.dumps(refusal(caller, touched, **QUESTION)) for touched in tampered(token)}
    assert len(answers) == 1, "no answer tells why a token is refused"


@given(text=st.text(max_size=200) | st.binary(max_size=120).map(lambda raw: urlsafe_b64encode(raw).decode()))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_no_token_is_refused(caller: Caller, text: str) -> None:
    refusal(caller, text, **QUESTION)


def test_a_token_lives_for_a_day(caller: Caller, clock: HandClock) -> None:
    token = caller.page(**QUESTION)["NextToken"]
    clock.now_ms += DAY_MS
    assert len(caller.page(**QUESTION, NextToken=token)["OpportunitySummaries"]) == 2
    clock.now_ms += 1
    assert refusal(caller, token, **QUESTION) == refusal(caller, "rubbish", **QUESTION)


def test_a_token_survives_a_clock_that_is_set_back(caller: Caller, clock: HandClock) -> None:
    token = caller.page(**QUESTION)["NextToken"]
    clock.now_ms -= 3_600_000
    assert len(caller.page(**QUESTION, NextToken=token)["OpportunitySummaries"]) == 2


@pytest.mark.parametrize("by", SORT_KEYS)
def test_the_longest_token_has_at_most_2048_characters(caller: Caller, by: str) -> None:
    longest = max(map(chr, (*range(0xD800), *range(0xE000, 0x110000))), key=_bytes_of_key)
    caller.put(
        [
            record(f"O{number:019d}", Customer={"Account": {"CompanyName": character * 120}})
            for number, character in enumerate((longest, longest, "\0", "\0", "\U0010ffff", "\U0010ffff"))
        ]
    )
    for order in ("ASCENDING", "DESCENDING"):
        page: Record = {"NextToken": None}
        while "NextToken" in page:
            assert len(page["NextToken"] or "") <= 2048
            page = caller.page(Sort={"SortBy": by, "SortOrder": order}, MaxResults=1, NextToken=page["NextToken"])


def _bytes_of_key(character: str) -> int:
    return len((character.casefold() + character).encode())


def test_a_token_works_in_every_process_and_after_a_restart(serve: Callable[..., Server], tmp_path: Path) -> None:
    engine = Engine.open(str(tmp_path / "shared.db"))
    Caller(engine).put([record(f"O{number}") for number in range(5)])
    engine.close()
    first, second = serve("--db", "shared.db"), serve("--db", "shared.db")
    page = first.client().list_opportunities(Catalog="Sandbox", MaxResults=1)
    page = second.client().list_opportunities(Catalog="Sandbox", MaxResults=1, NextToken=page["NextToken"])
    assert [summary["Id"] for summary in page["OpportunitySummaries"]] == ["O3"]
    first.kill()
    second.stop()
    restarted = serve("--db", "shared.db").client()
    page = restarted.list_opportunities(Catalog="Sandbox", NextToken=page["NextToken"])
    assert [summary["Id"] for summary in page["OpportunitySummaries"]] == ["O2", "O1", "O0"]


def test_a_token_of_another_installation_is_refused(caller: Caller) -> None:
    other = Caller(Engine.open(":memory:"))
    other.put([record(f"O{number}") for number in range(5)])
    refusal(caller, other.page(**QUESTION)["NextToken"], **QUESTION)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(mine=data_sets(12), theirs=data_sets(12), request=requests(), sizes=page_sizes)
def test_scopes_never_see_each_other(
    newcomer: Callable[[], Caller],
    small: int,
    mine: list[Record],
    theirs: list[Record],
    request: dict[str, Any],
    sizes: list[int],
) -> None:
    alone, together, other = newcomer(), newcomer(), newcomer()
    alone.put(mine)
    together.put(mine)
    other.put(theirs)
    Caller(together.engine, together.scope.account, "AWS").put(
        [opportunity | {"Catalog": "AWS"} for opportunity in theirs]
    )
    assert walk(together, request, sizes) == walk(alone, request, sizes)
    for opportunity in theirs:
        assert _outcome(together, opportunity["Id"]) == _outcome(alone, opportunity["Id"])
    token = other.page(**request, MaxResults=1).get("NextToken")
    if token is not None:
        refusal(together, token, **request)
    with alone.engine.store.read(together.scope) as tx:
        assert tx.count() == len(mine)


def _outcome(caller: Caller, identifier: str) -> tuple[int, Record]:
    try:
        return 200, caller.get(identifier)
    except Refused as refused:
        return refused.status, refused.body


def test_what_another_account_has_is_not_found(newcomer: Callable[[], Caller]) -> None:
    owner, stranger = newcomer(), newcomer()
    created = owner.create("first")
    with pytest.raises(Refused) as refused:
        stranger.get(created["Id"])
    assert (refused.value.name, refused.value.status) == ("ResourceNotFoundException", 400)
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        stranger.update(created["Id"], LastModifiedDate=created["LastModifiedDate"])
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        Caller(owner.engine, owner.scope.account, "AWS").get(created["Id"])


def test_a_scope_that_was_never_written_to_is_empty(newcomer: Callable[[], Caller]) -> None:
    nobody = newcomer()
    everything = {
        "Identifier": ["O1"],
        "CustomerCompanyName": [""],
        "CreatedDate": {"AfterCreatedDate": 0},
    }
    assert nobody.page(**everything) == {"OpportunitySummaries": []}
    assert nobody.page(CreatedDate={"AfterCreatedDate": 0}) == {"OpportunitySummaries": []}
    assert nobody.page() == {"OpportunitySummaries": []}
