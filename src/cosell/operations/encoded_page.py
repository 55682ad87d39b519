"""A page of summaries that the store keeps encoded, as a List operation answers it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import msgspec

from cosell.context import Context
from cosell.rules.list import page_token
from cosell.rules.list.page_token import Position
from cosell.store.page import Page

Selector = TypeVar("Selector", bound=msgspec.Struct)


class Listing(Protocol):
    """A request for a page."""

    @property
    def next_token(self) -> str | None: ...

    @property
    def max_results(self) -> int | None: ...


def encoded_page(
    read: Callable[[Selector, Position | None, int], Page],
    selector: Selector,
    request: Listing,
    default_size: int,
    context: Context,
) -> tuple[msgspec.Raw, str | None]:
    """The summaries as one JSON list, and the token of the next page if there is one.

    Raises ValidationException if the request's token is forged, expired, or belongs to another query.
    """
    scan = page_token.Scan(context.scope, selector, context.now_ms, context.token_key)
    page = read(selector, page_token.read(scan, request.next_token), request.max_results or default_size)
    summaries = msgspec.Raw(b"[%b]" % b",".join(page.summaries))
    return summaries, None if page.last is None else page_token.write(scan, page.last)
