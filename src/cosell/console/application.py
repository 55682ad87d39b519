"""The console as an ASGI application: the table of pages, and what is true of every one of them."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cosell.console.figures.pipelines import StillCounting
from cosell.console.pages import Page, pages_of
from cosell.console.visit.security import COOKIE, FIELD, HEADERS, is_csrf_token
from cosell.console.visit.streaming import StreamedFile, StreamedResponse
from cosell.console.visit.surroundings import Surroundings
from cosell.console.visit.templates import STATIC, STATIC_TYPES, static_file
from cosell.console.visit.visit import REFRESH_S, ApiError, Failure, Visit
from cosell.console.visit.visitor import UnknownVisitor, Visitor, visitor_of
from cosell.context import Scope
from cosell.store.interface import StoreUnavailable

THREADS: Final = 2
"""Pages that are rendered in parallel. They read and render, which takes too long for the event loop."""

READING: Final = frozenset({"GET", "HEAD"})

Handler = Callable[[Visit], Response]


class Console:
    """The pages of one worker. Call it as an ASGI application; `close` waits for the pages in progress."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._menu = [page for page in pages_of(surroundings) if page.in_menu]
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="console")
        self._application = Starlette(
            routes=[
                *(Route(page.path, self._endpoint(page), methods=page.methods) for page in pages_of(surroundings)),
                Route("/console", _to_the_first_page),
                Route(STATIC + "{digest}/{name}", _static),
            ],
            exception_handlers={HTTPException: self._no_such_page, Exception: self._failed},
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        await self._application(scope, receive, send)

    def close(self) -> None:
        """Let the pages be finished."""
        self._surroundings.pipelines.close()
        self._threads.shutdown()

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            form = await _form(request) if request.method == "POST" else []
            if page.is_quick and self._surroundings.engine.store.reads_at_once:
                return self._show(page, request, form)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._show, page, request, form)

        return endpoint

    def _show(self, page: Page, request: Request, form: list[tuple[str, str]]) -> Response:
        response = self._answer(page, request, form)
        if page.act is None:  # a form that changes something has to say where it comes from
            response.headers["referrer-policy"] = "no-referrer"
        return self._to_be_finished(response)

    def _to_be_finished(self, response: Response) -> Response:
        if isinstance(response, StreamedResponse | StreamedFile):
            response.rest_by(self._threads)
        return response

    def _answer(self, page: Page, request: Request, form: list[tuple[str, str]]) -> Response:
        query = parse_qsl(request.url.query, keep_blank_values=False)
        visit = self._visit(request, query, form, Visitor(Scope("", ""), ()))
        try:
            visit = self._visit(request, query, form, visitor_of(dict(query), self._surroundings.scopes()))
            if request.method == "POST":
                self._check_form(request, form)
                assert page.act is not None, "the route takes POST only where the page acts"
                return page.act(visit)
            self._check_trouble()
            return page.show(visit)
        except StillCounting as still:
            return visit.page("counting.html", refresh_s=REFRESH_S, counted=still.counted, total=still.total)
        except Failure as failure:
            return self._told(request, visit, failure)
        except UnknownVisitor as reason:
            return self._told(request, visit, Failure(400, str(reason), "Choose an account on the first page."))
        except ApiError as error:
            return self._told(
                request, visit, Failure(error.status, f"{error.name}: {error.message}", "Go back, and try again.")
            )
        except StoreUnavailable:
            return self._told(request, visit, Failure(503, "The database does not answer.", "Try again in a moment."))

    def _check_trouble(self) -> None:
        """Raises Failure if a mirror cannot be read, and never could."""
        trouble = self._surroundings.trouble()
        if trouble is not None and trouble.as_of is None:
            raise Failure(503, f"The mirror cannot be read: {trouble.reason}.", "Open the page again in a moment.")

    def _check_form(self, request: Request, form: list[tuple[str, str]]) -> None:
        """Raises Failure for a form that none of our pages has sent in this browser."""
        key = self._surroundings.engine.store.token_key
        if not is_csrf_token(dict(form).get(FIELD, ""), request.cookies.get(COOKIE, ""), key):
            raise Failure(403, "This form is not from a page of this console.", "Reload the page, and try again.")

    def _visit(
        self, request: Request, query: list[tuple[str, str]], form: list[tuple[str, str]], visitor: Visitor
    ) -> Visit:
        return Visit(
            self._surroundings,
            visitor,
            path=request.url.path,
            origin=f"{request.url.scheme}://{request.url.netloc}",
            query=[(name, value) for name, value in query if name not in ("account", "catalog")],
            form=[(name, value) for name, value in form if name != FIELD],
            path_members=request.path_params,
            nonce=request.cookies.get(COOKIE, ""),
            menu=self._menu,
        )

    def _told(self, request: Request, visit: Visit, failure: Failure) -> Response:
        if request.method not in READING:
            self._surroundings.refused(request.method, request.url.path, failure.status, failure.title)
        return visit.page("failure.html", status=failure.status, failure=failure)

    def _no_such_page(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        visit = self._visit(request, [], [], Visitor(Scope("", ""), ()))
        if error.status_code == 405:
            failure = Failure(405, "This page is read-only.", "Open it from the menu.")
        else:
            failure = Failure(error.status_code, "There is no such page.", "Choose one from the menu.")
        return self._to_be_finished(self._told(request, visit, failure))

    def _failed(self, request: Request, _: Exception) -> Response:
        visit = self._visit(request, [], [], Visitor(Scope("", ""), ()))
        failure = Failure(500, "cosell failed.", "The server's log says where. Open another page meanwhile.")
        return self._to_be_finished(self._told(request, visit, failure))


async def _form(request: Request) -> list[tuple[str, str]]:
    """The members of a form's body, whose size the server has checked. Any other body has none, and no token."""
    body = await request.body()
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


async def _to_the_first_page(_: Request) -> Response:
    return Response(b"", 308, {**HEADERS, "location": "/console/"})


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC_TYPES:
        raise HTTPException(404)
    headers = {**HEADERS, "cache-control": "public, max-age=31536000, immutable"}
    return Response(static_file(name), 200, headers, STATIC_TYPES[name])
