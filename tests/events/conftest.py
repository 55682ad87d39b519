"""An outbox that a test fills by hand, sinks that fail as they are told, and a clock that the test moves."""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cosell.context import Scope
from cosell.engine import Engine
from cosell.events.choice import EVERYTHING, Choice
from cosell.events.deliverer import Carrier
from cosell.events.delivery import Failure
from cosell.events.sink import NamedSink
from cosell.store.outbox import Event
from tests.conftest import ACCOUNT, Server
from tests.store.caller import HandClock

RECEIVER = Scope(ACCOUNT, "Sandbox")
Decide = Callable[[Event], Failure | None]


def takes_all(_: Event) -> Failure | None:
    """A sink in good health."""
    return None


def is_down(_: Event) -> Failure | None:
    """A sink that nobody reaches."""
    return Failure("ConnectionRefusedError")


class ToldSink:
    """Takes or refuses each event as `decide` says. `got` are the identifiers that it has taken, in order."""

    def __init__(self, decide: Decide = takes_all, at_once: int = 3) -> None:
        self.decide = decide
        self.at_once = at_once
        self.got: list[str] = []
        self.offers: dict[str, int] = defaultdict(int)

    def deliver(self, events: Sequence[Event]) -> list[Failure | None]:
        """See `Sink.deliver`."""
        assert len(events) <= self.at_once
        assert len({event.subject for event in events}) == len(events), "one event of a subject at a time"
        outcomes = [self.decide(event) for event in events]
        for event, outcome in zip(events, outcomes, strict=True):
            self.offers[event.event_id] += 1
            if outcome is None:
                self.got.append(event.event_id)
        return outcomes

    def trouble(self) -> str | None:
        """See `Sink.trouble`."""
        return None

    def close(self) -> None:
        """See `Sink.close`."""


class Post:
    """An office in which events are announced and delivered step by step, without threads."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.engine = Engine.open(":memory:", clock=clock)
        self.outbox = self.engine.store.outbox
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.announced: list[Event] = []

    def announce(self, *subjects: str, receiver: Scope = RECEIVER, detail_type: str = "Opportunity Updated") -> None:
        """Commit an event about each of these, one after the other."""
        for subject in subjects:
            number = len(self.announced) + 1
            event = Event(f"{subject} {number}", receiver, detail_type, subject, self.clock(), b'{"n":%d}' % number)
            with self.engine.store.write(receiver) as tx:
                tx.announce(event)
            self.announced.append(event)

    def carrier(self, sink: ToldSink, name: str = "sink", choice: Choice = EVERYTHING) -> Carrier:
        """Who carries events to a sink, begun anew as after a crash."""
        self.outbox.open_sink(name)
        named = NamedSink(name, choice, lambda: sink)
        return Carrier(self.outbox, named, sink, self.clock, random.Random(1), self._tell, self.tell_outage)

    def _tell(self, event: str, **facts: object) -> None:
        self.told.append((event, facts))

    def tell_outage(self, what: str, error: Exception | None, **facts: object) -> None:
        self.told.append((what, {"error": error and str(error), **facts}))

    def status(self, name: str = "sink") -> Any:
        """What operators see of a sink."""
        return {status.name: status for status in self.outbox.statuses()}[name]


def run_until_quiet(carrier: Carrier) -> None:
    """Deliver all that can be delivered at this moment."""
    while carrier.step():
        pass


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def post(clock: HandClock) -> Any:
    post = Post(clock)
    yield post
    post.engine.close()


@pytest.fixture(scope="session")
def standing_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server for tests whose questions are refused, so that each finds it as it was."""
    server = Server("--db", ":memory:", cwd=tmp_path_factory.mktemp("standing"))
    yield server
    server.stop()
