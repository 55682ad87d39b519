"""Carrying out deliveries: a thread for each sink, in one of the processes that share a database.

The process that delivers has a right which falls back to the others when it ends, however it ends, or is cut off from
the database. A sink's thread asks before each round whether it is still there. It sleeps until a commit wakes it, and
looks by itself a few times a second for what other processes have committed and for what the clock has made due. A
commit never waits for any of this.

Whatever goes wrong with the database, or in here, is reported and retried: no error ends a thread.
"""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from cosell.context import Now
from cosell.events.delivery import Delivery, Failure, Round
from cosell.events.sink import NamedSink, Sink
from cosell.outage import Outage, Tell
from cosell.store.outbox import DeliveryRight, Event, Outbox, Settlement

LOOK_S: Final = 0.2
"""The longest time until something is noticed that did not wake us."""
LOOK_AHEAD: Final = 4
"""How many times a sink's batch size is examined, to find enough events that may go together."""
RETENTION_MS: Final = 7 * 24 * 60 * 60 * 1000
"""How long an event stays readable after all sinks have it, unless the operator says otherwise. Our choice."""
PRUNED_EVERY_MS: Final = 60_000
PRUNING_LOOK_S: Final = 2.0
"""How often the engine's clock is checked for this."""
SINK_RECOVERS: Final = "sink takes events"
LAST_ROUNDS_S: Final = 2.0
"""How long an ending process continues to deliver what it can."""


class Log(Protocol):
    """Called with what happens to a sink."""

    def __call__(self, event: str, **facts: object) -> None:
        """Log an event with its facts."""


class Deliverer:
    """Delivers the events of an outbox to sinks, for as long as this process holds the lock."""

    def __init__(
        self,
        outbox: Outbox,
        sinks: Sequence[NamedSink],
        clock: Now,
        chance: random.Random,
        log: Log,
        tell: Tell,
        *,
        keep_ms: int = RETENTION_MS,
    ) -> None:
        self._outbox = outbox
        self._sinks = sinks
        self._clock = clock
        self._chance = chance
        self._log = log
        self._tell = tell
        self._keep_ms = keep_ms
        self._names = [sink.name for sink in sinks]
        self._carriers: list[Carrier] = []
        self._right: DeliveryRight | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deliverer", daemon=True)
        self._pruned_ms = 0

    def open(self) -> None:
        """Let every sink's cursor begin here: what is committed from now on will be delivered.

        Raises UserError if a sink cannot be opened.
        """
        for named in self._sinks:
            sink = named.open()
            self._outbox.open_sink(named.name)
            carrier = Carrier(
                self._outbox, named, sink, self._clock, self._chance, self._log, self._tell, self._may_deliver
            )
            self._carriers.append(carrier)

    def start(self) -> None:
        """Deliver from now on, in threads of our own."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver what can be delivered without delay, then stop. Idempotent; returns after a few seconds at most."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(LAST_ROUNDS_S * 2)

    def _run(self) -> None:
        last: DeliveryRight | None = None
        while (right := self._wait_for_turn()) is not None:
            self._right = last = right
            for carrier in self._carriers:
                carrier.start()
            self._look_after(right)
            if self._stopping.is_set():
                break
            self._log("another process may deliver events now")
        if last is not None:
            self._end(last)

    def _may_deliver(self) -> bool:
        return self._right is not None and self._right.is_held

    def _look_after(self, right: DeliveryRight) -> None:
        """Remove old events now and then, until this process is to stop, or has lost the right."""
        outage = Outage(self._tell, "removal of old events")
        while not self._stopping.wait(PRUNING_LOOK_S) and right.is_held:
            try:
                self._prune()
            except Exception as error:  # noqa: BLE001  # there is time until the next time
                outage.met(error)
            else:
                outage.over()

    def _end(self, right: DeliveryRight) -> None:
        for carrier in self._carriers:
            carrier.stop()
        for carrier in self._carriers:
            carrier.join(LAST_ROUNDS_S)
        try:
            right.give_back()
        except Exception as error:  # noqa: BLE001  # it ends by itself
            self._tell("end of the delivery of events", error)

    def _wait_for_turn(self) -> DeliveryRight | None:
        outage = Outage(self._tell, "delivery of events")
        while not self._stopping.is_set():
            try:
                right = self._outbox.become_deliverer()
            except Exception as error:  # noqa: BLE001  # it may be better the next time
                outage.met(error)
            else:
                outage.over()
                if right is not None:
                    return right
            self._stopping.wait(LOOK_S)
        return None

    def _prune(self) -> None:
        now_ms = self._clock()
        if abs(now_ms - self._pruned_ms) >= PRUNED_EVERY_MS:
            while self._outbox.prune(self._names, now_ms - self._keep_ms):
                pass
            self._pruned_ms = now_ms


class Carrier:
    """Carries the events of an outbox to one sink, in a thread of its own."""

    def __init__(
        self,
        outbox: Outbox,
        named: NamedSink,
        sink: Sink,
        clock: Now,
        chance: random.Random,
        log: Log,
        tell: Tell,
        may_deliver: Callable[[], bool] = lambda: True,
    ) -> None:
        self._outbox = outbox
        self._named = named
        self._sink = sink
        self._clock = clock
        self._chance = chance
        self._log = log
        self._may_deliver = may_deliver
        self._delivery: Delivery | None = None
        self._unsettled: Settlement | None = None
        self._failing = False
        self._outage = Outage(tell, "delivery of events", sink=named.name)
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sink {named.name}", daemon=True)

    def start(self) -> None:
        """Deliver from now on, whenever it is our turn. Idempotent."""
        if not self._thread.is_alive():
            self._thread.start()

    def stop(self) -> None:
        """Stop once nothing is left that can be delivered now."""
        self._stopping.set()
        self._awake.set()

    def join(self, patience_s: float) -> None:
        """Wait for the end."""
        self._thread.join(patience_s)

    def _run(self) -> None:
        stop_listening = self._outbox.listen(self._awake.set)
        self._look()
        while True:
            self._awake.clear()
            stopping = self._stopping.is_set()
            if self.step():
                continue
            if stopping:
                break
            self._awake.wait(LOOK_S)
        stop_listening()
        self._sink.close()

    def _look(self) -> None:
        """Report at once a sink that cannot take anything. It is tried anyway."""
        try:
            trouble = self._sink.trouble()
        except Exception as defect:  # noqa: BLE001  # as with a delivery
            trouble = type(defect).__name__
        if trouble is not None:
            self._log("sink cannot take events", sink=self._named.name, reason=trouble)

    def step(self) -> bool:
        """One round of deliveries. Whether there may be more to do at once."""
        if not self._may_deliver():  # whoever delivers now has gone on from what is written down
            self._delivery = self._unsettled = None
            return False
        try:
            more = self._settle_last() and self._deliver()
        except Exception as error:  # noqa: BLE001  # whatever it is, it may be better the next time
            self._outage.met(error)
            return False
        self._outage.over()
        return more

    def _settle_last(self) -> bool:
        """Store the last round, so that nothing is delivered again for lack of a note. Returns whether that worked."""
        if self._unsettled is not None:
            if not self._outbox.settle(self._named.name, self._unsettled):
                self._delivery = None  # somebody has moved the cursor: begin from there
            self._unsettled = None
        return True

    def _deliver(self) -> bool:
        delivery = self._current_delivery()
        if delivery is None or delivery.rests(now_ms := self._clock()):
            return False
        waiting = self._outbox.after(delivery.cursor, LOOK_AHEAD * self._sink.at_once)
        round_ = delivery.next_round(waiting, now_ms)
        if round_ == Round(delivery.cursor, [], []):
            return False
        outcomes = self._offer(round_, {found.position: found.event for found in waiting})
        self._unsettled = delivery.settle(round_, outcomes, self._clock(), self._chance.random)
        self._tell(self._unsettled)
        return self._settle_last()

    def _current_delivery(self) -> Delivery | None:
        """The delivery as the store has it; None while the sink wants nothing."""
        generation = self._outbox.generation(self._named.name)
        if generation is None:
            self._delivery = None
        elif self._delivery is None or self._delivery.generation != generation:
            state = self._outbox.state(self._named.name)
            self._delivery = Delivery(state, self._named.choice, at_once=self._sink.at_once)
        return self._delivery

    def _offer(self, round_: Round, at_hand: dict[int, Event]) -> list[Failure | None]:
        """The result for each event of a round. What was cleared meanwhile counts as delivered."""
        positions = [held.position for held in round_.offered]
        held = [position for position in positions if position not in at_hand]
        known = at_hand | self._outbox.at(held) if held else at_hand
        events = {position: known[position] for position in positions if position in known}
        try:
            outcomes = self._sink.deliver(list(events.values())) if events else []
            fared = dict(zip(events, outcomes, strict=True))
        except Exception as defect:  # noqa: BLE001  # a sink that fails in a new way must not end the delivery
            fared = dict.fromkeys(events, Failure(type(defect).__name__))
        return [fared.get(position) for position in positions]

    def _tell(self, settlement: Settlement) -> None:
        """Log what an operator should know, once."""
        name = self._named.name
        for letter in settlement.dead:
            self._log("event is a dead letter", sink=name, attempts=letter.attempts, reason=letter.reason)
        if settlement.gone:
            self._log("sink is gone", sink=name)
        if settlement.failed and not self._failing:
            reasons = [held.reason for held in settlement.held] + [letter.reason for letter in settlement.dead]
            self._log("sink fails", sink=name, reason=reasons[0])
        if self._failing and not settlement.failed and settlement.delivered:
            self._log(SINK_RECOVERS, sink=name)
        self._failing = bool(settlement.failed) if settlement.failed or settlement.delivered else self._failing
