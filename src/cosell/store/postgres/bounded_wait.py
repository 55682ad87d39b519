"""A connection on which nobody waits for ever: whoever has not heard from the server in time gives the connection up.

Servers end statements that take too long, but one that hangs ends nothing, nor does a primary that waits for a standby
at a COMMIT. What became of a COMMIT that was given up is not known; a ClientToken makes it safe to ask again.
"""

from collections.abc import Generator
from time import monotonic
from typing import Any, Final, TypeVar

import psycopg

from cosell.store.patience import current_deadline

GRACE_S: Final = 1.0
"""Between a deadline, by which the server ends what waits for locks or takes too long, and our giving up."""
LEAST_S: Final = 2.0
"""What every statement may take, also of a request whose deadline is near or has passed."""

Done = TypeVar("Done")
Waiting = Generator[Any, Any, Done]


class NotInTime(psycopg.OperationalError):
    """The server has not answered in time. The connection is closed."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection whose server has to answer each statement by the deadline of the thread."""

    patience_s: float | None = None
    """How long each statement may take, where that is another time."""

    def wait(self, gen: Waiting[Done], *arguments: Any, **named: Any) -> Done:
        """See psycopg. Raises NotInTime where the server has not answered by then."""
        return super().wait(self._in_time(gen), *arguments, **named)

    def _in_time(self, waiting: Waiting[Done]) -> Waiting[Done]:
        """psycopg looks up ten times a second, whether or not there was something to read."""
        give_up_at = self._give_up_at()
        try:
            wanted = next(waiting)
            while True:
                ready = yield wanted
                if not ready and monotonic() >= give_up_at:
                    self.pgconn.finish()
                    raise NotInTime
                wanted = waiting.send(ready)
        except StopIteration as done:
            result: Done = done.value
            return result

    def _give_up_at(self) -> float:
        if self.patience_s is not None:
            return monotonic() + self.patience_s
        return max(current_deadline() + GRACE_S, monotonic() + LEAST_S)
