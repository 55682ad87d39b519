"""Addresses of databases as they may be shown: never with a password, whatever mistake is in them."""

import re
from typing import Final
from urllib.parse import unquote

_SHOWN: Final = frozenset(
    {
        *("host", "hostaddr", "port", "dbname", "user", "service", "options", "application_name", "passfile"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "load_balance_hosts"),
        *("connect_timeout", "channel_binding", "gssencmode", "require_auth"),
    }
)
"""Parameters of libpq that hold nothing secret. Source: PostgreSQL's manual, "Parameter Key Words"."""
_PAIRS: Final = re.compile(r"\s*(host|hostaddr|port|dbname|user|service|passfile|password|sslmode)\s*=")
"""How a connection string of libpq begins that is no URL."""
_PAIR: Final = re.compile(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'?|(?:[^\s\\]|\\.)*)")


def is_pairs(text: str) -> bool:
    """Whether a text is libpq's other form of an address: `host=db.example dbname=cosell`."""
    return _PAIRS.match(text) is not None


def is_address(text: str) -> bool:
    """Whether a text names a database by something else than a file's path."""
    return "://" in text or is_pairs(text)


def without_password(url: str) -> str:
    """The URL without a password, and without those of its parameters that may hold one."""
    if is_pairs(url):
        return " ".join(f"{name}={value}" for name, value in _PAIR.findall(url) if name in _SHOWN)
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url.partition("?")[0]
    place, _, parameters = rest.partition("?")
    if "@" in parameters:  # a question mark in the password, or a parameter with an @
        return f"{scheme}{separator}{place.partition(':')[0]}"
    user, at, place = place.rpartition("@")
    kept = [each for each in parameters.split("&") if unquote(each.partition("=")[0]) in _SHOWN]
    return f"{scheme}{separator}{user.partition(':')[0]}{at}{place}{'?' if kept else ''}{'&'.join(kept)}"


def shown(database: str) -> str:
    """A database as it was named, without a password: a path stays as it is."""
    return without_password(database) if is_address(database) else database
