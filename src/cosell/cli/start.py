"""How to start the server that did not answer."""

from cosell.suggestion import serve_at


def start_step(url: str) -> str:
    """What to do if nobody answers at an address: start a server there, if it is this machine's, or name another."""
    start = serve_at(url)
    return f"start it with: {start}" if start else "see whether it runs there, or name another one with --url"
