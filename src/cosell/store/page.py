"""A page of a list, as a store gives it."""

import msgspec

from cosell.rules.list.page_token import Position


class Page(msgspec.Struct, frozen=True):
    """Encoded summaries in the requested order. `last` is the position of the final one if more follow, else None."""

    summaries: list[bytes]
    last: Position | None
