"""What a sync asks next, and what it may conclude from an answer. Pure: no calls, no clock, no database.

A sync keeps one date, the *watermark*: everything that the service showed up to it is in the mirror. A *pass* moves
it:

1. Ask for the *head*: the page that was modified last. Its newest LastModifiedDate is the *floor* of this pass.
2. Where the head does not reach back to the watermark, list everything modified since, page by page, in the order of
   CreatedDate. That key does not move while pages are read, so a row that changes meanwhile is met where it always
   was, and pushes nobody aside. Where a service refuses the order, LastModifiedDate descending does: what moves to the
   front is newer than the floor, and is left to the next pass.
3. Each page is kept together with the position behind it, in one transaction. A pass that is broken off goes on
   there. If its token is refused meanwhile, the pass begins again; the watermark has not moved.
4. With the last page, the watermark becomes the floor. Not the newest row that was met: rows that changed while the
   pages were read are newer than the floor, and some of them were met before they changed.

The watermark is never later than the service's own time. A row that is stamped later than that is listed again in each
pass until its time has come, and hides nothing.

A service may show a row some time after it stamped it. The *overlap* is the longest such delay that is allowed for. A
change that is still hidden when a pass begins was made at most one overlap before. So once the newest row was first
seen that long ago, nothing stamped like it or earlier is still hidden; until then, a pass reaches back by what is left
of the overlap. This compares moments of a single clock only, so it does not matter whether the service stamps its rows
by the clock that it shows.

All this holds for a single service whose time moves forward. If an answer shows that it is another one, an older state
of it, or that its clock was set back, the pass is in *doubt*, and lists everything: then the service wins, whatever
stamps the mirror has (docs/decisions/0023).

Source: decisions docs/decisions/0008 and 0023; AWS's page on ListOpportunities for the inclusive lower bound.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from cosell.sync.moments import ms_of
from cosell.sync.target import Row

SortBy = Literal["CreatedDate", "LastModifiedDate"]
SORT_ORDER: Final[dict[SortBy, str]] = {"CreatedDate": "ASCENDING", "LastModifiedDate": "DESCENDING"}
PAGE_SIZE: Final = 100
"""The most that ListOpportunities returns at once."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class Told(msgspec.Struct, frozen=True):
    """When the service answered: by its own clock, and by this machine's, which is read before the question.

    Its own is that of the Date header, which has whole seconds and is rounded down; None if there is none.
    """

    own_ms: int
    service_ms: int | None = None

    @property
    def now_ms(self) -> int:
        """The service's time as far as it is known: if it shows none, this machine's is used."""
        return self.own_ms if self.service_ms is None else self.service_ms


class Listing(msgspec.Struct, frozen=True):
    """A pass in progress: its floor, when it began, what it lists, and the next page's token.

    A `full` one starts over if it is interrupted: what it had met until then is no longer known.
    """

    floor_ms: int | None
    since_ms: int | None
    sort_by: SortBy
    token: str | None = None
    told: Told | None = None
    full: bool = False


class SyncState(msgspec.Struct, frozen=True):
    """Everything that a sync remembers. Times are milliseconds since 1970 UTC; None is not known, or never."""

    watermark_ms: int | None = None
    sort_by: SortBy = "CreatedDate"
    listing: Listing | None = None
    newest_ms: int | None = None
    """The newest stamp that the last pass saw: the watermark, unless it lay in the future."""
    first_seen: Told | None = None
    """When a pass began that first saw the newest stamp; None while that lies in the future."""
    told: Told | None = None
    """When the last pass began."""


class Head(msgspec.Struct, frozen=True):
    """The query for the most recently modified opportunities."""

    token: str | None = None

    def members(self, catalog: str) -> dict[str, Any]:
        """The query as ListOpportunities takes it."""
        return _members(catalog, "LastModifiedDate", self.token)


class Page(msgspec.Struct, frozen=True):
    """The query for a page of everything modified at `since_ms` or later."""

    since_ms: int | None
    sort_by: SortBy
    token: str | None

    def members(self, catalog: str) -> dict[str, Any]:
        """The query as ListOpportunities takes it."""
        members = _members(catalog, self.sort_by, self.token)
        if self.since_ms is not None:
            members["LastModifiedDate"] = {"AfterLastModifiedDate": _EPOCH + self.since_ms * _MS}
        return members


def _members(catalog: str, sort_by: SortBy, token: str | None) -> dict[str, Any]:
    members: dict[str, Any] = {
        "Catalog": catalog,
        "MaxResults": PAGE_SIZE,
        "Sort": {"SortBy": sort_by, "SortOrder": SORT_ORDER[sort_by]},
    }
    if token is not None:
        members["NextToken"] = token
    return members


Refusal = Literal["order", "token"]
"""What the service refused in a query for a page."""


def refusal(asked: Page, code: str) -> Refusal | None:
    """The part of a query that was refused with an error of this code; None if the pass cannot help it.

    The service accepts the first page's order before it issues a token, so with a token it can only be the token.
    """
    if code != "ValidationException":
        return None
    if asked.token is not None:
        return "token"
    return "order" if asked.sort_by == "CreatedDate" else None


def since_ms(state: SyncState, overlap_ms: int) -> int | None:
    """The stamp from which on the last pass may have missed something; None: it may be anything."""
    if state.watermark_ms is None:
        return None
    if state.first_seen is None or state.told is None:
        return state.watermark_ms - overlap_ms
    return state.watermark_ms - max(0, overlap_ms - _between_ms(state.first_seen, state.told))


def with_head(state: SyncState, newest_ms: int | None, told: Told, *, overlap_ms: int, full: bool = False) -> SyncState:
    """The state after the head: a pass has begun, or is over if there is nothing to list.

    `newest_ms` is None if the catalog is empty. A `full` pass lists everything.
    """
    since = None if full else since_ms(state, overlap_ms)
    if newest_ms is not None and since == newest_ms == state.watermark_ms and not full:
        return msgspec.structs.replace(state, told=told)
    listing = Listing(newest_ms, since, state.sort_by, told=told, full=full)
    return msgspec.structs.replace(state, listing=listing)


def all_of_pass(state: SyncState, rows: Sequence[Row], next_token: str | None) -> list[Row] | None:
    """What the pass would list, if the head, newest first, has all of it; else None."""
    assert state.listing is not None, "a pass has begun"
    since = state.listing.since_ms
    if next_token is not None and (since is None or rows[-1].last_modified_ms >= since):
        return None
    return [row for row in rows if since is None or row.last_modified_ms >= since]


def question(listing: Listing) -> Page:
    """The page to ask for next."""
    return Page(listing.since_ms, listing.sort_by, listing.token)


def with_page(state: SyncState, next_token: str | None) -> SyncState:
    """The state after a page, to be stored with the page's rows. Without a next token the pass is over."""
    listing = state.listing
    assert listing is not None, "a page answers a question for a page"
    if next_token is None:
        return _after_pass(state, listing)
    if next_token == listing.token:  # it would lead round in a circle
        return with_refusal(state, "token")
    return msgspec.structs.replace(state, listing=msgspec.structs.replace(listing, token=next_token))


def _after_pass(state: SyncState, listing: Listing) -> SyncState:
    newest_ms, told = listing.floor_ms, listing.told
    if newest_ms is None or told is None:
        return SyncState(newest_ms, listing.sort_by, newest_ms=newest_ms, told=told)
    if newest_ms > told.now_ms:
        return SyncState(told.now_ms, listing.sort_by, newest_ms=newest_ms, told=told)
    stayed = newest_ms == state.watermark_ms and not listing.full
    first_seen = state.first_seen if stayed and state.first_seen is not None else told
    return SyncState(newest_ms, listing.sort_by, newest_ms=newest_ms, first_seen=first_seen, told=told)


def with_refusal(state: SyncState, refused: Refusal) -> SyncState:
    """The state after a refused query: the pass starts over, in the other order if the order was refused."""
    sort_by: SortBy = "LastModifiedDate" if refused == "order" else state.sort_by
    return msgspec.structs.replace(state, sort_by=sort_by, listing=None)


CLOCK_SLACK_MS: Final = 60_000
"""How far two clocks may drift apart between two passes, or a service's machines may disagree. Our choice.

A clock that is set back by less makes changes appear late by as much, which the overlap allows for.
"""
ANCHORS: Final = PAGE_SIZE + 1
"""How many of the mirror's newest rows a pass looks for first: one more than a head has, to see whether that is all."""
ENOUGH_ANCHORS: Final = 20
"""How many of them are requested by their identifiers if the head shows fewer."""


def doubt(state: SyncState, newest_ms: int | None, told: Told) -> str | None:
    """What the newest stamp and the service's time say against a pass that lists only what changed; None: nothing."""
    listing = state.listing
    if listing is not None and listing.full:
        return "a pass that lists everything was interrupted"
    reached_ms = state.watermark_ms if listing is None else listing.floor_ms
    before = state.told if listing is None else listing.told
    if reached_ms is not None and (newest_ms is None or newest_ms < reached_ms):
        return "the service's newest change is older than what the mirror has seen"
    if state.watermark_ms is not None and state.watermark_ms > told.now_ms + CLOCK_SLACK_MS:
        return "the watermark lies in the service's future"
    if before is not None and _was_set_back(before, told):
        return "the service's clock was set back"
    return None


def contradiction(kept: Row, given: Row | None) -> str | None:
    """Evidence that a row of the mirror and the service's with the same identifier are of two services; else None."""
    if given is None:
        return f"the service does not have {kept.id} any more"
    if given.last_modified_ms < kept.last_modified_ms:
        return f"the service has an older {kept.id} than the mirror"
    before, now = _created_s(kept), _created_s(given)
    if before is not None and now is not None and before != now:
        return f"the service's {kept.id} is another one, created at another time"
    return None


def missed(anchors: Iterable[Row], rows: Sequence[Row], next_token: str | None) -> tuple[str | None, list[Row]]:
    """What the head, newest first, says of the mirror's newest rows: a contradiction, and those of which it says none.

    If the head has no such row, the service has it with an earlier stamp than the head's last one, or not at all.
    """
    given = {row.id: row for row in rows}
    open_ones = []
    for kept in anchors:
        row = given.get(kept.id)
        if row is None and next_token is not None and kept.last_modified_ms <= rows[-1].last_modified_ms:
            open_ones.append(kept)
        elif found := contradiction(kept, row):
            return found, []
    return None, open_ones


def _between_ms(earlier: Told, later: Told) -> int:
    """How long it was at least, by the clock that shows less."""
    spans = [later.own_ms - earlier.own_ms]
    if earlier.service_ms is not None and later.service_ms is not None:
        spans.append(later.service_ms - earlier.service_ms)
    return max(0, min(spans))


def _was_set_back(before: Told, now: Told) -> bool:
    """Whether the service's clock shows less than before, or has gained less than this machine's meanwhile."""
    if before.service_ms is None or now.service_ms is None:
        return now.now_ms < before.now_ms - CLOCK_SLACK_MS
    gained_ms = now.service_ms - before.service_ms
    return gained_ms < max(0, now.own_ms - before.own_ms) - CLOCK_SLACK_MS


class _Created(msgspec.Struct, rename="pascal"):
    created_date: Any = None


_decode_created = msgspec.json.Decoder(_Created).decode


def _created_s(row: Row) -> int | None:
    """In whole seconds, since old answers have no finer ones. None if it is not known."""
    try:
        return ms_of(_decode_created(row.raw).created_date) // 1000
    except (ValueError, msgspec.DecodeError):
        return None
