"""Following pages to their end."""

import itertools
from typing import Any

from tests.store.caller import Caller, Record


def walk(caller: Caller, request: dict[str, Any], sizes: list[int]) -> list[Record]:
    """The summaries of all pages, MaxResults taken from `sizes` in turn."""
    found: list[Record] = []
    token: str | None = None
    for size in itertools.cycle(sizes):
        page = caller.page(**request, MaxResults=size, NextToken=token)
        summaries = page["OpportunitySummaries"]
        found += summaries
        if "NextToken" not in page:
            assert len(summaries) <= size
            break
        assert len(summaries) == size, "a page before the last is full"
        assert page["NextToken"] != token, "a client would follow it for ever"
        token = page["NextToken"]
    return found
