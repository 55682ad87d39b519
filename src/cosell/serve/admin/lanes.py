"""Where requests to the admin API are executed, so that none waits for something unrelated.

Reads run in threads of their own, whoever writes meanwhile. A change queues up with those of the API. A bulk action,
which may take minutes, has a thread to itself. A request that has not started by the deadline is told so.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Final

from cosell.serve.admin.router import AdminAnswer, AdminRequest, Room, Route, answer_of_busy, perform
from cosell.store.patience import LOCK_TIMEOUT_S, new_deadline, waiting_until

READERS: Final = 4


class Lanes:
    """Carries out requests for `room`; `writer` is the thread of the API's changes.

    `on_written` is called in some thread after each that may have written.
    """

    def __init__(self, room: Room, writer: ThreadPoolExecutor, on_written: Callable[[], object]) -> None:
        self._room = room
        self._on_written = on_written
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="admin reader")
        self._bulk = ThreadPoolExecutor(1, thread_name_prefix="bulk")
        self._lanes = {"read": self._readers, "change": writer, "bulk": self._bulk}

    async def answer(self, route: Route, request: AdminRequest) -> AdminAnswer:
        """The answer to a request, for the event loop."""
        answering = self._begin(route, request)
        answered = asyncio.wrap_future(answering)
        await asyncio.wait([answered], timeout=LOCK_TIMEOUT_S)
        return answer_of_busy() if answering.cancel() else await answered

    def answer_here(self, route: Route, request: AdminRequest) -> AdminAnswer:
        """The answer to a request, for a thread that may wait."""
        answering = self._begin(route, request)
        try:
            return answering.result(LOCK_TIMEOUT_S)
        except NotYet:
            return answer_of_busy() if answering.cancel() else answering.result()

    def _begin(self, route: Route, request: AdminRequest) -> "Future[AdminAnswer]":
        deadline = new_deadline()

        def carry_out() -> AdminAnswer:
            with waiting_until(deadline):
                answer = perform(self._room, route, request)
            if route.lane != "read":
                self._on_written()
            return answer

        return self._lanes[route.lane].submit(carry_out)

    def close(self) -> None:
        """Finish what was begun."""
        self._readers.shutdown(cancel_futures=True)
        self._bulk.shutdown(cancel_futures=True)
