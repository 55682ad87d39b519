"""Addresses of databases as they may be shown."""

import re
from typing import Final

_PASSWORD: Final = re.compile(r"(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'?|\S+)")


def without_password(url: str) -> str:
    """The URL without a password and without parameters, which may hold one.

    Of what names a database in the form `key=value key=value` the values of passwords are left out.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _PASSWORD.sub(r"\1***", url).partition("?")[0]
    place, _, parameters = rest.partition("?")
    if "@" not in place and "@" in parameters:  # a question mark of the password, or a parameter with an @
        return f"{scheme}{separator}{place.partition(':')[0]}"
    user, at, place = place.rpartition("@")
    return f"{scheme}{separator}{user.partition(':')[0]}{at}{place}"
