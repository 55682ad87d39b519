"""One request for a page: what handlers are given, and how they answer."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from cosell import flow
from cosell.console.visit import templates
from cosell.console.visit.security import PAGE_HEADERS, cookie_header, csrf_token, new_nonce
from cosell.console.visit.seeding import seed_command
from cosell.console.visit.streaming import StreamedFile, StreamedResponse
from cosell.console.visit.surroundings import AdminResult, Surroundings
from cosell.console.visit.visitor import Visitor
from cosell.context import Scope
from cosell.same_request import Way, same_request
from cosell.suggestion import serve_at, suggested
from cosell.wire.model import service_model

Query = Sequence[tuple[str, str]]


class MenuEntry(Protocol):
    """A page that stands in the menu."""

    @property
    def path(self) -> str:
        """Its address."""

    @property
    def title(self) -> str:
        """Its name."""


REFRESH_S: Final = 1
"""After how many seconds a browser reloads a page that shows progress."""


class Failure(Exception):
    """The page cannot be shown. `title` says what is wrong, `next_step` what to do about it."""

    def __init__(self, status: int, title: str, next_step: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.next_step = next_step


class ApiError(Exception):
    """The API refused a request. `entries` is the ErrorList, as JSON values."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(body["__type"])
        self.status = status
        self.name: str = body["__type"].partition("#")[2]
        self.message: str = body["message"]
        self.entries: list[dict[str, str]] = body.get("ErrorList", [])


class Visit:
    """A visitor at a page. `query` and `form` keep the order of their members; `path_members` come from the path."""

    def __init__(
        self,
        surroundings: Surroundings,
        visitor: Visitor,
        *,
        path: str,
        origin: str,
        query: Query = (),
        form: Query = (),
        path_members: Mapping[str, str] | None = None,
        nonce: str = "",
        menu: Sequence[MenuEntry] = (),
    ) -> None:
        self.surroundings = surroundings
        self.visitor = visitor
        self.path = path
        self.origin = origin  # http://host:port, as the browser names this server
        self.query = query
        self.form = form
        self.path_members = path_members or {}
        self.menu = menu
        self._is_new_browser = not nonce
        self._nonce = nonce or new_nonce()

    @property
    def scope(self) -> Scope:
        """The data set that is shown."""
        return self.visitor.scope

    def first(self, name: str, default: str = "") -> str:
        """The first value of a member of the query."""
        return next((value for key, value in self.query if key == name), default)

    def link(self, path: str, query: Query = (), scope: Scope | None = None) -> str:
        """The address of another page for the same visitor, or for another data set."""
        scope = scope or self.scope
        more = f"&{urlencode(query)}" if query else ""
        return f"{path}?account={scope.account}&catalog={scope.catalog}{more}"

    def csrf(self) -> str:
        """The token that a form with a change carries."""
        return csrf_token(self._nonce, self.surroundings.engine.store.token_key)

    def seed_command(self) -> str:
        """What fills the data set from a terminal."""
        return seed_command(self.scope, self.surroundings.engine.url, self.origin)

    def suggested(self, command: str, *words: str) -> str:
        """A command that asks this server, or starts it anew, about the data that is shown."""
        if command == "serve":
            return serve_at(self.origin, *words, db=self.surroundings.engine.url) or suggested("serve", *words)
        return suggested(command, *words, url=self.origin, account=self.scope.account, catalog=self.scope.catalog)

    def page(
        self, template: str, *, status: int = 200, refresh_s: int = 0, is_head_fixed: bool = False, **names: Any
    ) -> Response:
        """An HTML page; with `refresh_s` one that the browser reloads after so many seconds.

        What stands above a page whose `is_head_fixed` depends on nothing but its path and the data sets.
        """
        headers = dict(PAGE_HEADERS)
        if refresh_s:
            headers["refresh"] = str(refresh_s)
        if self._is_new_browser:
            headers["set-cookie"] = cookie_header(self._nonce)
        head_key = (self.path, self.scope, self.visitor.choices, tuple(self.menu)) if is_head_fixed else None
        return StreamedResponse(templates.pieces(template, visit=self, **names), status, headers, head_key)

    def fragment(self, template: str, **names: Any) -> Response:
        """A part of an HTML page, for one of our scripts to put in its place."""
        text = "".join(templates.pieces(template, visit=self, **names))
        return Response(text, 200, PAGE_HEADERS, "text/html; charset=utf-8")

    def file(self, body: bytes, content_type: str, filename: str) -> Response:
        """A download."""
        headers = PAGE_HEADERS | {"content-disposition": f'attachment; filename="{filename}"'}
        return Response(body, 200, headers, content_type)

    def download(self, pieces: Generator[bytes, None, None], content_type: str, filename: str) -> Response:
        """A download that is made piece by piece."""
        headers = PAGE_HEADERS | {"content-disposition": f'attachment; filename="{filename}"'}
        return StreamedFile(pieces, headers, content_type)

    def redirect(self, address: str) -> Response:
        """Redirects the browser to another of our pages, with GET."""
        return Response(b"", 303, {**PAGE_HEADERS, "location": address})

    def call(self, operation: str, members: Mapping[str, Any]) -> flow.Answer:
        """The API's answer for the visitor's account, with the same checks that every client gets."""
        headers = {
            b"x-amz-target": f"{service_model().metadata.target_prefix}.{operation}".encode(),
            b"authorization": f"AWS4-HMAC-SHA256 Credential={self.scope.account}/console".encode(),
        }
        body = msgspec.json.encode({"Catalog": self.scope.catalog, **members})
        return flow.answer(self.surroundings.engine, flow.Call("POST", "/", headers, body))

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        """The API's answer as JSON values. Raises ApiError."""
        answer = self.call(operation, members)
        value: dict[str, Any] = msgspec.json.decode(answer.body)
        if answer.status != 200:
            raise ApiError(answer.status, value)
        return value

    def named_record(self, missing: Failure) -> dict[str, Any]:
        """The opportunity that the path names. Raises `missing` where the visitor has none of this name."""
        try:
            return self.ask("GetOpportunity", Identifier=self.path_members["identifier"])
        except ApiError as error:
            if error.status >= 500:
                raise
            raise missing from None

    def ways(self, operation: str, members: Mapping[str, Any]) -> list[Way]:
        """The ways to send the same request to this server; none over a mirror, which no client can ask."""
        if self.surroundings.health is not None:
            return []
        return same_request(operation, {"Catalog": self.scope.catalog, **members}, self.origin, self.scope.account)

    def administer(self, method: str, address: str, **question: Any) -> AdminResult:
        """The admin API's answer; `address` is its whole path, such as `/_cosell/seed`."""
        return self.surroundings.administer(method, address, question)
