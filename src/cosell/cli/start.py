"""How to start the server that did not answer."""

from urllib.parse import urlsplit

from cosell.settings import DEFAULTS
from cosell.suggestion import suggested


def start_step(url: str) -> str:
    """What to do about nobody answering at an address: start one there, if it is this machine's, or name another."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, port = None, 0
    if parts.scheme != "http" or host not in ("127.0.0.1", "localhost", "::1"):
        return "see whether it runs there, or name another one with --url"
    start = suggested("serve", host=host if host == "::1" else None, port=str(port) if port != DEFAULTS.port else None)
    return f"start it with: {start}"
