"""Commands that cosell suggests: each names the data that it is about, and can be typed as it is printed.

A suggested command carries those options of the current command that both have: somebody who inspected a database with
`--db` is not sent to another one. Outside of a command, such as in the console, the caller states them. No other module
writes such a command as a text of its own, as a test checks: tests/cli/test_suggestions.py.
"""

import shlex
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Final
from urllib.parse import urlsplit

from cosell.passwords import shown

_DATA: Final = ("db", "account", "catalog")
_ASKED: Final = ("db", "url", "aws", "profile", "account", "catalog")
_SERVICE: Final = ("url", "aws", "profile", "region", "role", "catalog")

CARRIES: Final[dict[str, tuple[str, ...]]] = {
    "serve": ("db", "host", "port"),
    "list": _ASKED,
    "seed": _DATA,
    "dump": _DATA,
    "copy": (),
    "doctor": ("db", "url"),
    "env": ("url", "account"),
    "events tail": ("url",),
    "events sinks": ("url",),
    "faults list": ("url",),
    "solutions": ("db", "url", "account", "catalog"),
    "sync": ("mirror", *_SERVICE),
    "sync verify": ("mirror", *_SERVICE),
}
"""The commands that are suggested, and the options that each one carries, in this order."""

FLAGS: Final = frozenset({"aws"})

target: ContextVar[Callable[[], Mapping[str, str]]] = ContextVar("target", default=dict)
"""What the current command is about: its options by their names, without dashes. The command line sets it."""


def suggested(command: str, *words: str, **given: str | None) -> str:
    """A command as one would type it: `cosell seed --db 'a b.db' --account 111122223333`.

    `words` follow the command's name. `given` wins over what the current command is about; None leaves one out.
    A password in an address is not repeated.
    """
    about = {**target.get()(), **given}
    options = [
        part
        for name in CARRIES[command]
        if (value := about.get(name)) is not None
        for part in ([f"--{name}"] if name in FLAGS else [f"--{name}", shown(value)])
    ]
    return shlex.join(["cosell", *command.split(), *words, *options])


def serve_at(url: str, *words: str, **given: str | None) -> str | None:
    """The command that serves at an address; None if it is not one of this machine's."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        return None
    if parts.scheme != "http" or host not in ("127.0.0.1", "localhost", "::1"):
        return None
    return suggested("serve", *words, host=host if host == "::1" else None, port=str(port), **given)


def exports(*words: str, **given: str | None) -> str:
    """What a shell takes the exports of `cosell env` by."""
    return f'eval "$({suggested("env", *words, **given)})"'
