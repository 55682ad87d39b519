"""What one sink has received, what it gets next, and when: all of delivery, without a sink, a store or a clock.

* Events of one subject reach the sink in the order of their commits. While one of them cannot be delivered, the later
  ones of its subject are held behind it, and everything else continues.
* A refused event is retried with exponential back-off, up to `LONGEST_WAIT_MS`; jitter shortens the wait by up to a
  half, so that many sinks that went down together do not come back together.
* A sink that has refused `DOWN_AFTER` subjects, and accepted nothing in between, is considered down. It then rests,
  longer each time up to `LONGEST_REST_MS`, and is offered one event at a time, a new one if there is one: so a sink
  that refuses a few subjects for ever still gets all others, and one that is down is not flooded.
* An event that was refused for `LONGEST_TRIED_MS`, or `MOST_ATTEMPTS` times, is a dead letter. The limits are those of
  EventBridge's own retry policy.

Times are milliseconds of the engine's clock. If that goes back, nobody waits longer than `LONGEST_WAIT_MS`.
Decision: docs/decisions/0013.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from cosell.events.choice import EVERYTHING, Choice
from cosell.store.outbox import DeadLetter, Held, Settlement, SinkState, Waiting

FIRST_WAIT_MS: Final = 1_000
LONGEST_WAIT_MS: Final = 5 * 60 * 1000
LONGEST_REST_MS: Final = 30_000
MOST_ATTEMPTS: Final = 185
LONGEST_TRIED_MS: Final = 24 * 60 * 60 * 1000
DOWN_AFTER: Final = 3
MOST_HELD: Final = 10_000
"""Events held for one sink. Beyond it, the sink gets nothing new until some of them are delivered or dead."""


class Failure(msgspec.Struct, frozen=True):
    """Why a sink did not take an event, without a word of the event. `gone`: it never wants to be asked again."""

    reason: str
    gone: bool = False


class Round(msgspec.Struct, frozen=True):
    """What is to be delivered now, at most one event of each subject, and what else a look at the outbox has shown."""

    cursor: int
    offered: list[Held]
    behind: list[Held]
    """Events that join those that are held, since one of their subject is."""


def backoff_ms(attempts: int, chance: float, longest_ms: int = LONGEST_WAIT_MS) -> int:
    """How long to wait after so many attempts; `chance` is from 0 to 1."""
    wait_ms = min(longest_ms, FIRST_WAIT_MS * 2 ** min(attempts - 1, 20))
    return int(wait_ms * (1 - chance / 2))


class Delivery:
    """The delivery to one sink, which takes up to `at_once` events in one go."""

    def __init__(self, state: SinkState, choice: Choice = EVERYTHING, *, at_once: int = 1) -> None:
        self.cursor = state.cursor
        self.generation = state.generation
        self._choice = choice
        self._at_once = at_once
        self._held: dict[str, deque[Held]] = {}
        self._held_count = 0
        self._refused: set[str] = set()
        self._refusals = 0
        self._rests_until_ms = 0
        for held in state.held:
            self._hold(held)

    @property
    def is_down(self) -> bool:
        """Whether the sink seems to take nothing at all."""
        return len(self._refused) >= DOWN_AFTER

    def rests(self, now_ms: int) -> bool:
        """Whether the sink is to be left alone for now."""
        return 0 < self._rests_until_ms - now_ms <= LONGEST_REST_MS

    def next_round(self, waiting: Sequence[Waiting], now_ms: int) -> Round:
        """What to offer the sink now. `waiting` is what follows the cursor in the outbox, or the beginning of it."""
        offered = [] if self.is_down else self._due(now_ms)[: self._at_once]
        room = 1 if self.is_down else self._at_once
        subjects = {held.subject for held in offered}
        behind: list[Held] = []
        cursor = self.cursor
        for found in waiting:
            subject = found.event.subject
            if self._choice.takes(found.event):
                held = Held(found.position, subject)
                if subject in self._held:
                    if self._held_count + len(behind) >= MOST_HELD:
                        break
                    behind.append(held)
                elif subject in subjects or len(offered) >= room or self._held_count >= MOST_HELD:
                    break
                else:
                    offered.append(held)
                    subjects.add(subject)
            cursor = found.position
        if self.is_down and not offered:
            offered = sorted(self._due(now_ms), key=lambda held: held.attempts)[:1]
        return Round(cursor, offered, behind)

    def settle(
        self, done: Round, outcomes: Sequence[Failure | None], now_ms: int, chance: Callable[[], float]
    ) -> Settlement:
        """Take note of how each event that was offered has fared (None: delivered); what is to be written down."""
        self.cursor = done.cursor
        released, dead, held_now = [], [], []
        for offered, failure in zip(done.offered, outcomes, strict=True):
            known = offered.subject in self._held
            if failure is None:
                self._refused.clear()
                self._refusals = 0
                if known:
                    released.append(self._release(offered.subject))
                continue
            self._refused.add(offered.subject)
            self._refusals += 1
            tried = _tried_again(offered, failure.reason, now_ms, chance())
            if isinstance(tried, Held):
                held_now.append(tried)
                if known:
                    self._held[offered.subject][0] = tried
                else:
                    self._hold(tried)
                continue
            dead.append(tried)
            if known:
                released.append(self._release(offered.subject))
        for held in done.behind:
            self._hold(held)
        rest_ms = backoff_ms(self._refusals - DOWN_AFTER + 1, chance(), LONGEST_REST_MS) if self.is_down else 0
        self._rests_until_ms = now_ms + rest_ms
        return Settlement(
            cursor=self.cursor,
            generation=self.generation,
            delivered=sum(failure is None for failure in outcomes),
            failed=sum(failure is not None for failure in outcomes),
            released=released,
            held=[*held_now, *done.behind],
            dead=dead,
            gone=any(failure.gone for failure in outcomes if failure is not None),
        )

    def _due(self, now_ms: int) -> list[Held]:
        first = [queue[0] for queue in self._held.values()]
        due = [held for held in first if not 0 < held.next_attempt_ms - now_ms <= LONGEST_WAIT_MS]
        return sorted(due, key=lambda held: held.position)

    def _hold(self, held: Held) -> None:
        self._held.setdefault(held.subject, deque()).append(held)
        self._held_count += 1

    def _release(self, subject: str) -> int:
        queue = self._held[subject]
        released = queue.popleft()
        self._held_count -= 1
        if not queue:
            del self._held[subject]
        return released.position


def _tried_again(held: Held, reason: str, now_ms: int, chance: float) -> Held | DeadLetter:
    attempts = held.attempts + 1
    first_attempt_ms = held.first_attempt_ms if held.attempts else now_ms
    if attempts >= MOST_ATTEMPTS or now_ms - first_attempt_ms >= LONGEST_TRIED_MS:
        return DeadLetter(held.position, attempts, now_ms, reason)
    return Held(held.position, held.subject, attempts, first_attempt_ms, now_ms + backoff_ms(attempts, chance), reason)
