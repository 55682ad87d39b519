"""NextToken: where a walk through the pages of a list continues. This is keyset pagination.

A token holds a *position*: the sort key and the identifier of the last item that was handed out. The next
page starts just behind it, which costs the same however deep the scan is, on any worker, after any restart, with no
state kept for the reader. An OFFSET would read everything before the page again, and would skip or repeat rows
whenever some were inserted or moved meanwhile; a cursor kept in memory would die with its process; a pointer to the
*next* row breaks when that row moves. With a position, every row that keeps its key during the scan is seen exactly
once, whatever the other rows do.

A position means nothing under another order or filter, for another account, or in another catalog. So the token is
signed over all of these: whoever changes the query, or the token, gets the same answer, "not a token of this query",
which does not say why. The time of issue is signed too, and a token expires after a day.

The page size is not part of the query. A version byte comes first, so that servers of two versions can share a
database while one replaces the other. Sister operations of the model cap tokens at 2,048 characters; ours stay below,
because a company's name has 120 characters at most (a test checks the longest). A search's may be longer if its
position is at a longer text: that operation has no cap.

One list's token is not valid for another: a query begins with the name of its operation, the tag of its struct.

Source: decision docs/decisions/0003; service model, NextToken of the List operations.
"""

import binascii
import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from cosell.context import Scope
from cosell.errors import ValidationException, Violation
from cosell.rules.list.sort_keys import Key

VERSION = b"\x01"
LIFETIME_MS = 24 * 60 * 60 * 1000
_MAC_BYTES = 16


class Position(msgspec.Struct, frozen=True):
    """The last row returned: its key in the scan's order, and its `id_key`."""

    key: Key
    id_key: str


class Scan(msgspec.Struct, frozen=True):
    """A walk through the pages of one query."""

    scope: Scope
    selector: msgspec.Struct
    """Filters and order: an array-like struct with the operation's name as its tag."""
    now_ms: int
    token_key: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def write(scan: Scan, position: Position) -> str:
    """The token that continues from `position`."""
    content = _encode((scan.now_ms, position.key, position.id_key))
    return _text(VERSION + _mac(scan, content) + content)


def read(scan: Scan, token: str | None) -> Position | None:
    """The position that a token holds; None for the first page.

    Raises ValidationException (INVALID_VALUE, NextToken) for a token that was not issued for this very query, was
    changed, or is older than a day.
    """
    if token is None:
        return None
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise _not_a_token() from None
    mac, content = raw[1 : 1 + _MAC_BYTES], raw[1 + _MAC_BYTES :]
    if raw[:1] != VERSION or _text(raw) != token or not hmac.compare_digest(mac, _mac(scan, content)):
        raise _not_a_token()
    issued_ms, key, id_key = _decode(content)
    if scan.now_ms - issued_ms > LIFETIME_MS:
        raise _not_a_token()
    return Position(key, id_key)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _mac(scan: Scan, content: bytes) -> bytes:
    question = _encode((scan.scope.account, scan.scope.catalog, scan.selector, content))
    return hashlib.blake2b(question, key=scan.token_key, digest_size=_MAC_BYTES).digest()


def _not_a_token() -> ValidationException:
    message = "This is not a valid token for these filters and this order."
    return ValidationException("REQUEST_VALIDATION_FAILED", [Violation("NextToken", "INVALID_VALUE", message)])
