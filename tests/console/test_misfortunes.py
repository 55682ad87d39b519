"""When something goes wrong behind a page, the visitor is told so, and the log where it happened."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from starlette.responses import Response

from cosell.console.aws_desk.page import desk
from cosell.console.events.page import events
from cosell.console.faults.page import faults
from cosell.console.figures.pipelines import Pipelines
from cosell.console.home.page import seed
from cosell.console.visit.surroundings import AdminResult, Surroundings
from cosell.console.visit.visit import ApiError, Failure, Visit
from cosell.console.visit.visitor import visitor_of
from cosell.console.wire.page import wire
from cosell.engine import Engine
from cosell.errors import ResourceNotFoundException
from cosell.operations import OPERATIONS
from cosell.serve.app import Application
from cosell.serve.log import configure_log, write_out_log
from cosell.serve.options import ServeOptions
from cosell.store.interface import StoreUnavailable
from tests.conftest import Server
from tests.console.conftest import Document, Site
from tests.event_loop import run_apart
from tests.store.caller import Caller

OPTIONS = ServeOptions(db=":memory:", host="127.0.0.1", port=0, log_level="info", sinks=[], webhook_secret="")
Asked = Callable[..., tuple[int, str]]


@pytest.fixture
def engine() -> Engine:
    """A database in memory with one opportunity."""
    engine = Engine.open(":memory:")
    Caller(engine).create("1")
    return engine


@pytest.fixture
def ask(engine: Engine) -> Asked:
    """Asks the application for one page, in this process: status and text."""

    async def asked(path: str, query: str) -> tuple[int, str]:
        application = Application(engine, OPTIONS)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1:1")],
            "server": ("127.0.0.1", 1),
        }
        try:
            await application(scope, receive, send)
        finally:
            application._console.close()
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()

    return lambda path, query="account=111122223333&catalog=Sandbox": run_apart(asked(path, query))


def raising(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


def test_a_defect_is_told_to_the_visitor_and_the_log(
    ask: Asked, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)  # the log keeps it, and the next tests log, too
    configure_log("info", "json")
    monkeypatch.setattr(Pipelines, "of", raising(RuntimeError("a secret")))
    status, text = ask("/console/pipeline")
    assert status == 500
    assert "cosell failed." in text
    assert "secret" not in text
    write_out_log()
    log = capfd.readouterr().err
    assert '"defect": "RuntimeError"' in log
    assert "secret" not in log


FAILING = """
from cosell.console import words
def fail(_): raise ValueError("a secret")
words.moment = fail
"""


def test_a_page_whose_rest_cannot_be_made_says_so_and_ends(serve_after: Callable[..., Server]) -> None:
    server = serve_after(FAILING, "--db", ":memory:")
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="1")
    site = Site(server, {})
    status, _, text = site.request("GET", site.address("/console/opportunities"))
    assert status == 200  # it was on its way before anybody knew
    assert "The rest of this page could not be made." in Document(text).text
    assert text.count("<main") == text.count("</main>") == text.count("</html>") == 1
    assert "secret" not in text
    assert "server's log" in Document(text).text
    log = server.stop()[1]
    assert '"defect": "ValueError"' in log
    assert "secret" not in log


def test_a_database_that_does_not_answer_is_reported(ask: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pipelines, "of", raising(StoreUnavailable("locked")))
    status, text = ask("/console/pipeline")
    assert status == 503
    assert "Try again in a moment." in text


@pytest.mark.parametrize("path", ["/console/", "/console/opportunities/O1000001", "/console/opportunities.csv"])
def test_an_api_that_fails_is_reported(ask: Asked, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    answer = {"__type": "x#ServiceUnavailableException", "message": "The database does not answer."}
    monkeypatch.setattr(Visit, "ask", raising(ApiError(503, answer)))
    status, text = ask(path)
    assert status == 503
    assert "ServiceUnavailableException" in text


def test_what_this_version_cannot_tell_is_left_out_and_the_rest_is_shown(
    ask: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = raising(ResourceNotFoundException("There is no such view."))
    monkeypatch.setitem(OPERATIONS, "GetAwsOpportunitySummary", missing)
    assert ask("/console/opportunities/O1000001")[0] == 200
    monkeypatch.setattr("cosell.console.opportunity.page.UNSHOWN", frozenset())
    assert "ResourceNotFoundException" in ask("/console/opportunities/O1000001")[1]


def test_an_account_that_has_something_is_shown_where_the_usual_one_has_nothing(ask: Asked) -> None:
    assert "111122223333" in ask("/console/", "")[1]


def test_a_pipeline_that_cannot_be_made_is_reported(engine: Engine) -> None:
    refused = AdminResult(503, {"error": "The database does not answer: full"})
    surroundings = Surroundings(engine, lambda *_: refused, Pipelines(engine.store), engine.store.scopes)
    visitor = visitor_of({"account": "999999999999", "catalog": "AWS"}, engine.store.scopes())
    with pytest.raises(Failure, match="Nothing was created: The database does not answer: full"):
        seed(Visit(surroundings, visitor, path="/console/", origin="http://127.0.0.1:1"))


@pytest.mark.parametrize("page", [desk, faults, wire, events])
def test_what_the_admin_api_cannot_tell_now_is_reported(engine: Engine, page: Callable[[Visit], Response]) -> None:
    refused = AdminResult(503, {"error": "The database does not answer: full"})
    surroundings = Surroundings(engine, lambda *_: refused, Pipelines(engine.store), engine.store.scopes)
    visitor = visitor_of({"account": "999999999999", "catalog": "AWS"}, engine.store.scopes())
    with pytest.raises(Failure, match="The database does not answer: full"):
        page(Visit(surroundings, visitor, path="/console/", origin="http://127.0.0.1:1"))


@pytest.mark.parametrize("path", ["/console/desk", "/console/desk/O1000001"])
def test_a_desk_whose_api_fails_is_reported(ask: Asked, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    answer = {"__type": "x#ServiceUnavailableException", "message": "The database does not answer."}
    monkeypatch.setattr(Visit, "ask", raising(ApiError(503, answer)))
    status, text = ask(path)
    assert status == 503
    assert "ServiceUnavailableException" in text


def test_a_decision_that_nobody_has_taken_is_not_told(ask: Asked) -> None:
    status, text = ask("/console/desk", "account=111122223333&catalog=Sandbox&decided=O9")
    assert status == 200
    assert "is now" not in text


def test_an_address_that_the_admin_api_lacks_is_told_to_the_page_that_asked(engine: Engine) -> None:
    door = Application(engine, OPTIONS)._console
    assert door._administer("POST", "/_cosell/nothing", {}).status == 404
    assert door._administer("GET", "/_cosell/requests", {"limit": 1}).value == {"requests": []}


def test_a_database_in_memory_is_filled_by_its_server(ask: Asked, new_site: Callable[[], Site]) -> None:
    assert "curl -X POST http://127.0.0.1:1/_cosell/seed" in ask("/console/", "account=999999999999")[1]
    site = new_site()
    for page in ("/console/", "/console/desk", "/console/opportunities", "/console/pipeline"):
        command = re.search("cosell seed --count 1000 --db (\\S+)", site.page(page).text)
        assert command is not None
        assert Path(command[1]).is_absolute(), "it can be run from any folder"
