"""Whom a server answers: programs, and pages that this very server has sent, but no other page in a browser.

A page from another site can make a browser send requests to loopback (CSRF), and with a name of its own that suddenly
resolves to 127.0.0.1 it can even read the answers (DNS rebinding). Both show in headers that no page can forge: `Host`
is then the other site's name, `Origin` its page. So this comes before every path. See SECURITY.md and decision 0021.
"""

import ipaddress
import re
import socket
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from cosell.errors import UserError
from cosell.passwords import without_password

LOCAL_NAMES: Final = frozenset({"localhost"})
SHOWN: Final = 100
"""How many characters of an unknown header are repeated in the answer."""

PORTS: Final = {"http": 80, "https": 443}
"""The schemes of a public address, each with the port that browsers leave out."""

_NAME: Final = r"[0-9a-z_-]+(?:\.[0-9a-z_-]+)*"
_HOST: Final = re.compile(rf"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<name>{_NAME})\.?)(?::[0-9]{{0,5}})?")


class Objection(msgspec.Struct, frozen=True):
    """Why a request is not answered: its head is malformed (400), or its name or origin is not ours (403)."""

    status: Literal[400, 403]
    reason: str


class Names(msgspec.Struct, frozen=True):
    """A server's names: the address that it listens on, and those that its operator has added.

    `origin` is that of its pages behind a proxy, empty if there is none.
    """

    bound_to: str
    more: frozenset[str] = frozenset()
    origin: str = ""


def names_of(bound_to: str, more: Collection[str], public_url: str = "") -> Names:
    """A server's names. Raises UserError for one that no Host header can have, or for an invalid server address."""
    names = {name.lower().removesuffix(".") for name in more}
    for name in sorted(names):
        if not re.fullmatch(_NAME, name):
            raise UserError(f"{name!r} is not a name of a host", "give it without a scheme or a port: pipeline.example")
    origin = public_origin(public_url)
    if origin:
        names.add(urlsplit(origin).hostname or "")
    return Names(bound_to, frozenset(names), origin)


def public_origin(url: str) -> str:
    """The origin of a public address as browsers write it; empty for an empty one. Raises UserError."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    shown_url = repr(without_password(url))
    is_host = re.fullmatch(_NAME, host) or isinstance(_address_of(host), ipaddress.IPv6Address)
    if scheme not in PORTS or not is_host or parts.username is not None or parts.password is not None:
        raise UserError(f"{shown_url} is not an address of a server", "give it like https://pipeline.example")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UserError(
            f"{shown_url} has a path, and cosell answers at the root of a name only",
            f"give it a name of its own: {scheme}://{host}",
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}{'' if port in (None, PORTS[scheme]) else f':{port}'}"


def objection(headers: Sequence[tuple[bytes, bytes]], names: Names) -> Objection | None:
    """Why a request with these headers is not answered; None if it may be.

    `headers` have lower-case names.
    """
    hosts, origins = [], []
    for name, value in headers:
        if name == b"host":
            hosts.append(value)
        elif name == b"origin":
            origins.append(value)
    if len(hosts) != 1:
        return Objection(400, "A request has exactly one Host header.")
    against = _against(hosts[0], names)
    if against is not None:
        return against
    for origin in origins:
        page = origin.lower()
        if page.partition(b"://")[2] != hosts[0].lower() and page.decode("latin-1") != (names.origin or None):
            return Objection(403, f"Pages of other origins may not call this server, and Origin is {_shown(origin)!r}.")
    return None


@lru_cache(maxsize=256)  # a client says the same each time
def _against(host: bytes, names: Names) -> Objection | None:
    """The objection to a Host header."""
    parts = _HOST.fullmatch(host.decode("latin-1").lower())
    if parts is None or not _is_possible(parts["v6"]):
        return Objection(400, "The Host header must be a name or an address, such as 127.0.0.1:4280 or [::1]:4280.")
    name = parts["v6"] or parts["name"]
    if name in LOCAL_NAMES or name in names.more or _is_own(name, names.bound_to):
        return None
    return Objection(
        403,
        f"The Host header is {_shown(host)!r}, which is not a name of this server. Call it by one of its addresses, "
        f"such as 127.0.0.1 or localhost, or start it with --allow-host {name[:SHOWN]}.",
    )


def _is_possible(v6: str | None) -> bool:
    return v6 is None or isinstance(_address_of(v6), ipaddress.IPv6Address)


def _is_own(name: str, bound_to: str) -> bool:
    """Whether nobody else can own a name: public ones can be pointed at any address.

    A literal address means itself, and a name without a dot belongs to the local network.
    """
    address = _address_of(name)
    if ipaddress.ip_address(bound_to).is_loopback:
        return address is not None and address.is_loopback
    return address is not None or "." not in name or name == socket.gethostname().lower()


def _address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _shown(value: bytes) -> str:
    return value[:SHOWN].decode("latin-1")
