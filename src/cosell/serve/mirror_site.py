"""A console over a mirror, read-only: an ASGI application that shows a copy of what the mirror holds.

The copy is brought up to date when somebody looks, but not so often that this takes more than a tenth of the time. Who
looks at a small mirror waits for it; over a large one the pages meanwhile show what was copied before, or how far the
first copy is.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Any, Final, Protocol

from cosell.console.application import Console
from cosell.console.pipelines import Pipelines
from cosell.console.surroundings import AdminResult, Surroundings
from cosell.serve import mirror_copy
from cosell.serve.admin.origin import objection
from cosell.serve.admin.router import Message, Receive, Send
from cosell.serve.console_door import is_console, say, send_to_first_page, show
from cosell.serve.mirror_copy import Interrupted, MirrorCopy, MirrorState

REST: Final = 9
"""How many times as long as it took to bring the copy up to date, it is left as it is."""
SMALL: Final = 5_000
"""Opportunities that are copied while a visitor waits: half a second."""


class Source(mirror_copy.Source, Protocol):
    """The mirror that is shown."""

    def health(self) -> dict[str, Any]:
        """How it is."""


class MirrorSite:
    """The application. `close` waits for the pages that are being made."""

    def __init__(self, source: Source, host: str, clock: Callable[[], float] = monotonic) -> None:
        self._host = host
        self._clock = clock
        self._copy = copy = MirrorCopy(source)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copying")
        self._renewal: tuple[Future[MirrorState], Future[None]] | None = None
        self._rests_until = clock()

        def health() -> dict[str, Any]:
            return source.health() | {"refused": copy.refused, "copying": copy.copying}

        pipelines = Pipelines(copy.engine.store)
        self._console = Console(
            Surroundings(copy.engine, _refuse, pipelines, copy.scopes, health, lambda: copy.copying)
        )

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reason = objection(dict(scope["headers"]), self._host)
        if reason is not None:
            await say(send, 403, reason)
        elif scope["path"] == "/" and scope["method"] == "GET":
            await send_to_first_page(send)
        elif not is_console(scope["path"]):
            await say(send, 404, "Here is a mirror of Partner Central to look at, under /console/, and no API.")
        else:
            await self._renew()
            await show(self._console, scope, receive, send)

    def close(self) -> None:
        """Let the pages be finished."""
        self._copy.interrupt()
        self._thread.shutdown()
        self._console.close()
        self._copy.close()

    def remove_copy(self) -> None:
        """Remove the copy, whoever still works with it: the process is about to be left."""
        self._copy.remove()

    async def _renew(self) -> None:
        if self._renewal is None and self._clock() >= self._rests_until:
            looking = self._thread.submit(self._copy.look)
            self._renewal = looking, self._thread.submit(self._renewed, looking)
        renewal = self._renewal
        if renewal is None:
            return
        looking, renewing = renewal
        state = await asyncio.wrap_future(looking)
        if state.opportunities > SMALL and not renewing.done():
            return
        if self._renewal is renewal:
            self._renewal = None
        await asyncio.wrap_future(renewing)

    def _renewed(self, looking: "Future[MirrorState]") -> None:
        began = self._clock()
        with suppress(Interrupted):
            self._copy.renew(looking.result())
        ended = self._clock()
        self._rests_until = ended + REST * (ended - began)


def _refuse(*_: object) -> AdminResult:
    return AdminResult(405, {"error": "A mirror is only looked at."})
