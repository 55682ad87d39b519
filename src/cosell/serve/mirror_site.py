"""A console over a mirror, read-only: an ASGI application whose pages query the mirror itself.

Before each page it checks whose mirror it is. While it cannot be read, the last result is shown with the reason; each
page tries again, except for a pause after one that has waited.
"""

import asyncio
import random
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, Final, cast

from cosell.clock import Clock, wall_clock
from cosell.console.application import Console
from cosell.console.figures.pipelines import Pipelines
from cosell.console.visit.surroundings import AdminResult, Surroundings, Trouble
from cosell.console.visit.visit import Failure
from cosell.context import Scope
from cosell.engine import Engine
from cosell.outage import Outage, reason_of
from cosell.reporting import DEFAULT_REPORTING, Reporting
from cosell.serve.admin.router import Message, Receive, Send
from cosell.serve.console_door import is_console, say, send_to_first_page, show
from cosell.serve.log import log_outage, log_refusal, log_turned_away
from cosell.serve.mirror_source import Source
from cosell.serve.mirror_store import MirrorStore
from cosell.serve.origin import names_of, objection
from cosell.store.interface import Store
from cosell.wire.timestamps import Timestamp

PATIENCE_S: Final = 5.0
"""How long the mirror may take to say whose it is. Some networks say nothing at all."""
REST: Final = 9
"""How many times as long as the failure took a mirror is left alone."""
LONGEST_REST_S: Final = 30.0


class MirrorSite:
    """The application. `close` waits for the pages in progress."""

    def __init__(
        self,
        source: Source,
        host: str,
        allowed: Sequence[str] = (),
        public_url: str = "",
        clock: Callable[[], float] = monotonic,
        reporting: Reporting = DEFAULT_REPORTING,
    ) -> None:
        self._names = names_of(host, allowed, public_url)
        self._source = source
        self._clock = clock
        self._store = MirrorStore(source, self._failed)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looking")
        self._looking: Future[None] | None = None
        self._rests_until = clock()
        self._hangs = False
        self._outage = Outage(log_outage, "reading the mirror")
        self._as_of_ms: int | None = None
        self._health: tuple[dict[str, Any], int] | None = None
        store = cast("Store", self._store)  # the pages of a mirror ask no more of one
        chance = random.Random(secrets.randbits(128))  # noqa: S311  # as long as the seed is secret
        self._console = Console(
            Surroundings(
                Engine(store, Clock(), chance),
                _refuse,
                Pipelines(store),
                self._scopes,
                self._latest_health,
                self._trouble,
                log_refusal,
                reporting,
            )
        )

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        against = objection(scope["headers"], self._names)
        if against is not None:
            log_turned_away(scope, against)
            await say(send, against.status, against.reason)
        elif scope["path"] == "/" and scope["method"] == "GET":
            await send_to_first_page(send)
        elif not is_console(scope["path"]):
            await say(send, 404, "This is a mirror of Partner Central, to be viewed under /console/. It has no API.")
        else:
            await self._look()
            await show(self._console, scope, receive, send, self._names.origin)

    def close(self) -> None:
        """Let the pages be finished."""
        self._thread.shutdown()
        self._console.close()

    async def _look(self) -> None:
        """Tell the store the state of the mirror; if it does not answer, that."""
        if self._looking is None or self._looking.done():
            if self._clock() < self._rests_until:
                return
            self._looking = self._thread.submit(self._looked)
        await asyncio.wait([asyncio.wrap_future(self._looking)], timeout=0 if self._hangs else PATIENCE_S)
        if not self._looking.done():
            self._hangs, self._store.reason = True, f"it has not answered for {PATIENCE_S:.0f} s"

    def _looked(self) -> None:
        began = self._clock()
        try:
            scope = self._source.scope()
        except Exception as error:  # noqa: BLE001  # the pages show the reason, and the next one tries again
            self._failed(error)
            ended = self._clock()
            self._rests_until = ended + min(REST * (ended - began), LONGEST_REST_S)
        else:
            self._store.scope, self._store.reason = scope, None
            self._as_of_ms = wall_clock()
            self._outage.over()
        finally:
            self._hangs = False

    def _failed(self, error: Exception) -> None:
        self._store.reason = reason_of(error) or f"cosell fails ({type(error).__name__}), and its log says where"
        self._outage.met(error)

    def _scopes(self) -> list[Scope]:
        return [] if self._store.scope is None else [self._store.scope]

    def _trouble(self) -> Trouble | None:
        if self._store.reason is None:
            return None
        as_of = None if self._as_of_ms is None else str(Timestamp.from_ms(self._as_of_ms))
        return Trouble(self._store.reason, as_of)

    def _latest_health(self) -> dict[str, Any]:
        """The state of the mirror, or the last known one."""
        if self._store.reason is None:
            try:
                self._health = self._source.health(), wall_clock()
            except Exception as error:  # noqa: BLE001  # as above
                self._failed(error)
        if self._health is None:
            raise Failure(503, f"The mirror cannot be read: {self._store.reason}.", "Open the page again in a moment.")
        health, told_at_ms = self._health
        age_s = health["age_seconds"]
        return health | {
            "age_seconds": age_s if age_s is None else age_s + (wall_clock() - told_at_ms) // 1000,
            "refused": len(self._store.refused),
        }


def _refuse(*_: object) -> AdminResult:
    return AdminResult(405, {"error": "A mirror is read-only."})
