"""The entrance to the console, which costs nothing until somebody asks for a page.

Pure API servers never pay for templates and routes; they are loaded at the first request, in a thread, while calls
continue to be answered.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from cosell.serve.admin.lanes import Lanes
from cosell.serve.admin.router import JSON, AdminRequest, Headers, Message, Receive, Refused, Room, Send
from cosell.serve.admin.routes import ROUTER
from cosell.serve.log import log_defect, log_refusal

if TYPE_CHECKING:
    from cosell.console.application import Console
    from cosell.console.visit.surroundings import AdminResult

CONSOLE: Final = "/console"
FIRST_PAGE: Final = "/console/"
TEXT: Final = b"text/plain; charset=utf-8"


def is_console(path: str) -> bool:
    """Whether an address belongs to the console."""
    return path.startswith(FIRST_PAGE) or path == CONSOLE


def wants_page(scope: Message) -> bool:
    """Whether a browser asks for the bare address of the server. Clients of the API never GET it."""
    return scope["path"] == "/" and b"text/html" in dict(scope["headers"]).get(b"accept", b"")


class ConsoleDoor:
    """Answers what `is_console`. Its calls to the admin API use its `lanes`, as requests from outside do.

    Behind a proxy its pages name the `origin` that people know.
    """

    def __init__(self, room: Room, lanes: Lanes, origin: str) -> None:
        self._origin = origin
        self._room = room
        self._lanes = lanes
        self._opening: asyncio.Future[Console] | None = None

    async def __call__(self, scope: Message, body: bytes, receive: Receive, send: Send) -> None:
        """Answer a request whose body has been read; `receive` tells when the visitor has gone."""
        if self._opening is None:
            self._opening = asyncio.get_running_loop().run_in_executor(None, self._open)
        console = await self._opening
        bodies = [body]

        async def receive_body_first() -> Message:
            return {"type": "http.request", "body": bodies.pop()} if bodies else await receive()

        await show(console, scope, receive_body_first, send, self._origin)

    def close(self) -> None:
        """Let the pages be finished."""
        if self._opening is not None and self._opening.done():
            self._opening.result().close()

    def _open(self) -> "Console":
        from cosell.console.application import Console
        from cosell.console.figures.pipelines import Pipelines
        from cosell.console.visit.surroundings import Surroundings

        engine = self._room.engine.without_faults()
        pipelines = Pipelines(engine.store)
        return Console(
            Surroundings(
                engine,
                self._administer,
                pipelines,
                engine.store.scopes,
                refused=log_refusal,
                reporting=self._room.options.reporting,
            )
        )

    def _administer(self, method: str, address: str, question: Mapping[str, Any]) -> "AdminResult":
        from cosell.console.visit.surroundings import AdminResult

        headers: Headers = {b"content-type": JSON}
        query = b"" if method == "POST" else urlencode(question).encode()
        body = msgspec.json.encode(question) if method == "POST" else b""
        request = AdminRequest(method, address, query, headers, body)
        try:
            route = ROUTER.route(request)
        except Refused as refused:
            answer = refused.answer
        else:
            answer = self._lanes.answer_here(route, request)
        return AdminResult(answer.status, msgspec.json.decode(answer.body))


async def show(console: "Console", scope: Message, receive: Receive, send: Send, origin: str = "") -> None:
    """Have a console answer a request. If something goes wrong after a complete answer, it is in the log.

    `origin` is the one that its pages name; empty: the one by which they were asked for.
    """
    if origin:
        scheme, _, authority = origin.partition("://")
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope = {**scope, "scheme": scheme, "headers": [*others, (b"host", authority.encode())]}
    ends: list[Message] = []

    async def send_all_but_the_end(message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ends.append(message)
        else:
            await send(message)

    try:
        await console(scope, receive, send_all_but_the_end)
    except Exception as defect:  # noqa: BLE001  # the visitor gets an answer, the log gets the defect
        log_defect(scope["path"], defect)
    for end in ends:
        await send(end)


async def send_to_first_page(send: Send) -> None:
    """Send a browser to the console."""
    await say(send, 302, "The console is at /console/.", location=FIRST_PAGE)


async def say(send: Send, status: int, text: str, location: str = "") -> None:
    """Answer with a line of text."""
    body = f"{text}\n".encode()
    headers = [(b"content-type", TEXT), (b"content-length", str(len(body)).encode())]
    if location:
        headers.append((b"location", location.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
