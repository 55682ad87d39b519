"""Following pages to their end."""

import itertools
from collections.abc import Callable
from typing import Any

from tests.store.caller import Caller, Record


def walk(caller: Caller, request: dict[str, Any], sizes: list[int]) -> list[Record]:
    """The summaries of all pages, MaxResults taken from `sizes` in turn."""
    return followed(caller.page, "OpportunitySummaries", request, sizes)


def followed(ask: Callable[..., Record], member: str, request: dict[str, Any], sizes: list[int]) -> list[Record]:
    """What a member of the pages holds that `ask` answers, all of them, MaxResults taken from `sizes` in turn."""
    found: list[Record] = []
    token: str | None = None
    for size in itertools.cycle(sizes):
        page = ask(**request, MaxResults=size, NextToken=token)
        items = page[member]
        found += items
        if "NextToken" not in page:
            assert len(items) <= size
            break
        assert len(items) == size, "a page before the last is full"
        assert page["NextToken"] != token, "a client would follow it for ever"
        token = page["NextToken"]
    return found
