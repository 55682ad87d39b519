"""Keeps page after page until it is killed, and says so of each: a page of three rows, two of which change each time.

Argument: the mirror's URL. What a page has is told by its number alone, so that a test can tell it as well.
"""

import sys

from cosell.sync.target import Row
from cosell.sync.targets.open import open_target
from tests.store.caller import NOON_MS
from tests.sync.targets.rows import IDENTITY, begin, row


def page(number: int) -> list[Row]:
    """The rows of a page."""
    project = {"ExpectedCustomerSpend": [{"Amount": str(number), "CurrencyCode": "USD"}]}
    changing = [row(identifier, NOON_MS + number, Project=project) for identifier in ("O1", "O2")]
    return [*changing, row(f"P{number:05}", NOON_MS + number)]


def state(number: int) -> bytes:
    """The state behind a page."""
    return b'{"page":%d}' % number


if __name__ == "__main__":
    with open_target(sys.argv[1]) as mirror, mirror.lock("the program"):
        first = mirror.counts().opportunities
        run = begin(mirror)
        number = max(first - 2, 0)
        while True:
            mirror.keep_page(run, IDENTITY, page(number), state(number), NOON_MS + number, want_details=True)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
            number += 1
