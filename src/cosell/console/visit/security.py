"""What keeps other pages out: headers on every answer, and a token on every change.

The Host and Origin of a request were checked before it came here, for the admin API and the console alike
(`serve/admin/origin.py`). A page from another site that gets around that still lacks the token: it is made from a
cookie that only this site receives and a key that never leaves the server.
"""

import hashlib
import hmac
import secrets
from typing import Final

COOKIE: Final = "cosell_console"
FIELD: Final = "csrf"

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PAGE_HEADERS: Final = HEADERS | {"cache-control": "no-store"}


def new_nonce() -> str:
    """The value of a cookie for a browser that has none."""
    return secrets.token_urlsafe(16)


def csrf_token(nonce: str, key: bytes) -> str:
    """The token that forms carry for a browser with this cookie; the same on every worker."""
    return hashlib.blake2b(nonce.encode(), key=key, digest_size=16, person=b"console csrf").hexdigest()


def is_csrf_token(token: str, nonce: str, key: bytes) -> bool:
    """Whether a form came from one of our pages, in this browser."""
    return bool(nonce) and hmac.compare_digest(token.encode(), csrf_token(nonce, key).encode())


def cookie_header(nonce: str) -> str:
    """The Set-Cookie header that gives a browser its nonce."""
    return f"{COOKIE}={nonce}; Path=/console; HttpOnly; SameSite=Strict"
