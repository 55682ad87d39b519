"""Events: a stream of them, and how far the sinks have got."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from cosell.events.choice import Choice
from cosell.events.deliverer import LOOK_S
from cosell.serve.admin.fields import Account, Catalog, given_moment_ms, given_span_ms
from cosell.serve.admin.router import Headers, Receive, Refused, Room, Send
from cosell.serve.sink_figures import lag_s
from cosell.store.interface import StoreUnavailable
from cosell.store.outbox import Outbox, SinkStatus, Waiting
from cosell.wire.timestamps import Timestamp

READ_AT_ONCE: Final = 200
HEARTBEAT_S: Final = 15.0
RECONNECT_AFTER_MS: Final = 1_000
START: Final = "start"
LAST_EVENT_ID: Final = b"last-event-id"
_SPAN: Final = re.compile(r"[0-9.]+[a-z][0-9a-z.]*", re.ASCII)

From = Annotated[
    str,
    Meta(description="Where to begin: `start`, a moment such as `2026-05-04T09:00:00Z`, or a span before now as `1h`."),
]
SinkName = Annotated[str, Meta(description="A sink, by the name that it has in the list of sinks. Without it, all.")]


class EventsWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Which events are wanted. Without a start, those from now on."""

    account: Account | None = None
    catalog: Catalog | None = None
    detail_type: Annotated[str, Meta(description="Such as `Opportunity Created`.")] | None = None
    from_: From | None = None


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """What is to be delivered again, and to whom."""

    from_: From
    sink: SinkName | None = None


class Revival(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose dead letters are to be delivered."""

    sink: SinkName | None = None


class DeadLettersWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many dead letters are wanted."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="How many, the newest first.")] = 100


async def stream(room: Room, question: EventsWanted, headers: Headers, receive: Receive, send: Send) -> None:
    """Stream events as they are committed, as server-sent events, until the client disconnects.

    Each has as its `id` its place in the order of commits. A client that reconnects with `Last-Event-ID` misses nothing
    that is still kept.
    """
    outbox = room.engine.store.outbox
    loop = asyncio.get_running_loop()
    try:  # a moment is looked for among all events, and no read may wait for that
        position = await asyncio.to_thread(_beginning, room, question, headers.get(LAST_EVENT_ID))
    except StoreUnavailable as reason:
        raise Refused(503, f"The database does not answer: {reason}") from None
    choice = Choice(
        question.account, question.catalog, frozenset({question.detail_type} if question.detail_type else ())
    )
    awake = asyncio.Event()
    stop_listening = outbox.listen(lambda: loop.call_soon_threadsafe(awake.set))
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await _begin(send, position)
        said_at = loop.time()
        while not gone.done() and not room.draining.is_set():
            awake.clear()
            waiting = await asyncio.to_thread(outbox.after, position, READ_AT_ONCE)
            if waiting:
                position = waiting[-1].position
                await _say(send, b"".join(_written(found) for found in waiting if choice.takes(found.event)))
                said_at = loop.time()
                continue
            if loop.time() - said_at >= HEARTBEAT_S:
                await _say(send, b": heartbeat\nid: %d\n\n" % position)
                said_at = loop.time()
            with suppress(TimeoutError):  # other processes commit, too, and cannot wake us
                await asyncio.wait_for(awake.wait(), LOOK_S)
    except StoreUnavailable:
        pass  # the stream ends here; the client comes back for the rest
    finally:
        stop_listening()
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


def _beginning(room: Room, question: EventsWanted, last_event_id: bytes | None) -> int:
    newest = room.engine.store.outbox.newest()
    if last_event_id is None:
        return newest if question.from_ is None else _before(room, question.from_)
    if not last_event_id.isdigit() or len(last_event_id) > 18:
        raise Refused(400, "Last-Event-ID is a number that a stream has given.")
    # A greater one is from a database that was replaced: everything is new then.
    return int(last_event_id) if int(last_event_id) <= newest else 0


async def _begin(send: Send, position: int) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    # With its first `id` a client knows where it is, even if it disconnects before the first event.
    await _say(send, b": cosell\nretry: %d\nid: %d\n\n" % (RECONNECT_AFTER_MS, position))


async def _say(send: Send, text: bytes) -> None:
    if text:
        await send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _written(found: Waiting) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (found.position, found.event.body)


def sinks(room: Room, _: object) -> dict[str, Any]:
    """Every sink with its cursor, and its lag."""
    now_ms = room.engine.clock()
    return {"sinks": [_told(status, now_ms) for status in room.engine.store.outbox.statuses()]}


def dead_letters(room: Room, question: DeadLettersWanted) -> dict[str, Any]:
    """Events that are no longer offered to their sinks, newest first."""
    return {
        "dead_letters": [
            {
                "sink": buried.sink,
                "position": buried.letter.position,
                "attempts": buried.letter.attempts,
                "died": str(Timestamp.from_ms(buried.letter.died_ms)),
                "reason": buried.letter.reason,
                "event": msgspec.Raw(buried.event.body),
            }
            for buried in room.engine.store.outbox.dead_letters(question.limit)
        ]
    }


def replay(room: Room, question: Replay) -> dict[str, Any]:
    """Deliver events again from a moment on. A sink that was gone is offered events again."""
    outbox = room.engine.store.outbox
    names = _named(outbox, question.sink)
    position = _before(room, question.from_)
    outbox.replay(names, position)
    return {"sinks": names, "cursor": position}


def revive(room: Room, question: Revival) -> dict[str, Any]:
    """Redeliver dead letters. They come after what was delivered since."""
    outbox = room.engine.store.outbox
    names = _named(outbox, question.sink)
    return {"sinks": names, "revived": outbox.revive(names)}


def _named(outbox: Outbox, name: str | None) -> Sequence[str]:
    names = [status.name for status in outbox.statuses()]
    if name is None:
        return names
    if name not in names:
        raise Refused(404, "There is no such sink. GET /_cosell/events/sinks lists all.")
    return [name]


def _before(room: Room, beginning: str) -> int:
    """The position before the first event that is wanted."""
    if beginning == START:
        return 0
    ago = _SPAN.fullmatch(beginning)
    moment_ms = room.engine.clock() - given_span_ms(beginning) if ago else given_moment_ms(beginning)
    return room.engine.store.outbox.before_ms(moment_ms)


def _told(status: SinkStatus, now_ms: int) -> dict[str, Any]:
    told = msgspec.structs.asdict(status)
    del told["oldest_ms"]
    return {**told, "lag_seconds": lag_s(status, now_ms)}
