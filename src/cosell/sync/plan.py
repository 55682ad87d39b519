"""What a sync asks next, and what it may conclude from an answer. Pure: no calls, no clock, no database.

A sync keeps one date, the *watermark*: everything that the service showed up to it is in the mirror. A *pass* moves
it:

1. Ask for the newest LastModifiedDate there is: the *floor* of this pass.
2. List everything modified since the watermark, page by page, in the order of CreatedDate. That key does not move
   while pages are read, so a row that changes meanwhile is met where it always was, and pushes nobody aside.
   Where a service refuses the order, LastModifiedDate descending does: what moves to the front is newer than the
   floor, and is left to the next pass.
3. Each page is kept together with the position behind it, in one transaction. A pass that is broken off goes on
   there. If its token is refused meanwhile, the pass begins again; the watermark has not moved.
4. With the last page, the watermark becomes the floor. Not the newest row that was met: rows that changed while the
   pages were read are newer than the floor, and some of them were met before they changed.

A service may show a row some time after it stamped it. The *overlap* is the longest such delay that is allowed for.
A row stamped up to `overlap` before a pass began may have been invisible to it, so the next pass asks again from
there. "Before a pass began" is by the service's clock, and never later than the newest stamp that it showed; where no
clock is to be had, the newest stamp stands for it. Once a pass has begun longer than the overlap after the newest
stamp, everything up to that stamp was visible to it, so as long as the newest stamp stays, nothing can be new, and one
question is the whole pass.

Source: decision docs/decisions/0008; AWS's page on ListOpportunities for the inclusive lower bound.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import msgspec

SortBy = Literal["CreatedDate", "LastModifiedDate"]
SORT_ORDER: Final[dict[SortBy, str]] = {"CreatedDate": "ASCENDING", "LastModifiedDate": "DESCENDING"}
PAGE_SIZE: Final = 100
"""The most that ListOpportunities gives at once."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class Listing(msgspec.Struct, frozen=True):
    """A pass under way: its floor, when it began by the service's clock, what it lists, and the next page's token."""

    floor_ms: int
    began_ms: int | None
    since_ms: int | None
    sort_by: SortBy
    token: str | None = None


class SyncState(msgspec.Struct, frozen=True):
    """All that a sync remembers. Times are milliseconds since 1970 UTC; None is not known, or never."""

    watermark_ms: int | None = None
    began_ms: int | None = None
    """When the pass began that set the watermark."""
    sort_by: SortBy = "CreatedDate"
    listing: Listing | None = None


class Newest(msgspec.Struct, frozen=True):
    """The question for the opportunity that was modified last."""

    def members(self, catalog: str) -> dict[str, Any]:
        """The question as ListOpportunities takes it."""
        return {
            "Catalog": catalog,
            "MaxResults": 1,
            "Sort": {"SortBy": "LastModifiedDate", "SortOrder": "DESCENDING"},
        }


class Page(msgspec.Struct, frozen=True):
    """The question for a page of everything modified at `since_ms` or later."""

    since_ms: int | None
    sort_by: SortBy
    token: str | None

    def members(self, catalog: str) -> dict[str, Any]:
        """The question as ListOpportunities takes it."""
        members: dict[str, Any] = {
            "Catalog": catalog,
            "MaxResults": PAGE_SIZE,
            "Sort": {"SortBy": self.sort_by, "SortOrder": SORT_ORDER[self.sort_by]},
        }
        if self.since_ms is not None:
            members["LastModifiedDate"] = {"AfterLastModifiedDate": _EPOCH + self.since_ms * _MS}
        if self.token is not None:
            members["NextToken"] = self.token
        return members


Refusal = Literal["order", "token"]
"""What the service did not accept of a question for a page."""


def refusal(asked: Newest | Page, code: str) -> Refusal | None:
    """What of a question was refused with an error of this code; None where the pass cannot help it.

    The service takes the first page's order before it gives a token, so with a token it can only be the token.
    """
    if code != "ValidationException" or isinstance(asked, Newest):
        return None
    if asked.token is not None:
        return "token"
    return "order" if asked.sort_by == "CreatedDate" else None


def question(state: SyncState) -> Newest | Page:
    """What to ask next: the newest where no pass is under way."""
    listing = state.listing
    return Newest() if listing is None else Page(listing.since_ms, listing.sort_by, listing.token)


def since_ms(state: SyncState, overlap_ms: int) -> int | None:
    """The stamp from which on the last pass may have missed something; None: it may be anything."""
    if state.watermark_ms is None:
        return None
    began_ms = state.watermark_ms if state.began_ms is None else state.began_ms
    return max(state.watermark_ms - overlap_ms, min(state.watermark_ms, began_ms - overlap_ms))


def with_newest(
    state: SyncState, newest_ms: int | None, asked_ms: int | None, *, overlap_ms: int, full: bool = False
) -> SyncState:
    """The state after the answer to `Newest`: a pass has begun, or is over if there is nothing to list.

    `newest_ms` is None where the catalog is empty. `asked_ms` is the service's time when it answered, or earlier.
    With `full` everything is listed.
    """
    if newest_ms is None:
        return msgspec.structs.replace(state, watermark_ms=None, began_ms=None, listing=None)
    since = since_ms(state, overlap_ms)
    if since == newest_ms == state.watermark_ms and not full:
        return state
    listing = Listing(newest_ms, asked_ms, None if full else since, state.sort_by)
    return msgspec.structs.replace(state, listing=listing)


def with_page(state: SyncState, next_token: str | None) -> SyncState:
    """The state after a page, to be kept with the page's rows. Without a next token the pass is over."""
    listing = state.listing
    assert listing is not None, "a page answers a question for a page"
    if next_token is None:
        return SyncState(listing.floor_ms, listing.began_ms, listing.sort_by)
    if next_token == listing.token:  # it would lead round in a circle
        return with_refusal(state, "token")
    return msgspec.structs.replace(state, listing=msgspec.structs.replace(listing, token=next_token))


def with_refusal(state: SyncState, refused: Refusal) -> SyncState:
    """The state after a question that was refused: the pass begins again, in the other order if it was the order."""
    sort_by: SortBy = "LastModifiedDate" if refused == "order" else state.sort_by
    return msgspec.structs.replace(state, sort_by=sort_by, listing=None)
