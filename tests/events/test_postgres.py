"""Delivery by one of many processes over PostgreSQL: the right passes on, and news of events comes from everywhere."""

import signal
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from cosell.engine import Engine
from cosell.store.interface import StoreUnavailable
from cosell.store.outbox import Settlement
from cosell.store.postgres import delivery_lease
from tests.conftest import Server
from tests.events.receiver import Receiver
from tests.events.test_outbox import Waiting, delivering
from tests.events.test_serving import SECRET_VARIABLE, until_settled
from tests.events.test_stream import create
from tests.postgres import Postgres
from tests.store.caller import Caller, HandClock

TAKEN_FOR_A_SECOND = b"UPDATE delivery_lease SET holder = 'another', until = clock_timestamp() + interval '1 second'"


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.new_database()


@pytest.fixture
def engines(url: str) -> Iterator[tuple[Engine, Engine]]:
    """Two processes' engines over one database."""
    both = Engine.open(url, clock=HandClock()), Engine.open(url, clock=HandClock())
    yield both
    for engine in both:
        engine.close()


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_delivery_passes_on_when_the_delivering_server_is_killed(serve: Callable[..., Server], url: str) -> None:
    with Receiver() as receiver:
        options = ("--db", url, "--sink", receiver.url)
        first, second = (serve(*options, environment=SECRET_VARIABLE) for _ in range(2))
        created = [create(first, "first"), create(second, "second")]
        assert sorted(receiver.until(2)) == created
        until_settled(second)
        first.kill()
        created += [create(second, f"again {number}") for number in range(3)]
        assert sorted(receiver.until(5)) == created
        identifiers = [event["id"] for event in receiver.events]
        assert len(identifiers) == len(set(identifiers)), "whoever takes over goes on where the other one was"


def test_a_server_that_stood_still_does_not_deliver_what_another_one_has_taken_over(
    serve: Callable[..., Server], url: str
) -> None:
    with Receiver() as receiver:
        options = ("--db", url, "--sink", receiver.url)
        first, second = (serve(*options, environment=SECRET_VARIABLE) for _ in range(2))
        created = [create(first, "first")]
        assert receiver.until(1) == created
        until_settled(second)
        first.process.send_signal(signal.SIGSTOP)
        created.append(create(second, "second"))
        assert sorted(receiver.until(2)) == created
        first.process.send_signal(signal.SIGCONT)
        created += [create(first, f"again {number}") for number in range(3)]
        assert sorted(receiver.until(5)) == created
        until_settled(first)
        assert len(receiver.events) == len(created)


def test_one_process_has_the_right_and_gives_it_back(engines: tuple[Engine, Engine]) -> None:
    first, second = (engine.store.outbox for engine in engines)
    right = first.become_deliverer()
    assert right is not None
    assert right.is_held
    assert second.become_deliverer() is None
    right.give_back()
    until(lambda: not right.is_held)
    other = second.become_deliverer()
    assert other is not None
    other.give_back()


def test_a_right_is_kept_for_longer_than_a_lease(
    engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LEASE_S", 0.6), ("RENEWED_EVERY_S", 0.05), ("STOPS_BEFORE_S", 0.1)):
        monkeypatch.setattr(delivery_lease, name, value)
    right = engines[0].store.outbox.become_deliverer()
    assert right is not None
    ends = time.monotonic() + 1.5
    while time.monotonic() < ends:
        assert engines[1].store.outbox.become_deliverer() is None
    assert right.is_held
    right.give_back()


def test_who_is_cut_off_stops_and_what_it_writes_down_late_is_refused(engines: tuple[Engine, Engine], url: str) -> None:
    first, second = (engine.store.outbox for engine in engines)
    state = first.open_sink("sink")
    right = first.become_deliverer()
    assert right is not None
    state = first.state("sink")
    with psycopg.connect(url, autocommit=True) as other:  # what a process that stood still for long finds
        other.execute("UPDATE delivery_lease SET until = clock_timestamp()")
    taken_over = second.become_deliverer()
    assert taken_over is not None
    assert not first.settle("sink", Settlement(cursor=7, generation=state.generation, delivered=7))
    assert second.state("sink").cursor == state.cursor
    until(lambda: not right.is_held)
    right.give_back()
    assert taken_over.is_held
    assert first.become_deliverer() is None, "what is given back late is nobody else's"
    taken_over.give_back()


def test_a_deliverer_that_has_lost_its_right_leaves_the_rest_and_comes_back(
    engines: tuple[Engine, Engine], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LEASE_S", 2.0), ("RENEWED_EVERY_S", 0.05)):
        monkeypatch.setattr(delivery_lease, name, value)
    sink, other_sink = Waiting(), Waiting()
    deliverer, other = delivering(engines[0], sink), delivering(engines[1], other_sink)
    deliverer.start()
    caller = Caller(engines[0])
    caller.create("first")
    assert sink.arrived.acquire(timeout=60)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "UPDATE delivery_lease SET holder = 'another', until = clock_timestamp() + interval '1 second'"
        )
    until(lambda: not deliverer._may_deliver())
    other.start()
    caller.create("second")
    until(lambda: bool(sink.got[1:] or other_sink.got))
    assert len(sink.got) + len(other_sink.got) == 2, "nothing comes twice"
    other.stop()
    deliverer.stop()


def test_an_outage_of_the_lease_is_no_end_of_it(
    engines: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_lease, "RENEWED_EVERY_S", 0.05)
    store = engines[0].store
    right = store.outbox.become_deliverer()
    assert right is not None
    tried = threading.Semaphore(0)
    connections = store.connections  # type: ignore[attr-defined]
    lent = connections.lent

    def gone() -> None:
        tried.release()
        raise StoreUnavailable("it cannot be reached")

    monkeypatch.setattr(connections, "lent", gone)
    for _ in range(3):
        assert tried.acquire(timeout=60)
    monkeypatch.setattr(connections, "lent", lent)
    assert right.is_held
    right.give_back()


def test_events_of_another_process_wake_whoever_listens(
    engines: tuple[Engine, Engine], postgres: Postgres, url: str
) -> None:
    woken = threading.Semaphore(0)
    stop = engines[0].store.outbox.listen(woken.release)
    assert woken.acquire(timeout=60), "of what was there before"
    caller = Caller(engines[1])
    caller.create("first")
    assert woken.acquire(timeout=60)
    postgres.end_connections(url)
    assert woken.acquire(timeout=60), "it hears again by itself"
    caller.create("second")
    assert woken.acquire(timeout=60)
    stop()


def test_schemas_of_one_database_do_not_wake_each_other(postgres: Postgres) -> None:
    one, other = (Engine.open(postgres.new_schema(), clock=HandClock()) for _ in range(2))
    woken = threading.Semaphore(0)
    one.store.outbox.listen(woken.release)
    assert woken.acquire(timeout=60)
    Caller(other).create("elsewhere")
    Caller(one).create("here")
    assert woken.acquire(timeout=60), "by its own commit"
    assert woken.acquire(timeout=60), "and by the database's word of it"
    assert not woken.acquire(timeout=0.3)
    for engine in (one, other):
        engine.close()
