"""What is kept of events: until every sink has them and a week longer, and by one deliverer at a time."""

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cosell.context import Scope
from cosell.engine import Engine
from cosell.events import deliverer as room
from cosell.events.choice import EVERYTHING
from cosell.events.deliverer import RETENTION_MS, Deliverer
from cosell.events.delivery import LONGEST_TRIED_MS, Failure
from cosell.events.sink import NamedSink
from cosell.outage import Tell
from cosell.serve.sink_figures import SinkFigures
from cosell.store.interface import StoreUnavailable
from tests.events.conftest import Post, ToldSink, is_down, run_until_quiet, takes_all
from tests.store.caller import Caller, HandClock

DAY_MS = 24 * 60 * 60 * 1000


def fails(*_: object) -> Any:
    raise StoreUnavailable("its disk is full")


def test_events_are_kept_for_a_week_after_every_sink_has_them(post: Post) -> None:
    slow, quick = ToldSink(is_down), ToldSink()
    carriers = [post.carrier(slow, "slow"), post.carrier(quick, "quick")]
    post.announce(*"ABC")
    for carrier in carriers:
        run_until_quiet(carrier)
    post.clock.now_ms += RETENTION_MS + 1
    assert post.outbox.prune(["quick"], post.clock.now_ms - RETENTION_MS) == 0, "they are held for the slow one"
    slow.decide = takes_all
    for _ in range(5):
        run_until_quiet(carriers[0])
        post.clock.now_ms += DAY_MS // 24
    post.announce("D")
    assert post.outbox.prune(["slow", "quick"], post.clock.now_ms - RETENTION_MS) == 3
    assert [waiting.event.subject for waiting in post.outbox.after(0, 10)] == ["D"]
    assert post.outbox.newest() == 4


def test_events_are_kept_as_long_as_the_operator_says(post: Post) -> None:
    post.announce(*"AB")
    post.clock.now_ms += 2 * DAY_MS
    for keep_ms, left in ((3 * DAY_MS, 2), (DAY_MS, 0)):
        deliverer = Deliverer(post.outbox, [], post.clock, random.Random(1), say, say, keep_ms=keep_ms)
        deliverer._prune()
        assert len(post.outbox.after(0, 10)) == left


def test_how_far_a_sink_has_come_is_reported_while_somebody_else_writes(tmp_path: Path) -> None:
    engine, other = (Engine.open(str(tmp_path / "pipeline.db")) for _ in range(2))
    engine.store.outbox.open_sink("a")
    with other.store.write(Scope("111122223333", "Sandbox")):
        state = engine.store.outbox.state("a")
    assert (state.cursor, state.held) == (0, [])


def test_events_that_a_named_sink_lacks_are_kept_however_old_they_are(post: Post) -> None:
    post.carrier(ToldSink(), "named")
    post.announce("A")
    later_ms = post.clock.now_ms + 10 * RETENTION_MS
    assert post.outbox.prune(["named"], later_ms) == 0
    assert post.outbox.prune([], later_ms) == 1, "but not for a sink that nobody names any more"


def test_dead_letters_are_kept_for_a_week(post: Post) -> None:
    sink = ToldSink(is_down)
    carrier = post.carrier(sink)
    post.announce("A")
    for _ in range(2):
        run_until_quiet(carrier)
        post.clock.now_ms += LONGEST_TRIED_MS
    died_ms = post.outbox.dead_letters(1)[0].letter.died_ms
    assert post.outbox.prune(["sink"], died_ms) == 0
    assert len(post.outbox.dead_letters(1)) == 1
    assert post.outbox.prune(["sink"], died_ms + 1) == 1
    assert post.outbox.dead_letters(1) == []


def test_what_cannot_be_noted_is_noted_later_and_not_delivered_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = ToldSink()
    carrier = post.carrier(sink)
    post.announce(*"AB")
    settle = post.outbox.settle
    monkeypatch.setattr(post.outbox, "settle", fails)
    for _ in range(5):
        assert not carrier.step()
    monkeypatch.setattr(post.outbox, "settle", settle)
    run_until_quiet(carrier)
    assert sorted(sink.got) == ["A 1", "B 2"]
    assert post.status().delivered == 2
    assert post.told == [
        ("delivery of events", {"sink": "sink", "error": "its disk is full"}),
        ("delivery of events", {"sink": "sink", "error": None}),
    ]


def test_figures_of_sinks_are_missing_while_the_database_does_not_answer(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    SinkFigures(post.outbox, post.clock, registry, post.tell_outage)
    post.carrier(ToldSink())
    assert registry.get_sample_value("cosell_sink_waiting_events", {"sink": "sink"}) == 0
    statuses = post.outbox.statuses
    monkeypatch.setattr(post.outbox, "statuses", fails)
    for _ in range(2):
        assert registry.get_sample_value("cosell_sink_waiting_events", {"sink": "sink"}) is None
    monkeypatch.setattr(post.outbox, "statuses", statuses)
    assert registry.get_sample_value("cosell_sink_waiting_events", {"sink": "sink"}) == 0
    what = "reading the figures of sinks"
    assert post.told == [(what, {"error": "its disk is full"}), (what, {"error": None})]


@pytest.fixture
def file_engine(tmp_path: Path) -> Any:
    engine = Engine.open(str(tmp_path / "pipeline.db"), clock=HandClock())
    yield engine
    engine.close()


def test_one_deliverer_at_a_time(file_engine: Engine, tmp_path: Path) -> None:
    other = Engine.open(str(tmp_path / "pipeline.db"))
    right = file_engine.store.outbox.become_deliverer()
    assert right is not None
    assert other.store.outbox.become_deliverer() is None
    right.give_back()
    taken_over = other.store.outbox.become_deliverer()
    assert taken_over is not None
    taken_over.give_back()
    other.close()


def test_a_lock_that_cannot_be_made_says_try_again(file_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "pipeline.db-delivery").mkdir()
    with pytest.raises(StoreUnavailable, match="Is a directory"):
        file_engine.store.outbox.become_deliverer()


class Waiting(ToldSink):
    """Lets a test wait for what it gets."""

    def __init__(self) -> None:
        super().__init__(self._count, at_once=1)
        self.arrived = threading.Semaphore(0)

    def _count(self, _: object) -> Failure | None:
        self.arrived.release()
        return None


def say(*_: object, **__: object) -> None:
    """Nobody listens."""


def delivering(engine: Engine, sink: ToldSink, tell: Tell = say) -> Deliverer:
    named = [NamedSink("sink", EVERYTHING, lambda: sink)]
    deliverer = Deliverer(engine.store.outbox, named, engine.clock, random.Random(1), say, tell)
    deliverer.open()
    return deliverer


@pytest.mark.parametrize(
    "error", [StoreUnavailable("its disk is full"), RuntimeError("a defect"), OSError(37, "locks")]
)
@pytest.mark.parametrize("troubled", ["become_deliverer", "prune", "after", "settle", "state"])
def test_a_deliverer_outlives_whatever_goes_wrong(
    file_engine: Engine, monkeypatch: pytest.MonkeyPatch, troubled: str, error: Exception
) -> None:
    monkeypatch.setattr(room, "LOOK_S", 0.01)
    monkeypatch.setattr(room, "PRUNING_LOOK_S", 0.01)
    outbox = file_engine.store.outbox
    sound: Callable[..., Any] = getattr(outbox, troubled)
    failed = threading.Semaphore(0)

    def trouble(*arguments: Any) -> Any:
        failed.release()
        raise error

    sink = Waiting()
    told: list[tuple[str, Exception | None]] = []
    deliverer = delivering(file_engine, sink, lambda what, error, **_: told.append((what, error)))
    monkeypatch.setattr(outbox, troubled, trouble)
    deliverer.start()
    Caller(file_engine).create("first")
    for _ in range(3):
        assert failed.acquire(timeout=60)
    monkeypatch.setattr(outbox, troubled, sound)
    assert sink.arrived.acquire(timeout=60)
    while told[-1][1] is not None:
        pass
    deliverer.stop()
    deliverer.stop()
    what = "removal of old events" if troubled == "prune" else "delivery of events"
    assert told == [(what, error), (what, None)], "told once, and when it is over"
    assert sink.got == list(dict.fromkeys(sink.got)), "nothing comes twice"


def test_a_sink_that_cannot_be_looked_at_is_reported_and_delivered_to_all_the_same(file_engine: Engine) -> None:
    sink = Waiting()
    sink.trouble = lambda: 1 // 0  # type: ignore[method-assign,assignment,return-value]
    told: list[tuple[str, object]] = []
    named = [NamedSink("sink", EVERYTHING, lambda: sink)]

    def log(event: str, **facts: object) -> None:
        told.append((event, facts["reason"]))

    deliverer = Deliverer(file_engine.store.outbox, named, file_engine.clock, random.Random(1), log, say)
    deliverer.open()
    deliverer.start()
    Caller(file_engine).create("first")
    assert sink.arrived.acquire(timeout=60)
    deliverer.stop()
    assert told == [("sink cannot take events", "ZeroDivisionError")]


def test_a_sink_that_answers_for_too_few_events_is_a_sink_that_fails(post: Post) -> None:
    sink = ToldSink()
    carrier = post.carrier(sink)
    post.announce(*"AB")
    deliver = sink.deliver
    sink.deliver = lambda events: deliver(events)[1:]  # type: ignore[method-assign]
    assert carrier.step()
    assert post.status().failed == 2
    assert [told[0] for told in post.told] == ["sink fails"]


def test_a_deliverer_that_never_had_its_turn_ends_too(file_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    right = file_engine.store.outbox.become_deliverer()
    assert right is not None
    deliverer = delivering(file_engine, ToldSink())
    deliverer.stop()
    deliverer.start()
    deliverer.stop()
    right.give_back()
