"""The pages of one pass, in order, each with the state that comes with it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from cosell.sync import plan
from cosell.sync.answers import PageOfRows
from cosell.sync.plan import SyncState, Told
from cosell.sync.service import MOST_EMPTY_PAGES, MOST_RESTARTS, Refused, Service, Unavailable
from cosell.sync.target import Row

Head = tuple[PageOfRows, Told]
"""The answer to the question for the head, and when the service gave it."""


class Doubts(Protocol):
    """What the rows of an answer say against a pass that lists only what changed; None: nothing."""

    def of_head(self, head: PageOfRows) -> str | None:
        """Before the pass."""

    def of_page(self, rows: Sequence[Row]) -> str | None:
        """Before a page is kept."""


class Walk:
    """One pass. Iterating requests one page after the other; `state` is the one after the last page.

    A state that is to be stored must be stored with its page. A pass that starts over yields pages that were yielded
    before. It is `full` if it was asked to be, or becomes so in doubt: `because` of that. Raises Refused and
    Unavailable, and whatever `check` raises between two pages.
    """

    def __init__(
        self,
        service: Service,
        state: SyncState,
        head: Head | None,
        *,
        overlap_ms: int,
        full: bool = False,
        doubts: Doubts | None = None,
        check: Callable[[], None],
    ) -> None:
        self.state = state
        self.full = full
        self.because: str | None = None
        self._service = service
        self._head = head
        self._overlap_ms = overlap_ms
        self._doubts = doubts
        self._check = check
        self._before = state
        self._has_begun = False
        self._restarts = -1

    def __iter__(self) -> Iterator[PageOfRows]:
        """The pages that are left of the pass. None if nothing can be new."""
        empty = 0
        while True:
            if not self._has_begun:
                head = self._begin()
                if head is not None:
                    if head.rows:
                        yield head
                    return
            if self.state.listing is None:
                return
            self._check()
            page = self._page(plan.question(self.state.listing))
            if page is None:
                continue
            self.state = plan.with_page(self.state, page.next_token)
            self._has_begun = self.state.listing is not None
            yield page
            if page.next_token is None:
                return
            empty = 0 if page.rows else empty + 1
            if empty > MOST_EMPTY_PAGES:
                raise Unavailable("the service gives one empty page after the other")

    @property
    def kept_state(self) -> SyncState:
        """The state to keep with a page: a full pass is not over before what has vanished is noted, too."""
        if not self.full:
            return self.state
        return msgspec.structs.replace(self._before, listing=plan.Listing(None, None, self.state.sort_by, full=True))

    def _begin(self) -> PageOfRows | None:
        """Ask for the head, and decide how to go on. It is returned if it is the whole pass."""
        self._restarts += 1
        if self._restarts > MOST_RESTARTS:
            raise Unavailable("the service does not take the tokens that it gives")
        self._check()
        (head, told), self._head = self._head or self._service.head(), None
        newest_ms = head.rows[0].last_modified_ms if head.rows else None
        self._has_begun = True
        if not self.full and self._doubts is not None:
            self._doubt(plan.doubt(self.state, newest_ms, told) or self._doubts.of_head(head))
        self._before = self.state
        if self.state.listing is not None and not self.full:
            return None
        self.state = plan.with_head(self.state, newest_ms, told, overlap_ms=self._overlap_ms, full=self.full)
        if self.state.listing is None:
            return None
        rows = plan.all_of_pass(self.state, head.rows, head.next_token)
        if rows is None:
            return None
        self.state = plan.with_page(self.state, None)
        return msgspec.structs.replace(head, rows=rows, next_token=None)

    def _page(self, question: plan.Page) -> PageOfRows | None:
        """A page; None if the pass starts over."""
        try:
            page, _ = self._service.page(question)
        except Refused as refused:
            refusal = plan.refusal(question, refused.code)
            if refusal is None:
                raise
            self.state = plan.with_refusal(self.state, refusal)
            self._has_begun = False
            return None
        if not self.full and self._doubts is not None and (found := self._doubts.of_page(page.rows)):
            self._doubt(found)
            self._has_begun = False
            return None
        return page

    def _doubt(self, found: str | None) -> None:
        if found:
            self.full, self.because = True, found
