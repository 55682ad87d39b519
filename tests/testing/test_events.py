"""Events in process: a list in their order, to wait for, to take from, and to be called back by."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

import cosell
from cosell.errors import UserError
from tests.conftest import ACCOUNT, OTHER_ACCOUNT

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def engine() -> Any:
    with cosell.LocalEngine(account=ACCOUNT, clock=START) as engine:
        yield engine


def types(events: Any) -> list[str]:
    return [event["detail-type"] for event in events]


def test_events_are_a_list_in_the_order_of_the_changes(engine: cosell.LocalEngine) -> None:
    first, second = engine.opportunities.create(), engine.opportunities.create()
    engine.opportunities.submit(first)
    assert [(event["detail-type"], event["detail"]["opportunity"]["identifier"]) for event in engine.events] == [
        ("Opportunity Created", first),
        ("Opportunity Created", second),
        ("Opportunity Updated", first),
    ]
    assert engine.events[0]["account"] == ACCOUNT
    assert len(engine.events[1:]) == 2


def test_a_client_and_its_engine_have_one_list() -> None:
    client = cosell.connect(account=ACCOUNT)
    engine = cosell.engine_of(client)
    assert cosell.events(client) is cosell.events(engine) is engine.events
    theirs = engine.client(account=OTHER_ACCOUNT)
    engine.opportunities.create()
    assert (len(cosell.events(client)), len(cosell.events(theirs))) == (1, 0)


def test_what_a_database_had_before_is_not_in_the_list(tmp_path: Any) -> None:
    url = str(tmp_path / "pipeline.db")
    with cosell.LocalEngine(url) as engine:
        engine.opportunities.create()
    with cosell.LocalEngine(url) as engine:
        assert not engine.events
        engine.opportunities.create()
        assert len(engine.events) == 1


def test_an_event_is_taken_out_of_the_list_and_still_known_to_have_been_sent(engine: cosell.LocalEngine) -> None:
    deal = engine.opportunities.create()
    engine.opportunities.submit(deal)
    assert engine.events.pop("Opportunity Updated")["detail"]["opportunity"]["identifier"] == deal
    assert types(engine.events) == ["Opportunity Created"]
    assert types(engine.events.sent) == ["Opportunity Created", "Opportunity Updated"]
    engine.events.assert_sent("Opportunity Updated", identifier=deal)
    with pytest.raises(TimeoutError, match=f"no Opportunity Updated .*\n.*Opportunity Created {deal}"):
        engine.events.pop("Opportunity Updated")
    engine.events.clear()
    assert not engine.events
    engine.events.assert_not_sent("Opportunity Created")


def test_an_event_that_another_thread_brings_about_is_waited_for(engine: cosell.LocalEngine) -> None:
    begun = threading.Event()

    def create() -> None:
        begun.wait()
        engine.opportunities.create("Acme")

    other = threading.Thread(target=create)
    other.start()
    try:
        begun.set()
        assert engine.events.wait_for("Opportunity Created", timeout=30)["detail-type"] == "Opportunity Created"
    finally:
        other.join()
    assert len(engine.events) == 1, "who waits takes nothing"


def test_what_becomes_due_is_waited_for() -> None:
    quick = {"when": [{"then": [{"after": "100ms", "do": "start"}, {"after": "100ms", "do": "approve"}]}]}
    with cosell.LocalEngine(review=quick) as engine:
        deal = engine.opportunities.create()
        engine.opportunities.submit(deal)
        engine.events.clear()
        engine.events.pop("Opportunity Updated", identifier=deal, timeout=30)
        engine.events.pop("Opportunity Updated", identifier=deal, timeout=30)
        assert engine.opportunities.get(deal)["LifeCycle"]["ReviewStatus"] == "Approved"


def test_whoever_listens_is_called_in_order_and_may_call_the_service(engine: cosell.LocalEngine) -> None:
    client: Any = engine.client()
    seen: list[tuple[str, str]] = []

    def submit(event: dict[str, Any]) -> None:
        deal = event["detail"]["opportunity"]["identifier"]
        seen.append((event["detail-type"], deal))
        if event["detail-type"] == "Opportunity Created":
            client.submit_opportunity(Catalog="Sandbox", Identifier=deal, InvolvementType="Co-Sell", Visibility="Full")

    stop = engine.events.listen(submit)
    deal = client.create_opportunity(Catalog="Sandbox", ClientToken="1", **cosell.example_opportunity())["Id"]
    engine.review.approve(deal)
    stop()
    engine.opportunities.create()
    assert seen == [("Opportunity Created", deal), ("Opportunity Updated", deal), ("Opportunity Updated", deal)]


def test_whoever_listens_to_one_kind_hears_no_other(engine: cosell.LocalEngine) -> None:
    heard: list[Any] = []
    engine.events.listen(heard.append, "Opportunity Updated")
    deal = engine.opportunities.create()
    engine.opportunities.submit(deal)
    assert types(heard) == ["Opportunity Updated"]


def test_a_listener_that_fails_fails_the_call(engine: cosell.LocalEngine) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError("in the listener")

    engine.events.listen(fail)
    with pytest.raises(ZeroDivisionError, match="in the listener"):
        engine.client().create_opportunity(Catalog="Sandbox", ClientToken="1", **cosell.example_opportunity())


def test_a_referral_is_an_event_of_its_own(engine: cosell.LocalEngine) -> None:
    invitation = engine.review.refer().invitation_id
    event = engine.events.assert_sent("Engagement Invitation Created", identifier=invitation)
    assert event["detail"]["engagementInvitation"]["participantType"] == "RECEIVER"


def test_a_failing_assertion_tells_what_was_sent_instead(engine: cosell.LocalEngine) -> None:
    with pytest.raises(AssertionError) as nothing:
        engine.events.assert_sent("Opportunity Created")
    assert str(nothing.value) == "no Opportunity Created was sent; nothing was sent"
    deal = engine.opportunities.create()
    with pytest.raises(AssertionError) as another:
        engine.events.assert_sent("Opportunity Created", identifier="O7")
    assert str(another.value) == (
        f"no Opportunity Created of O7 was sent; this was sent:\n  2026-05-04T09:00:00Z Opportunity Created {deal}"
    )
    with pytest.raises(AssertionError, match="was sent 1 times, not 2"):
        engine.events.assert_sent("Opportunity Created", identifier=deal, times=2)
    with pytest.raises(AssertionError, match=f"Opportunity Created of {deal} was sent; this was sent"):
        engine.events.assert_not_sent("Opportunity Created", identifier=deal)
    engine.events.assert_sent("Opportunity Created", identifier=deal, times=1)
    engine.events.assert_not_sent("Opportunity Updated")


@pytest.mark.parametrize("ask", ["assert_sent", "assert_not_sent", "wait_for", "pop"])
def test_an_event_that_the_service_does_not_send_is_refused(engine: cosell.LocalEngine, ask: str) -> None:
    with pytest.raises(UserError, match=r"no event 'Opportunity updated'; did you mean Opportunity Updated\?"):
        getattr(engine.events, ask)("Opportunity updated")
