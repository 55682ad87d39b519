"""The events that an account has received from an in-process engine, as a list in the order of their commits.

Nothing is delivered: the list reads the outbox, which has an event as soon as its change is committed.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, overload

import msgspec

from cosell.errors import UserError
from cosell.events.choice import Choice
from cosell.nearest import nearest
from cosell.rules.event import DETAIL_TYPES
from cosell.store.outbox import Outbox

Event: TypeAlias = dict[str, Any]
"""As EventBridge delivers it: `detail-type`, `time`, `detail` and so on."""
Callback: TypeAlias = Callable[[Event], object]

READ_AT_ONCE: Final = 500
LOOK_S: Final = 0.02
"""How often a wait lets AWS's side do what is due meanwhile."""


class Events(Sequence[Event]):
    """The events of one account. Popped events are no longer in the list; assertions still see them."""

    def __init__(self, outbox: Outbox, account: str, catch_up: Callable[[], None], *, after: int) -> None:
        """The events behind the position `after`. `catch_up` lets AWS's side do what is due."""
        self._outbox = outbox
        self._choice = Choice(account)
        self._catch_up = catch_up
        self._position = after
        self._sent: list[Event] = []
        self._waiting: list[Event] = []
        self._callbacks: list[tuple[str | None, Callback]] = []
        self._reading = threading.RLock()
        self._is_telling = False

    @property
    def sent(self) -> list[Event]:
        """All that were sent, including popped ones."""
        self._look()
        return list(self._sent)

    def pop(self, detail_type: str | None = None, *, identifier: str | None = None, timeout: float = 0) -> Event:
        """Remove the first event of a detail type from the list, waiting for it up to `timeout` seconds.

        Raises TimeoutError, which says what was sent instead.
        """
        __tracebackhide__ = True
        return self._first(detail_type, identifier, timeout, take=True)

    def wait_for(self, detail_type: str | None = None, *, identifier: str | None = None, timeout: float = 5) -> Event:
        """The first event of a detail type in the list, waiting for it up to `timeout` seconds.

        `identifier` is that of its subject: an opportunity, an engagement, an invitation or a snapshot. Raises
        TimeoutError, which says what was sent instead. While the engine's clock is frozen, nothing becomes due.
        """
        __tracebackhide__ = True
        return self._first(detail_type, identifier, timeout, take=False)

    def listen(self, callback: Callback, detail_type: str | None = None) -> Callable[[], None]:
        """Call `callback` with each event from now on, of one detail type if given. Returns a function that ends that.

        It is called after the client call that caused the event, in its thread, and may call the service itself.
        """
        _check(detail_type)
        self._look()
        entry = (detail_type, callback)
        self._callbacks.append(entry)
        return lambda: self._callbacks.remove(entry)

    def clear(self) -> None:
        """Empty the list. Assertions forget its contents, too."""
        self._look()
        with self._reading:
            self._sent.clear()
            self._waiting.clear()

    def assert_sent(self, detail_type: str, *, identifier: str | None = None, times: int | None = None) -> Event:
        """The first event that was sent of a detail type. Raises AssertionError, which says what was sent instead.

        With `times`, exactly so many must have been sent.
        """
        __tracebackhide__ = True
        found = self._found(detail_type, identifier)
        wanted = _named(detail_type, identifier)
        if not found:
            raise AssertionError(self._instead(f"no {wanted} was sent"))
        if times is not None and len(found) != times:
            raise AssertionError(self._instead(f"{wanted} was sent {len(found)} times, not {times}"))
        return found[0]

    def assert_not_sent(self, detail_type: str, *, identifier: str | None = None) -> None:
        """Raises AssertionError, which says what was sent, if an event of a detail type was sent."""
        __tracebackhide__ = True
        if self._found(detail_type, identifier):
            raise AssertionError(self._instead(f"{_named(detail_type, identifier)} was sent"))

    def tell(self) -> None:
        """Call back whoever listens. An engine does so after each call that it has answered."""
        if self._callbacks:
            self._look()

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...

    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        self._look()
        return self._waiting[index]

    def __len__(self) -> int:
        self._look()
        return len(self._waiting)

    def __repr__(self) -> str:
        return "\n".join(map(_line, self)) or "no events"

    def _first(self, detail_type: str | None, identifier: str | None, timeout: float, *, take: bool) -> Event:
        __tracebackhide__ = True
        _check(detail_type)
        until = time.monotonic() + timeout
        awake = threading.Event()
        stop_listening = self._outbox.listen(awake.set)
        try:
            while True:
                awake.clear()
                self._catch_up()
                self._look()
                with self._reading:
                    found = next((event for event in self._waiting if _is(event, detail_type, identifier)), None)
                    if found is not None:
                        if take:
                            self._waiting.remove(found)
                        return found
                patience = until - time.monotonic()
                if patience <= 0:
                    raise TimeoutError(self._instead(f"no {_named(detail_type, identifier)} within {timeout:g} s"))
                awake.wait(min(patience, LOOK_S))
        finally:
            stop_listening()

    def _look(self) -> None:
        """Read what is new, and tell of it in its order: who calls the service when called back is told afterwards."""
        with self._reading:
            if self._is_telling:
                return
            self._is_telling = True
            try:
                while waiting := self._outbox.after(self._position, READ_AT_ONCE):
                    for found in waiting:
                        self._position = found.position
                        if self._choice.takes(found.event):
                            self._take(msgspec.json.decode(found.event.body))
            finally:
                self._is_telling = False

    def _take(self, event: Event) -> None:
        self._sent.append(event)
        self._waiting.append(event)
        for detail_type, callback in list(self._callbacks):
            if _is(event, detail_type, None):
                callback(event)

    def _found(self, detail_type: str, identifier: str | None) -> list[Event]:
        __tracebackhide__ = True
        _check(detail_type)
        self._catch_up()
        return [event for event in self.sent if _is(event, detail_type, identifier)]

    def _instead(self, missed: str) -> str:
        lines = [f"  {_line(event)}" for event in self._sent]
        return "\n".join([f"{missed}; this was sent:", *lines]) if lines else f"{missed}; nothing was sent"


def _check(detail_type: str | None) -> None:
    __tracebackhide__ = True
    if detail_type is not None and detail_type not in DETAIL_TYPES:
        raise UserError(f"there is no event {detail_type!r}", nearest(detail_type, DETAIL_TYPES))


def _is(event: Event, detail_type: str | None, identifier: str | None) -> bool:
    return detail_type in (None, event["detail-type"]) and (identifier is None or identifier in _identifiers(event))


def _identifiers(event: Event) -> list[str]:
    """What an event names: the identifiers and ARNs in its detail."""
    about = [value for value in event["detail"].values() if isinstance(value, dict)]
    return [text for members in about for text in members.values() if isinstance(text, str)]


def _line(event: Event) -> str:
    about = next((text for text in _identifiers(event) if not text.startswith("arn:")), "")
    return f"{event['time']} {event['detail-type']} {about}".rstrip()


def _named(detail_type: str | None, identifier: str | None) -> str:
    what = "event" if detail_type is None else detail_type
    return f"{what} of {identifier}" if identifier else what
