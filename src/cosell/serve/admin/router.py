"""From a request under `/_cosell/` to its handler, and from the result to an answer in JSON.

A handler is a plain function `(room, question) -> JSON value`. Its question is a structure made from the JSON body of a
POST or else the query, so a wrong one is refused before the handler is called. GET changes nothing.
"""

import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import msgspec

from cosell.engine import Engine
from cosell.errors import ServiceError, UserError, ValidationException
from cosell.rules.aws_side.review_script import Script
from cosell.serve.admin.recent import Recent
from cosell.serve.log import log_change, log_defect
from cosell.serve.options import ServeOptions
from cosell.shape_mistakes import mistake_in
from cosell.store.interface import StoreBusy, StoreUnavailable
from cosell.store.patience import LOCK_TIMEOUT_S

PREFIX: Final = "/_cosell/"
JSON: Final = b"application/json"

Facts = dict[str, str]
Headers = dict[bytes, bytes]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Room(msgspec.Struct, frozen=True):
    """What handlers work with."""

    engine: Engine
    recent: Recent
    options: ServeOptions
    draining: threading.Event
    """Set once the server should get no new work; streams end then."""
    script: Script | None
    """What AWS's side follows."""


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question of a handler that needs none."""


def named_in(_: Room, question: Any) -> Facts:
    """The account and catalog that a request names; empty if it is about none."""
    named = {name: getattr(question, name, None) for name in ("account", "catalog")}
    return {name: value for name, value in named.items() if value}


class Route(msgspec.Struct, frozen=True):
    """One route of the admin API. `concerns` returns the account and catalog that the log records for a change.

    A `stream` is not a plain function but `async (room, question, headers, receive, send)`, and answers by itself.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    perform: Callable[..., Any]
    question: type[msgspec.Struct] = Nothing
    stream: bool = False
    bulk: bool = False
    """Whether it may hold the database for long."""
    reads: bool = False
    """Whether it changes nothing although its method is not GET."""

    @property
    def lane(self) -> Literal["read", "change", "bulk"]:
        """Which requests it waits for."""
        return "bulk" if self.bulk else "read" if self.reads or self.method == "GET" else "change"

    concerns: Callable[[Room, Any], Facts] = named_in


class AdminRequest(msgspec.Struct, frozen=True):
    """A request as it came in. `headers` have lower-case names."""

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes = b""


class AdminAnswer(msgspec.Struct, frozen=True):
    """What goes back: a status and a JSON text."""

    status: int
    body: bytes
    allow: bytes = b""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The answer's headers. Nothing in it belongs in a cache."""
        allow = [(b"allow", self.allow)] if self.allow else []
        return [(b"content-type", JSON), (b"cache-control", b"no-store"), *allow]

    @property
    def refusal(self) -> str | None:
        """Why the request was not carried out; None if it was, and where a defect is in the log already."""
        return msgspec.json.decode(self.body)["error"] if 400 <= self.status != 500 else None


class Refused(Exception):
    """The request was not carried out."""

    def __init__(self, status: int, message: str, allow: bytes = b"", next_step: str = "") -> None:
        super().__init__(message)
        self.answer = _error(status, message, allow=allow, next_step=next_step)


class Router:
    """The routes of a table, by path and method."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._routes.setdefault(route.path, {})[route.method] = route

    def route(self, request: AdminRequest) -> Route:
        """The route of a request. Raises Refused if there is none."""
        by_method = self._routes.get(request.path)
        if by_method is None:
            raise Refused(404, f"The admin API has no such address. GET {PREFIX} lists all.")
        route = by_method.get(request.method)
        if route is None:
            allowed = ", ".join(sorted(by_method))
            raise Refused(405, f"This address takes {allowed}.", allow=allowed.encode())
        if route.method == "POST" and request.headers.get(b"content-type", b"").partition(b";")[0].strip() != JSON:
            raise Refused(415, "Send JSON, with the header Content-Type: application/json.")
        return route


def question_of(route: Route, request: AdminRequest) -> msgspec.Struct:
    """What a request asks of its handler. Raises Refused if it is not as the handler needs it."""
    given: Any = None
    try:
        if route.method == "POST":
            given = msgspec.json.decode(request.body or b"{}")
            return msgspec.convert(given, route.question)
        given = dict(parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))
        return msgspec.convert(given, route.question, strict=False)
    except msgspec.ValidationError as error:
        message, next_step = mistake_in(given, route.question, error, "The request")
        raise Refused(400, f"{message}.", next_step=next_step) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(400, "The body is not valid JSON.") from None


def perform(room: Room, route: Route, request: AdminRequest) -> AdminAnswer:
    """Take a request through its handler. Whatever happens becomes an answer, and a change becomes a log line."""
    try:
        question = question_of(route, request)
        result = route.perform(room, question)
        if route.method != "GET":
            log_change(f"{route.method} {route.path}", **route.concerns(room, question))
        return AdminAnswer(200, msgspec.json.encode(result, enc_hook=str))
    except Refused as refused:
        return refused.answer
    except UserError as mistake:
        return _error(400, mistake.message, next_step=mistake.next_step)
    except ServiceError as error:
        entries = error.error_list if isinstance(error, ValidationException) else []
        return _error(error.status, error.message, code=error.name, error_list=entries)
    except StoreBusy:
        return answer_of_busy()
    except StoreUnavailable as reason:
        return _error(503, f"The database does not answer: {reason}")
    except Exception as defect:  # noqa: BLE001  # the caller gets an answer, the log the defect
        log_defect(request.path, defect)
        return _error(500, "cosell failed; its log says how.")


def answer_of_busy() -> AdminAnswer:
    """The answer to a request that has waited for other writers until its deadline. It has changed nothing."""
    return _error(503, f"Other writers were not done within {LOCK_TIMEOUT_S} seconds. Nothing was changed: try again.")


def _error(status: int, message: str, *, allow: bytes = b"", **more: Any) -> AdminAnswer:
    told = {name: value for name, value in more.items() if value}
    return AdminAnswer(status, msgspec.json.encode({"error": message, **told}), allow)
