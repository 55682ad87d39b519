"""The pages of one pass, in order, each with the state that comes with it."""

from collections.abc import Callable, Iterator
from typing import Final

from cosell.sync import plan
from cosell.sync.answers import PageOfRows
from cosell.sync.plan import SyncState
from cosell.sync.service import Refused, Service, Unavailable

MOST_RESTARTS: Final = 20
"""Of one pass, for tokens that the service gave and does not take."""
Newest = tuple[PageOfRows, int | None]
"""The answer to the question for the newest opportunity, and the service's time when it gave it."""


class Walk:
    """One pass. Iterating asks for one page after the other; `state` is the one behind the last page given.

    A state that is to be kept must be kept with its page. A pass that begins again gives pages that were given before.
    Raises Refused and Unavailable, and whatever `check` raises between two pages.
    """

    def __init__(
        self,
        service: Service,
        state: SyncState,
        newest: Newest | None,
        *,
        overlap_ms: int,
        full: bool = False,
        check: Callable[[], None],
    ) -> None:
        self.state = state
        self._service = service
        self._newest = newest
        self._overlap_ms = overlap_ms
        self._full = full
        self._check = check

    def __iter__(self) -> Iterator[PageOfRows]:
        """The pages that are left of the pass. None where nothing can be new."""
        restarts = 0
        while self._begin_where_none_is_under_way():
            self._check()
            question = plan.question(self.state)
            try:
                page, _ = self._service.page(question)
            except Refused as refused:
                refusal = plan.refusal(question, refused.code)
                if refusal is None:
                    raise
                self.state = plan.with_refusal(self.state, refusal)
            else:
                self.state = plan.with_page(self.state, page.next_token)
                yield page
                if page.next_token is None:
                    return
            restarts += self.state.listing is None
            if restarts > MOST_RESTARTS:
                raise Unavailable("the service does not take the tokens that it gives")

    def _begin_where_none_is_under_way(self) -> bool:
        """Whether there is a page to ask for."""
        if self.state.listing is None:
            page, asked_ms = self._newest or self._service.page(plan.Newest())
            self._newest = None
            newest_ms = page.rows[0].last_modified_ms if page.rows else None
            self.state = plan.with_newest(self.state, newest_ms, asked_ms, overlap_ms=self._overlap_ms, full=self._full)
        return self.state.listing is not None
