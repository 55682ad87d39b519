"""What somebody does by the admin API or the console leaves a line in the log, and so does what is refused."""

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cosell.serve.admin.routes import ROUTES
from tests.admin.conftest import ask, done
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server
from tests.console.conftest import Document, Site
from tests.console.forms import FORM

SCOPE = {"account": ACCOUNT, "catalog": "Sandbox"}
SECRET = "zqxj"
"""A text that no log writes by itself."""


def told(log: str, event: str) -> list[dict[str, Any]]:
    """The log's lines of an event. Every line is JSON."""
    return [line for line in map(json.loads, log.splitlines()) if line["event"] == event]


def waiting(server: Server) -> str:
    """An opportunity that waits for AWS's review."""
    return str(done(ask(server, "GET", f"review?{urlencode(SCOPE)}"))["waiting"][0]["id"])


def test_each_change_is_reported_with_its_account_and_catalog(server: Server) -> None:
    done(ask(server, "POST", "seed", {**SCOPE, "count": 100}))
    identifier = waiting(server)
    raw(server, "ListOpportunities", {"Catalog": "Sandbox"})
    call = done(ask(server, "GET", "requests?limit=1"))["requests"][0]["id"]
    raw(server, "ListOpportunities", {"Catalog": SECRET})
    nowhere = done(ask(server, "GET", "requests?limit=1"))["requests"][0]["id"]
    asked: list[tuple[str, str, Any, dict[str, str]]] = [
        (
            "POST",
            "aws-edit",
            {**SCOPE, "id": identifier, "view": {"InvolvementTypeChangeReason": "Risk Mitigation"}},
            SCOPE,
        ),
        ("POST", "refer", SCOPE, SCOPE),
        ("POST", "solutions", {**SCOPE, "name": "Data Hub"}, SCOPE),
        ("POST", "snapshot", {"name": "before"}, {}),
        ("POST", "restore", {"name": "before"}, {}),
        ("POST", "forget", {"name": "before"}, {}),
        ("POST", "clock", {"step": "1h"}, {}),
        ("POST", "faults", {"error": "ThrottlingException", **SCOPE}, SCOPE),
        ("DELETE", "faults", None, {}),
        ("POST", "events/replay", {"from": "start"}, {}),
        ("POST", "events/revive", {}, {}),
        ("POST", "requests/unmask", {"id": call}, SCOPE),
        ("POST", "requests/replay", {"id": call}, SCOPE),
        ("POST", "requests/save-test", {"id": call}, {"account": ACCOUNT}),
        ("POST", "requests/save-test", {"account": ACCOUNT, "last": 1}, {"account": ACCOUNT}),
        ("POST", "requests/unmask", {"id": nowhere}, {"account": ACCOUNT}),
        ("POST", "reset", {"account": OTHER_ACCOUNT, "catalog": "AWS"}, {"account": OTHER_ACCOUNT, "catalog": "AWS"}),
    ]
    for method, path, body, _ in asked:
        done(ask(server, method, path, body))
    done(ask(server, "GET", "clock"))
    lines = told(server.stop()[1], "changed")
    known = ("level", "action", "account", "catalog")
    expected = [("POST", "seed", None, SCOPE), *asked]
    assert [{name: line[name] for name in known if name in line} for line in lines] == [
        {"level": "info", "action": f"{method} /_cosell/{path}", **facts} for method, path, _, facts in expected
    ]
    done_by = {line["action"] for line in lines}
    changing = {f"{route.method} {route.path}" for route in ROUTES if route.method != "GET"}
    assert changing - done_by == {"POST /_cosell/review"}  # the next test has it


def test_a_verdict_of_the_console_is_reported_as_one_of_the_admin_api(server: Server, tmp_path: Path) -> None:
    site = Site(server, {}, tmp_path)
    home = site.address("/console/")
    _, headers, text = site.request("GET", home)
    token = next(one["value"] for one in Document(text).with_attribute("name") if one["name"] == "csrf")
    form = {**FORM, "Cookie": headers["set-cookie"].partition(";")[0]}
    assert site.request("POST", home, f"csrf={token}", form)[0] == 303
    done(ask(server, "POST", "review", {**SCOPE, "id": waiting(server), "decision": "start"}))
    assert site.request("POST", home, f"csrf={token}", form)[0] == 409
    assert site.request("POST", home, f"csrf={SECRET}", form)[0] == 403
    assert site.request("DELETE", home)[0] == 405
    assert site.request("POST", home, "x" * 2_000_000, form)[0] == 413
    log = server.stop()[1]
    assert [line["action"] for line in told(log, "changed")] == ["POST /_cosell/seed", "POST /_cosell/review"]
    assert all(line["account"] == ACCOUNT and line["catalog"] == "Sandbox" for line in told(log, "changed"))
    refused = [(line["level"], line["action"], line["status"]) for line in told(log, "refused")]
    assert refused == [
        ("warning", "POST /console/", 409),
        ("warning", "POST /console/", 403),
        ("warning", "DELETE /console/", 405),
        ("warning", "POST /console/", 413),
    ]
    assert all(line["reason"] for line in told(log, "refused"))
    assert SECRET not in log


REFUSED = [
    ("POST", "nothing", {}, {}, 404, "no such address"),
    ("PUT", "seed", {}, {}, 405, "This address takes POST"),
    ("POST", "seed", "{}", {"Content-Type": "text/plain"}, 415, "Send JSON"),
    ("POST", "seed", "{", {}, 400, "not valid JSON"),
    ("POST", "seed", {"catalog": SECRET}, {}, 400, "catalog"),
    ("POST", "seed", {"catalog": f"it's {SECRET}"}, {}, 400, "catalog"),
    ("POST", "seed", {"now": SECRET}, {}, 400, "moment"),
    ("POST", "seed", {"now": f"it's \"{SECRET}"}, {}, 400, "moment"),
    ("POST", "clock", {"mode": "real", "step": "1h"}, {}, 400, "real time has no"),
    ("POST", "restore", {"name": SECRET}, {}, 400, "there is no snapshot"),
    ("POST", "review", {"id": "O1", "decision": "approve", "comment": SECRET}, {}, 400, "O1"),
    ("POST", "refer", {"opportunity": {"Customer": {"Account": {"CompanyName": [SECRET]}}}}, {}, 400, ""),
    ("POST", "refer", {"opportunity": {"Customer": {"Account": {"CompanyName": SECRET * 100}}}}, {}, 400, ""),
    ("POST", "requests/replay", {"id": SECRET}, {}, 404, "No worker has such a call"),
    ("POST", "seed", " " * 1_100_000, {}, 413, "bytes"),
    ("GET", "events?from=start", None, {"Last-Event-ID": SECRET}, 400, "Last-Event-ID"),
]


def test_each_refusal_is_one_warning_with_its_reason(server: Server) -> None:
    for method, path, body, headers, status, _ in REFUSED:
        assert ask(server, method, path, body, headers)[0] == status, (path, body)
    lines = told((log := server.stop()[1]), "refused")
    assert [(line["level"], line["action"], line["status"]) for line in lines] == [
        ("warning", f"{method} /_cosell/{path.partition('?')[0]}", status) for method, path, _, _, status, _ in REFUSED
    ]
    for line, (*_, reason) in zip(lines, REFUSED, strict=True):
        assert reason in line["reason"]
        assert line["reason"]
    assert SECRET not in log


@pytest.mark.parametrize("path", ["/", "/healthz", "/console/", "/_cosell/reset", "/" + "a" * 9000])
def test_a_stranger_is_one_warning(serve: Callable[..., Server], path: str) -> None:
    server = serve("--db", ":memory:")
    for headers in ({"Host": "evil.example" + "x" * 5000}, {"Origin": "http://evil.example/" + "\xff" * 5000}):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", path, headers=headers)
        assert connection.getresponse().status == 403
        connection.close()
    lines = told((log := server.stop()[1]), "turned away")
    assert [(line["level"], line["status"]) for line in lines] == [("warning", 403), ("warning", 403)]
    assert all(line["action"].startswith(f"GET {path[:100]}") for line in lines)
    assert "evil.example" in lines[0]["reason"]
    assert all(len(line) < 1_500 for line in log.splitlines())
