"""Whom the admin API answers: programs, and pages that this very server has sent, but no other page of a browser.

A page of a stranger can make a browser send requests to loopback (CSRF), and with a name of its own that suddenly
means 127.0.0.1 it can even read the answers (DNS rebinding). Both show in headers that no page can forge: `Host` is
then the stranger's name, `Origin` the stranger's page. See SECURITY.md.
"""

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

LOCAL_NAMES: Final = frozenset({"localhost"})


def objection(headers: dict[bytes, bytes], bound_to: str) -> str | None:
    """Why a request with these headers is not answered; None where nothing speaks against it.

    `headers` have lower-case names, `bound_to` is the address that the server listens on.
    """
    host = headers.get(b"host", b"").decode("latin-1").lower()
    if not _is_this_server(urlsplit(f"//{host}").hostname or "", bound_to):
        return "The Host header must be an address of this server, such as 127.0.0.1 or localhost."
    origin = headers.get(b"origin")
    if origin is not None and origin.decode("latin-1").lower().partition("://")[2] != host:
        return "Pages of other origins may not call the admin API."
    return None


def _is_this_server(name: str, bound_to: str) -> bool:
    """Names can be made to mean any address, so only the machine's own count; a literal address means itself."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        beyond_loopback = not ipaddress.ip_address(bound_to).is_loopback
        return name in LOCAL_NAMES or (beyond_loopback and name == socket.gethostname().lower())
    return address.is_loopback or not ipaddress.ip_address(bound_to).is_loopback
