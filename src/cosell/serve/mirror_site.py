"""A console over a mirror, read-only: an ASGI application that shows a copy of what the mirror holds.

The copy is brought up to date when somebody looks, but not so often that this takes more than a tenth of the time. Who
looks at a small mirror waits for it; over a large one the pages meanwhile show what was copied before, or how far the
first copy is.

While the mirror cannot be read, its last copy is shown with the reason; each page tries again, with the same rest.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, Final, Protocol

from cosell.clock import wall_clock
from cosell.console.application import Console
from cosell.console.figures.pipelines import Pipelines
from cosell.console.visit.surroundings import AdminResult, Surroundings, Trouble
from cosell.console.visit.visit import Failure
from cosell.outage import Outage, reason_of
from cosell.reporting import DEFAULT_REPORTING, Reporting
from cosell.serve import mirror_copy
from cosell.serve.admin.router import Message, Receive, Send
from cosell.serve.console_door import is_console, say, send_to_first_page, show
from cosell.serve.log import log_outage, log_refusal, log_turned_away
from cosell.serve.mirror_copy import Interrupted, MirrorCopy, MirrorState
from cosell.serve.origin import names_of, objection
from cosell.wire.timestamps import Timestamp

REST: Final = 9
"""How many times as long as it took to bring the copy up to date, it is left as it is."""
SMALL: Final = 5_000
"""Opportunities that are copied while a visitor waits: half a second."""
PATIENCE_S: Final = 5.0
"""How long the mirror may take to tell how it is. Some networks say nothing at all."""
LONGEST_REST_S: Final = 30.0
"""How long a mirror that could not be read is left alone at most."""


class Source(mirror_copy.Source, Protocol):
    """The mirror that is shown."""

    def health(self) -> dict[str, Any]:
        """How it is."""


class MirrorSite:
    """The application. `close` waits for the pages that are being made."""

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
        self._clock = clock
        self._copy = copy = MirrorCopy(source)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="copying")
        self._renewal: tuple[Future[MirrorState | None], Future[None]] | None = None
        self._rests_until = clock()
        self._source = source
        self._outage = Outage(log_outage, "reading the mirror")
        self._reason: str | None = None
        self._hangs = False
        self._as_of_ms = 0
        self._health: tuple[dict[str, Any], int] | None = None
        pipelines = Pipelines(copy.engine.store)
        self._console = Console(
            Surroundings(
                copy.engine,
                _refuse,
                pipelines,
                copy.scopes,
                self._latest_health,
                lambda: copy.copying,
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
            await say(send, 404, "Here is a mirror of Partner Central to look at, under /console/, and no API.")
        else:
            await self._renew()
            await show(self._console, scope, receive, send, self._names.origin)

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
        if self._renewal is None and (now := self._clock()) >= self._rests_until:
            looking = self._thread.submit(self._look, now)
            self._renewal = looking, self._thread.submit(self._renewed, looking)
        renewal = self._renewal
        if renewal is None:
            return
        looking, renewing = renewal
        await asyncio.wait([asyncio.wrap_future(looking)], timeout=0 if self._hangs else PATIENCE_S)
        if not looking.done():
            self._hangs, self._reason = True, f"it has not answered for {PATIENCE_S:.0f} s"
            return
        state = looking.result()
        if state is not None and state.opportunities > SMALL and not renewing.done():
            return
        if self._renewal is renewal:
            self._renewal = None
        await asyncio.wrap_future(renewing)

    def _look(self, began: float) -> MirrorState | None:
        """How the mirror is; None where it cannot be read."""
        try:
            return self._copy.look()
        except Exception as error:  # noqa: BLE001  # the pages show the reason, and the next one tries again
            self._failed(error, began)
            return None
        finally:
            self._hangs = False

    def _renewed(self, looking: "Future[MirrorState | None]") -> None:
        state = looking.result()
        if state is None:
            return
        began = self._clock()
        try:
            self._copy.renew(state)
        except Interrupted:
            return
        except Exception as error:  # noqa: BLE001  # as above
            self._failed(error, began)
            return
        ended = self._clock()
        self._rests_until = ended + REST * (ended - began)
        self._as_of_ms = wall_clock()
        self._reason = None
        self._outage.over()

    def _failed(self, error: Exception, began: float) -> None:
        ended = self._clock()
        self._rests_until = ended + min(REST * (ended - began), LONGEST_REST_S)
        self._reason = reason_of(error) or f"cosell fails ({type(error).__name__}), and its log says where"
        self._outage.met(error)

    def _trouble(self) -> Trouble | None:
        if self._reason is None:
            return None
        return Trouble(self._reason, str(Timestamp.from_ms(self._as_of_ms)) if self._copy.is_there else None)

    def _latest_health(self) -> dict[str, Any]:
        """How the mirror is, or was when it told so last."""
        if self._reason is None:
            try:
                self._health = self._source.health(), wall_clock()
            except Exception as error:  # noqa: BLE001  # as above
                self._failed(error, self._clock())
        if self._health is None:
            raise Failure(503, f"The mirror cannot be read: {self._reason}.", "Open the page again in a moment.")
        health, told_at_ms = self._health
        age_s = health["age_seconds"]
        return health | {
            "age_seconds": age_s if age_s is None else age_s + (wall_clock() - told_at_ms) // 1000,
            "refused": self._copy.refused,
            "copying": self._copy.copying,
        }


def _refuse(*_: object) -> AdminResult:
    return AdminResult(405, {"error": "A mirror is only looked at."})
