"""Calls of commands to a running cosell's admin API, and its refusals as one line for people."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from cosell.cli.refusals import meant
from cosell.cli.start import start_step
from cosell.errors import UserError

TIMEOUT_S: Final = 60
RECONNECT_AFTER_S: Final = 0.5

ByOption = Mapping[str, tuple[str, str | None]]
"""Options and their values, keyed by the members that they set."""
NO_OPTIONS: Final[ByOption] = {}


class Unreachable(UserError):
    """Nobody answers. The command was right, and may succeed later."""

    exit_code = 1


class Refusal(UserError):
    """The server understood a call, and refused it."""


def ask(url: str, path: str, **query: Any) -> Any:
    """What `GET /_cosell/{path}` answers. Raises Refusal if it is refused, UserError if nobody answers."""
    given = {name: value for name, value in query.items() if value is not None}
    return _answer(Request(f"{_base(url)}{path}?{urlencode(given)}"))  # noqa: S310  # `_base` lets http pass only


def tell(url: str, path: str, typed: ByOption = NO_OPTIONS, /, **body: Any) -> Any:
    """What `POST /_cosell/{path}` answers; members that are None are left out. Raises UserError as `ask` does.

    `typed` are the options that were typed, so that a refusal can name them.
    """
    given = {name: value for name, value in body.items() if value is not None}
    request = Request(  # noqa: S310  # `_base` lets http pass only
        f"{_base(url)}{path}", json.dumps(given).encode(), {"Content-Type": "application/json"}
    )
    return _answer(request, typed)


def remove(url: str, path: str) -> Any:
    """What `DELETE /_cosell/{path}` answers. Raises UserError as `ask` does."""
    return _answer(Request(f"{_base(url)}{path}", method="DELETE"))  # noqa: S310  # `_base` lets http pass only


def events(url: str, **query: Any) -> Iterator[str]:
    """The events of `GET /_cosell/events`, each as its JSON text, for ever: a broken stream is resumed.

    Raises UserError if the first request is refused, or nobody answers it.
    """
    given = {name: value for name, value in query.items() if value is not None}
    address = f"{_base(url)}events?{urlencode(given)}"
    last_event_id: str | None = None
    while True:
        request = Request(address)  # noqa: S310  # `_base` lets http pass only
        if last_event_id is not None:
            request.add_header("Last-Event-ID", last_event_id)
        try:
            with _opened(request) as response:
                for event_id, event in _parts(response):
                    if event is not None:
                        yield event
                    last_event_id = event_id  # only now: an event that was cut off has to come again
        except UserError:
            if last_event_id is None:
                raise
        except (OSError, HTTPException):
            pass
        time.sleep(RECONNECT_AFTER_S)


def _parts(lines: Iterable[bytes]) -> Iterator[tuple[str, str | None]]:
    """The complete parts of a stream: each part's `id`, and its event if it has one."""
    part: dict[str, str] = {}
    for line in lines:
        if line == b"\n":
            yield part["id"], part.get("data")
            part = {}
        else:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            part[name] = value


def _base(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https"):
        raise UserError(f"{url} is not an address of a server", "name another one with --url")
    return f"{url.rstrip('/')}/_cosell/"


def _answer(request: Request, typed: ByOption = NO_OPTIONS) -> Any:
    with _opened(request, typed) as response:
        try:
            return json.load(response)
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            raise _nobody(request, error) from None


def _opened(request: Request, typed: ByOption = NO_OPTIONS) -> Any:
    opener = build_opener(ProxyHandler({}))  # whatever the surroundings say about proxies
    try:
        return opener.open(request, timeout=TIMEOUT_S)
    except HTTPError as refused:
        raise _refusal(refused, typed) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _nobody(request, error) from None


def _nobody(request: Request, error: Exception) -> UserError:
    address = request.full_url.partition("/_cosell/")[0]
    if not isinstance(error, OSError):  # there is an answer, of somebody else
        return UserError(f"what answers at {address} is not cosell", "name another one with --url")
    reason: object = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, OSError):
        reason = reason.strerror or reason
    return Unreachable(f"no cosell answers at {address}: {reason}", start_step(address))


def _refusal(refused: HTTPError, typed: ByOption) -> UserError:
    try:
        told = json.load(refused)
        entries = [_entry(entry, typed) for entry in told.get("error_list", [])]
        return Refusal("; ".join(entries) or told["error"].rstrip("."), told.get("next_step", ""))
    except (OSError, HTTPException, ValueError, KeyError, AttributeError, TypeError, RecursionError):
        fact = f"the server at {refused.url} is not a cosell, or an older one (status {refused.code})"
        return UserError(fact, "name another one with --url")


def _entry(entry: Mapping[str, str], typed: ByOption) -> str:
    rule = entry["Message"].rstrip(".")
    option, value = typed.get(entry["FieldName"], (entry["FieldName"], None))
    if value is None:
        return f"{option}: {rule}"
    close = meant(rule, value)
    return f"{option} {value!r}: {rule}" + (f" (did you mean {close!r}?)" if close else "")
