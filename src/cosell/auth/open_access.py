"""An open server: nobody is refused, and the access key says which account is meant.

A twelve-digit access key selects that account, any other selects the default one. Signatures are not verified,
which is why an open server listens on loopback only. Source: our choice (docs/fidelity.md).
"""

import re
from typing import Final

from cosell.errors import UserError

DEFAULT_ACCOUNT: Final = "000000000000"
ACCOUNT_PATTERN: Final = r"^[0-9]{12}\Z"
"""Digits of an account number."""

_ACCOUNT = re.compile(ACCOUNT_PATTERN)
_ACCOUNT_AS_KEY = re.compile(rb"[ =]Credential=([0-9]{12})/")
_KEY = re.compile(rb"[ =]Credential=([^/]+)/")


def account_of(headers: dict[bytes, bytes]) -> str:
    """The account that a request's Authorization header selects."""
    named = _ACCOUNT_AS_KEY.search(headers.get(b"authorization", b""))
    return named[1].decode() if named else DEFAULT_ACCOUNT


def key_of(headers: dict[bytes, bytes]) -> str:
    """The access key in a request's Authorization header; empty if there is none."""
    key = _KEY.search(headers.get(b"authorization", b""))
    return key[1].decode("latin-1") if key else ""


def is_account(text: str) -> bool:
    """Whether a text is an account number: twelve digits."""
    return _ACCOUNT.fullmatch(text) is not None


def check_account(text: str, where: str = "account") -> None:
    """Raises UserError for anything but an account number; `where` is the option that gave it."""
    if not isinstance(text, str) or not is_account(text):
        raise UserError(f"{where}: {text} is not an account", "an account has twelve digits")
