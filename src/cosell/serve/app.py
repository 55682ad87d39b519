"""The ASGI application: the API at `POST /`, and beside it the console, and the admin API for operators.

Reads run inline on the event loop where the database answers in microseconds, as SQLite's files do: a thread would cost
more than the read. Other reads, and all searches, have threads of their own. Writes wait for the disk, so they run on
one thread of their own, and become durable together where several wait.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from math import inf
from time import perf_counter
from typing import Final

import msgspec

from cosell import flow
from cosell.aws_side.work import work
from cosell.engine import Engine, clock_of
from cosell.errors import (
    AccessDeniedException,
    ConnectionDropped,
    MalformedHttpRequestException,
    RequestEntityTooLargeException,
    RequestTimeoutException,
    ServiceError,
)
from cosell.outage import Outage
from cosell.rules.aws_side.review_script import script_of
from cosell.serve.admin.colleagues import workers_of
from cosell.serve.admin.lanes import Lanes
from cosell.serve.admin.recent import Recent
from cosell.serve.admin.router import PREFIX, AdminRequest, Message, Receive, Refused, Room, Send, question_of
from cosell.serve.admin.routes import ROUTER
from cosell.serve.console_door import ConsoleDoor, is_console, say, send_to_first_page, wants_page
from cosell.serve.deadlines import Deadlines
from cosell.serve.dropped import drop
from cosell.serve.log import log_answer, log_defect, log_outage, log_refusal, log_turned_away, log_unknown_name
from cosell.serve.metrics import Metrics
from cosell.serve.options import ServeOptions
from cosell.serve.origin import Objection, names_of, objection
from cosell.serve.readiness import Readiness
from cosell.serve.reading_threads import READS_AT_ONCE, SEARCHES_AT_ONCE, ReadingThreads
from cosell.serve.rest import Rest
from cosell.serve.search_feeding import keep_fed
from cosell.serve.unknown_names import UnknownNames
from cosell.serve.writes import Writes
from cosell.wire.model import served_month, service_model
from cosell.wire.protocol import LONGEST_BODY, operation_name

Page = Callable[[], Awaitable[tuple[int, bytes, bytes]]]

BODY_TIMEOUT_S: Final = 30
"""Seconds that a body may take to arrive."""

AT_ONCE: Final = 100
"""How many things AWS's side does before it lets requests pass that wait for the writer."""
LOOK_S: Final = 1.0
"""Seconds after which AWS's side checks what other processes have made due. The rest it knows to the moment."""
SEARCH: Final = "SearchOpportunities"
READINESS: Final = "/readyz"
TEXT: Final = b"text/plain; charset=utf-8"


class Application:
    """One worker's application. `draining` is set once it should get no new work."""

    def __init__(self, engine: Engine, options: ServeOptions) -> None:
        self._engine = engine
        script = None if options.script is None else script_of(options.script)
        self._room = Room(engine, Recent(options.folder), options, threading.Event(), script)
        self._stopping = asyncio.Event()
        build = {"version": options.version, "model": served_month(options.model)}
        self._metrics = Metrics(engine.store, engine.clock, partial(workers_of, options.folder), build)
        self._unknown_names = UnknownNames(engine.older or service_model(), log_unknown_name)
        self._ready = Readiness(engine.store.check, log_outage)
        self._deadlines = Deadlines(BODY_TIMEOUT_S)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._aws_side_rest, self._feeding_rest = Rest(), Rest()
        self._writes = Writes(engine, self._writer, self._end_rests)
        self._searches = ReadingThreads(engine, "searches", SEARCHES_AT_ONCE)
        self._reads = ReadingThreads(engine, "reads", READS_AT_ONCE)
        self._reading_targets = frozenset(
            f"{service_model().metadata.target_prefix}.{operation.name}".encode()
            for operation in service_model().operations.values()
            if operation.readonly and operation.name != SEARCH
        )
        self._lanes = Lanes(self._room, self._writer, self._end_rests_soon)
        self._names = names_of(options.host, options.allow_host, options.public_url)
        self._console = ConsoleDoor(self._room, self._lanes, self._names.origin)
        self._pages: dict[str, Page] = {
            "/healthz": partial(_health, options.model),
            "/metrics": self._figures,
            READINESS: self._readiness,
        }

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, whatever its path, unless the guard refuses it."""
        against = objection(scope["headers"], self._names)
        try:
            if against is None:
                await self._answer(scope, receive, send)
            else:
                await self._turn_away(scope, receive, send, against)
        except Exception as defect:  # what is raised from here is answered with 500, and told to nobody
            log_defect(f"{scope['method']} {scope['path']}", defect)
            raise

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["method"] in ("GET", "HEAD") and path in self._pages:
            status, content_type, body = await self._pages[path]()
            await _send(send, status, [(b"content-type", content_type)], body)
            return
        if path.startswith(PREFIX):
            await self._administer(scope, receive, send)
            return
        if is_console(path):
            await self._show(scope, receive, send)
            return
        if scope["method"] == "GET" and wants_page(scope):
            await send_to_first_page(send)
            return
        started = perf_counter()
        call = flow.Call(scope["method"], path, dict(scope["headers"]), b"")
        try:
            call.body = await self._body(receive)
        except ServiceError as error:
            # What led here holds the unread body, and with it the connection, until garbage collection.
            error.__traceback__ = error.__context__ = None
            answer = flow.refusal(self._engine, call, error)
        else:
            answer = await self._answer_of_operation(call)
        if call.fault is not None:
            await self._wait(call.fault.delay_ms / 1000)
        if isinstance(answer.error, ConnectionDropped):
            drop(scope["client"])
            answer = msgspec.structs.replace(answer, body=b"")
        else:
            await _send(send, answer.status, answer.headers, answer.body)
        seconds = perf_counter() - started
        self._metrics.count(call, answer, seconds)
        log_answer(call, answer, seconds)
        self._unknown_names.look(call, answer)
        self._room.recent.add(call, answer, seconds)

    async def _answer_of_operation(self, call: flow.Call) -> flow.Answer:
        """The answer to a call that has arrived, from the thread in which it is at home."""
        if call.headers.get(b"x-amz-target") not in self._reading_targets:
            is_search = operation_name(call.path, call.headers) == SEARCH
            return await (self._searches if is_search else self._writes).answer(call)
        if self._engine.store.reads_at_once:
            return flow.answer(self._engine, call)
        return await self._reads.answer(call)

    async def _turn_away(self, scope: Message, receive: Receive, send: Send, against: Objection) -> None:
        """Refuse a request in the format of its path's API. Nothing in it is read."""
        log_turned_away(scope, against)
        with suppress(ServiceError):  # who is still sending might not hear the answer
            await self._body(receive)
        path = scope["path"]
        if path.startswith(PREFIX):
            answer = Refused(against.status, against.reason).answer
            await _send(send, answer.status, answer.headers, answer.body)
        elif path in self._pages or is_console(path):
            await say(send, against.status, against.reason)
        else:
            call = flow.Call(scope["method"], path, dict(scope["headers"]), b"")
            denied = AccessDeniedException if against.status == 403 else MalformedHttpRequestException
            refusal = flow.refusal(self._engine, call, denied(against.reason))
            self._metrics.count(call, refusal, 0)
            await _send(send, against.status, refusal.headers, refusal.body)

    async def _wait(self, seconds: float) -> None:
        """Let time pass, unless the server is stopping."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _administer(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request of the admin API."""
        request = AdminRequest(scope["method"], scope["path"], scope["query_string"], dict(scope["headers"]))
        try:
            route = ROUTER.route(request)
            if route.stream:
                question = question_of(route, request)
                await route.perform(self._room, question, request.headers, receive, send)
                return
            request = msgspec.structs.replace(request, body=await self._body(receive))
        except Refused as refused:
            answer = refused.answer
        except ServiceError as error:
            answer = Refused(error.status, error.message).answer
        else:
            answer = await self._lanes.answer(route, request)
        if answer.refusal is not None:
            log_refusal(request.method, request.path, answer.status, answer.refusal)
        await _send(send, answer.status, answer.headers, answer.body)

    async def open(self) -> None:
        """Serve the other workers."""
        self._loop = asyncio.get_running_loop()
        await self._room.recent.open()

    def drain(self) -> None:
        """Accept that no new work should come."""
        self._room.draining.set()
        self._stopping.set()

    async def _show(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request for a page of the console."""
        try:
            body = await self._body(receive)
        except ServiceError as error:
            log_refusal(scope["method"], scope["path"], error.status, error.message)
            await say(send, error.status, error.message)
        else:
            await self._console(scope, body, receive, send)

    async def play_aws_side(self) -> None:
        """Do what AWS's side has to do, for ever. It shares the writer's thread with the requests that write."""
        loop = asyncio.get_running_loop()
        outage = Outage(log_outage, "AWS's side")
        while True:
            try:
                due_in_s = await loop.run_in_executor(self._writer, self._work)
            except Exception as error:  # noqa: BLE001  # whatever it is, it may be better the next time
                outage.met(error)
                await asyncio.sleep(LOOK_S)
            else:
                outage.over()
                await self._aws_side_rest(min(LOOK_S, due_in_s))

    async def feed_search(self) -> None:
        """Index what was written, for ever. It shares the writer's thread, too."""
        await keep_fed(self._engine.store, self._writer, self._feeding_rest)

    def _work(self) -> float:
        """Do what is due; returns in how many seconds the next thing will be, as far as it is known now."""
        clock = clock_of(self._engine)
        due_ms = work(self._engine, self._room.script, clock(), log_defect, limit=AT_ONCE)
        factor = clock.course.factor
        return inf if due_ms is None or not factor else max(due_ms - clock(), 0) / 1000 / factor

    def _end_rests(self) -> None:
        """Something was written."""
        self._aws_side_rest.end()
        self._feeding_rest.end()

    def _end_rests_soon(self) -> None:
        """The same, for another thread than the event loop's."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end_rests)

    def close(self) -> None:
        """Finish what is being written, then close the database."""
        self._console.close()
        self._lanes.close()
        self._ready.close()
        self._searches.close()
        self._reads.close()
        self._writer.shutdown()
        self._engine.close()

    async def _body(self, receive: Receive) -> bytes:
        """The whole body. Raises RequestEntityTooLargeException or RequestTimeoutException."""
        try:
            with self._deadlines:
                message = await receive()
                body: bytes = message.get("body", b"")
                if not message.get("more_body"):
                    return body
                parts, length = [body], len(body)
                while message.get("more_body"):
                    message = await receive()
                    parts.append(message.get("body", b""))
                    length += len(parts[-1])
                    if length > LONGEST_BODY:
                        raise RequestEntityTooLargeException(f"A body may have {LONGEST_BODY} bytes.")
                return b"".join(parts)
        except TimeoutError:
            raise RequestTimeoutException(
                f"The body did not arrive within {self._deadlines.limit_s} seconds."
            ) from None

    async def _figures(self) -> tuple[int, bytes, bytes]:
        """They are in the database, too, and an in-memory one makes readers wait for its writer."""
        return await asyncio.to_thread(self._metrics.page)

    async def _readiness(self) -> tuple[int, bytes, bytes]:
        if self._room.draining.is_set():
            return 503, TEXT, b"stopping\n"
        status, told = await self._ready()
        return status, TEXT, f"{told}\n".encode()


async def _health(model: str) -> tuple[int, bytes, bytes]:
    return 200, TEXT, f"ok, service model {served_month(model)}\n".encode()


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
