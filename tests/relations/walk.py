"""Following the pages of a list to their end."""

import itertools
from typing import Any

from tests.store.caller import Caller, Record


def walk(caller: Caller, operation: str, result: str, request: dict[str, Any], sizes: list[int]) -> list[Record]:
    """What all pages hold under the key `result`, MaxResults taken from `sizes` in turn."""
    found: list[Record] = []
    token: str | None = None
    for size in itertools.cycle(sizes):
        page = caller(operation, **request, MaxResults=size, NextToken=token)
        found += page[result]
        assert len(page[result]) <= size
        assert len(page[result]) == size or "NextToken" not in page
        token = page.get("NextToken")
        if token is None:
            break
    return found
