"""Whether the service is still the one that the mirror was read from: its rows against the mirror's.

Nothing is written, and usually no more calls are made: the head that begins each pass shows the newest rows.
"""

from collections.abc import Iterable, Sequence

from cosell.sync import plan
from cosell.sync.answers import PageOfRows
from cosell.sync.service import Service
from cosell.sync.target import Row, Target


class Continuity:
    """Doubts of a pass. Raises Refused, Unavailable and MirrorUnavailable."""

    def __init__(self, service: Service, target: Target) -> None:
        self._service = service
        self._target = target

    def of_head(self, head: PageOfRows) -> str | None:
        """See `Doubts`. If the head shows too few of the mirror's newest rows, the service is asked for them."""
        anchors = self._target.newest(plan.ANCHORS)
        found, open_ones = plan.missed(anchors, head.rows, head.next_token)
        if found or len(anchors) - len(open_ones) >= plan.ENOUGH_ANCHORS or not open_ones:
            return found
        asked = open_ones[: plan.ENOUGH_ANCHORS]
        return _contradiction(asked, self._service.present([row.id for row in asked]).rows)

    def of_page(self, rows: Sequence[Row]) -> str | None:
        """See `Doubts`."""
        given = {row.id for row in rows}
        return _contradiction(self._target.summaries_of(given), rows)


def _contradiction(kept: Iterable[Row], rows: Iterable[Row]) -> str | None:
    given = {row.id: row for row in rows}
    return next((found for row in kept if (found := plan.contradiction(row, given.get(row.id)))), None)
