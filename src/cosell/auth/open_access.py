"""An open server: nobody is refused, and the access key tells which account is meant.

An access key of twelve digits selects that account, any other selects the default one. Signatures are not verified,
which is why an open server listens on loopback only. Source: our choice (docs/fidelity.md).
"""

import re
from typing import Final

DEFAULT_ACCOUNT: Final = "000000000000"
ACCOUNT_PATTERN: Final = r"^[0-9]{12}\Z"
"""Of the number of an account."""

_ACCOUNT_AS_KEY = re.compile(rb"[ =]Credential=([0-9]{12})/")


def account_of(headers: dict[bytes, bytes]) -> str:
    """The account that a request's Authorization header selects."""
    named = _ACCOUNT_AS_KEY.search(headers.get(b"authorization", b""))
    return named[1].decode() if named else DEFAULT_ACCOUNT
