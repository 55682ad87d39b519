"""A console over a mirror, read-only: an ASGI application that shows a copy of what the mirror holds.

The copy lies in memory, in a store as a server has one, so pages answer exactly as they do over a server. It is made
anew when somebody looks and the mirror has changed since, but not so often that copying takes more than a tenth of
the time.
"""

import asyncio
import random
import secrets
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, Final, NamedTuple, Protocol

from cosell.console.application import Console
from cosell.console.pipelines import Pipelines
from cosell.console.surroundings import AdminResult, Surroundings
from cosell.context import Scope
from cosell.datasets.load import Reading, store_all
from cosell.engine import Engine
from cosell.serve.admin.origin import objection
from cosell.serve.admin.router import Message, Receive, Send
from cosell.serve.console_door import is_console, say, send_to_first_page, show

REST: Final = 9
"""How many times as long as a copy took, it is shown at least."""


class Source(Protocol):
    """The mirror that is shown. Each method opens it anew, and may be called in any thread."""

    def version(self) -> object:
        """Something that is another one once the mirror has changed."""

    def scope(self) -> Scope:
        """Whose mirror it is."""

    def answers(self) -> Iterable[bytes]:
        """What it keeps of the service's answers, a line each."""

    def aws_summaries(self) -> Iterable[tuple[str, bytes]]:
        """What it keeps of AWS's own views, by the identifier of the opportunity."""

    def health(self) -> dict[str, Any]:
        """How it is."""


class _Copy(NamedTuple):
    version: object
    engine: Engine
    console: Console
    made_at: float
    took_s: float


class MirrorSite:
    """The application. `close` waits for the pages that are being made."""

    def __init__(self, source: Source, host: str, clock: Callable[[], float] = monotonic) -> None:
        self._source = source
        self._host = host
        self._clock = clock
        self._seed = secrets.randbits(128)  # so that page tokens outlive a copy
        self._copies: list[_Copy] = []
        self._turn = asyncio.Lock()

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
            async with self._turn:
                copy = await asyncio.get_running_loop().run_in_executor(None, self._newest)
            await show(copy.console, scope, receive, send)

    def close(self) -> None:
        """Let the pages be finished."""
        while self._copies:
            self._let_go()

    def _newest(self) -> _Copy:
        if self._copies:
            newest = self._copies[-1]
            if self._clock() - newest.made_at < REST * newest.took_s or self._source.version() == newest.version:
                return newest
        self._copies.append(self._made())
        if len(self._copies) > 2:  # of the one before the last, pages may still be on their way
            self._let_go()
        return self._copies[-1]

    def _made(self) -> _Copy:
        began = self._clock()
        version, scope = self._source.version(), self._source.scope()
        engine = Engine.open(":memory:", chance=random.Random(self._seed))  # noqa: S311  # as long as the seed is secret
        with Reading(scope.account, scope.catalog) as reading:
            reading.read(self._source.answers())
            refused = len(reading.refusals)
            store_all(reading, engine.store, lambda _: None)
        with engine.store.write(scope) as tx:
            for identifier, summary in self._source.aws_summaries():
                tx.put_aws_summary(identifier, summary)

        def health() -> dict[str, Any]:
            return self._source.health() | {"refused": refused}

        console = Console(Surroundings(engine, _refuse, Pipelines(engine.store), health))
        return _Copy(version, engine, console, self._clock(), self._clock() - began)

    def _let_go(self) -> None:
        copy = self._copies.pop(0)
        copy.console.close()
        copy.engine.close()


def _refuse(*_: object) -> AdminResult:
    return AdminResult(405, {"error": "A mirror is only looked at."})
