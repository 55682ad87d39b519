"""The log: JSON lines in which nothing that the model marks sensitive ever appears."""

import http.client
import json
import os
import pty
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import botocore.session
import pytest

import cosell
from cosell.wire.model import model_source
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, COSELL, Server
from tests.serve.conftest import get
from tests.serve.test_metrics import figures

MARK = "zqxj"
"""A text that no log writes by itself."""

MARKED = {  # a legal text for each sensitive shape, told from others by its mark
    "WebsiteUrl": f"https://{MARK}.example.com",
    "AwsAccount": f"{MARK}42",
    "DunsNumber": "984598459",
    "Email": f"{MARK}@example.com",
    "PhoneNumber": "+98459845",
    "Amount": "98459845.5",
    "CountryCode": "ZW",
    "CurrencyCode": "XUA",
} | dict.fromkeys(
    (
        "AccountCompanyNameString",
        "AddressCityString",
        "AddressPart",
        "AddressPostalCodeString",
        "AddressStreetAddressString",
        "ContactFirstNameString",
        "ContactLastNameString",
        "JobTitle",
        "LifeCycleNextStepsString",
        "ProjectCustomerBusinessProblemString",
        "ProjectOtherSolutionDescriptionString",
        "ProjectTitleString",
    ),
    f"{MARK} has a long text",
)
TRACES = (MARK, "98459", '"ZW"', "XUA", "long text")


def members(shape: Any, leaf: Callable[[Any], Any]) -> Any:
    """A value of a shape that holds all its sensitive members, and what else it requires."""
    if shape.type_name == "structure":
        filled = {name: members(member, leaf) for name, member in shape.members.items()}
        required = {name: neighbour(shape.members[name]) for name in shape.required_members}
        sensitive = {name: value for name, value in filled.items() if value}
        return required | sensitive if sensitive else None
    if shape.type_name == "list":
        item = members(shape.member, leaf)
        return [item] if item else None
    return leaf(shape) if shape.metadata.get("sensitive") else None


def neighbour(shape: Any) -> Any:
    """A legal value for what has to stand beside a sensitive member."""
    if shape.type_name == "timestamp":
        return "2026-01-01T00:00:00Z"
    if getattr(shape, "enum", None):
        return shape.enum[0]
    return "7" if shape.name == "Amount" or "0-9" in shape.metadata.get("pattern", "") else "AWS"


def requests(operation: str) -> Iterator[Any]:
    """Requests with every sensitive member of an operation: legal, of wrong texts, of wrong types."""
    shape = botocore.session.get_session().get_service_model("partnercentral-selling").operation_model(operation)
    common = {"Catalog": "Sandbox", "ClientToken": "sensitive", "Identifier": "O1000001"}
    common["LastModifiedDate"] = "2026-01-01T00:00:00Z"
    yield members(shape.input_shape, lambda leaf: MARKED[leaf.name]) | common
    yield members(shape.input_shape, lambda leaf: MARKED[leaf.name] * 500) | common
    yield members(shape.input_shape, lambda leaf: [MARKED[leaf.name]]) | common
    yield members(shape.input_shape, lambda leaf: {MARKED[leaf.name]: 1}) | common
    yield members(shape.input_shape, lambda leaf: MARKED[leaf.name])


def test_no_request_leaves_a_trace_of_what_is_sensitive(serve: Callable[..., Server]) -> None:
    server = serve("--log-level", "debug", "--drafts")
    outcomes = set()
    for operation in ("CreateOpportunity", "UpdateOpportunity"):
        for request in requests(operation):
            _, answer = raw(server, operation, request)
            outcomes.add(answer.get("__type", "ok").rpartition("#")[2])
    created = server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"][0]
    raw(server, "GetOpportunity", {"Catalog": "Sandbox", "Identifier": created["Id"]})
    for wrong in (
        {"Catalog": "Sandbox", "CustomerCompanyName": [f"{MARK} has a long text"]},
        [MARK],
        MARK,
        {MARK: MARK},
    ):
        raw(server, "ListOpportunities", wrong)
    _, log = server.stop()
    assert outcomes == {"ok", "ValidationException", "SerializationException", "ConflictException"}
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"answered", "refused"} <= {line["event"] for line in lines}
    assert len([line for line in lines if line["event"] in ("answered", "refused")]) == 16
    assert [trace for trace in TRACES if trace in log] == []


def test_a_refusal_is_logged_with_what_was_wrong_and_where(serve: Callable[..., Server]) -> None:
    server = serve("--log-level", "info")
    response, _ = raw(server, "ListOpportunities", {"Catalog": "Sandbox", "MaxResults": 0})
    raw(server, "ListOpportunities", {"Catalog": "Sandbox"})
    _, log = server.stop()
    refused = [line for line in map(json.loads, log.splitlines()) if line["event"] == "refused"]
    assert len(refused) == 1
    assert refused[0]["operation"] == "ListOpportunities"
    assert refused[0]["account"] == ACCOUNT
    assert refused[0]["error"] == "ValidationException"
    assert refused[0]["violations"] == ["MaxResults VALUE_OUT_OF_RANGE"]
    assert refused[0]["request_id"] == response.headers["x-amzn-RequestId"]
    assert refused[0]["level"] == "warning"
    assert "answered" not in log


def test_a_defect_is_logged_by_its_place_and_not_by_its_words(serve_after: Callable[..., Server]) -> None:
    server = serve_after(
        "from cosell.operations import OPERATIONS\n"
        "OPERATIONS['GetOpportunity'] = lambda tx, request, context: int(request.identifier)"
    )
    response, answer = raw(server, "GetOpportunity", {"Catalog": "Sandbox", "Identifier": "O98459845"})
    assert response.status == 500
    assert answer["__type"].endswith("#InternalServerException")
    _, log = server.stop()
    (failed,) = [line for line in map(json.loads, log.splitlines()) if line["event"] == "failed"]
    assert failed["defect"] == "ValueError"
    assert failed["level"] == "error"
    assert any(place.endswith(" operate") for place in failed["where"])
    assert "98459845" not in log + json.dumps(answer)


LONGEST_LINE = 8 * 1024
DEEP = """
from cosell.operations import OPERATIONS
def deep(tx, request, context): deep(tx, request, context)
OPERATIONS["GetOpportunity"] = deep
"""


def test_no_line_is_longer_than_eight_kibibytes_whatever_clients_send(serve_after: Callable[..., Server]) -> None:
    server = serve_after(DEEP, "--log-level", "debug")
    long = "\U0001f600" * 1_500
    hostile = {
        "Catalog": "Sandbox",
        "ClientToken": "1",
        "Project": {"SalesActivities": [long[:50]] * 900},
        "LastModifiedDate": long,
        long: {long: long},
    }
    for operation in ("CreateOpportunity", "UpdateOpportunity", "ListOpportunities", "Unknown" * 100):
        raw(server, operation, hostile)
    raw(server, "GetOpportunity", {"Catalog": "Sandbox", "Identifier": "O1"})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for path in ("/" + "a" * 9_000, "/_cosell/" + "a" * 9_000):
        headers = {"amz-sdk-invocation-id": "a" * 3_000, "User-Agent": "\xff" * 2_000}
        connection.request("POST", path, "{}", headers)
        connection.getresponse().read()
    connection.close()
    _, log = server.stop()
    lines = log.splitlines()
    assert len([line for line in lines if json.loads(line)["event"] in ("refused", "failed")]) == 7
    assert max(len(line.encode()) for line in lines) < LONGEST_LINE
    (create, *_) = [line for line in map(json.loads, lines) if line.get("operation") == "CreateOpportunity"]
    assert create["violations"][-1].startswith("and ")


UNCAUGHT = f"""
import asyncio, logging, threading, warnings
from cosell.serve.app import Application
from cosell.serve.metrics import Metrics

def fail(*_): raise ValueError("{MARK}")

class Broken:
    def __del__(self): fail()

async def fail_later(): fail()

opened = Application.open

async def fail_everywhere(self):
    await opened(self)
    threading.Thread(target=fail, name="sink x").start()
    asyncio.get_running_loop().call_soon(fail, "{MARK}")
    asyncio.create_task(fail_later())
    Broken()
    logging.getLogger("botocore").error("%s", "{MARK}")
    try:
        fail()
    except ValueError:
        logging.getLogger("urllib3").warning("{MARK}", exc_info=True)
    warnings.warn("{MARK}")

Application.open = fail_everywhere
Metrics.page = fail
"""


def test_what_nobody_has_caught_is_a_line_too(serve_after: Callable[..., Server]) -> None:
    server = serve_after(UNCAUGHT)
    assert get(server, "/metrics")[0] == 500
    _, log = server.stop()
    lines = [json.loads(line) for line in log.splitlines()]
    failed = [line for line in lines if line["event"] == "failed"]
    places = {line["place"] for line in failed}
    assert places == {"thread sink x", "the event loop", "where nothing can be raised", "GET /metrics"}
    assert {line["defect"] for line in lines if line["event"] == "failed"} == {"ValueError"}
    assert all(any(place.endswith(" fail") for place in line["where"]) for line in lines if line["event"] == "failed")
    told = {
        (line["library"], line["level"], line.get("defect")) for line in lines if line["event"] == "a library tells"
    }
    assert told == {
        ("botocore", "error", None),
        ("urllib3", "warning", "ValueError"),
        ("py.warnings", "warning", None),
    }
    assert MARK not in log


def test_a_process_that_cannot_go_on_says_so_in_a_line(serve_after: Callable[..., Server]) -> None:
    broken = (
        "from cosell.serve.app import Application\ndef fail(*_): raise ValueError('secret')\nApplication.open = fail"
    )
    with pytest.raises(AssertionError, match="did not start") as told:
        serve_after(broken, "--db", ":memory:")
    log = str(told.value).partition("start: ")[2]
    (line,) = map(json.loads, log.splitlines())
    assert (line["event"], line["place"], line["defect"]) == ("failed", "the process", "ValueError")
    assert "secret" not in log


@pytest.mark.parametrize(("level", "events"), [("error", set()), ("info", {"serving", "stopped"})])
def test_the_level_decides_what_is_logged(serve: Callable[..., Server], level: str, events: set[str]) -> None:
    server = serve("--log-level", level)
    _, log = server.stop()
    assert {json.loads(line)["event"] for line in log.splitlines()} == events


def test_the_first_line_says_what_runs_and_nothing_that_is_secret(serve: Callable[..., Server]) -> None:
    hook = "https://hooks.example/path-that-is-secret#secret=whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldA=="
    server = serve("--db", "pipeline.db", "--sink", "file:events.jsonl", "--sink", hook)
    _, log = server.stop()
    first = json.loads(log.splitlines()[0])
    assert first["event"] == "serving"
    assert (first["version"], first["model"]) == (cosell.__version__, model_source().month)
    assert (first["database"], first["workers"], first["port"]) == ("pipeline.db", 1, server.port)
    assert first["console"] == f"{server.url}/console/"
    assert first["sinks"][0] == "file:events.jsonl"
    assert first["sinks"][1].startswith("https://hooks.example ")
    assert "secret" not in log


def test_at_a_terminal_the_log_is_for_people(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COSELL, "serve", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    assert process.stdout is not None
    assert process.stdout.readline()
    process.terminate()
    shown = b""
    with suppress(OSError):  # the terminal is gone with the program
        while chunk := os.read(ours, 65536):
            shown += chunk
    os.close(ours)
    process.communicate(timeout=30)
    first = shown.decode().splitlines()[0]
    assert re.match(r"\S+Z \[info +\] serving +console=http://127.0.0.1:", first)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_form_of_the_log_can_be_chosen(serve: Callable[..., Server], form: str) -> None:
    server = serve("--log-format", form)
    raw(server, "NoSuchOperation", {})
    _, log = server.stop()
    refused = log.splitlines()[1]
    assert refused.startswith("{") == (form == "json")
    assert "UnknownOperationException" in refused


FEW_WAIT = "import cosell.serve.log_writer as w; w.MOST_WAITING = 10"
DROPPED = ("cosell_log_lines_dropped_total",)
ENOUGH = 2_000
"""More lines than a pipe takes."""


def asked_until_lines_are_dropped(server: Server) -> int:
    """Calls that are refused, each of them a line of the log: how many."""
    for asked in range(1, ENOUGH):
        assert raw(server, "NoSuchOperation", {})[0].status == 404
        if figures(server)[DROPPED]:
            return asked
    raise AssertionError("none is dropped, so all are kept")


def test_a_log_that_nobody_reads_holds_nobody_up_and_what_is_dropped_is_reported_and_counted(
    serve_after: Callable[..., Server],
) -> None:
    server = serve_after(FEW_WAIT)
    asked = asked_until_lines_are_dropped(server)
    log: list[str] = []
    told = threading.Event()

    def read() -> None:
        assert server.process.stderr is not None
        for line in server.process.stderr:
            log.append(line)
            if "lines were dropped" in line:
                told.set()

    reading = threading.Thread(target=read)
    reading.start()
    while not told.wait(0.01):
        raw(server, "NoSuchOperation", {})
        asked += 1
    dropped = figures(server)[DROPPED]
    server.process.terminate()
    assert server.process.wait(timeout=30) == 0
    reading.join()
    server.process.communicate()
    lines = [json.loads(line) for line in log]
    assert sum(line["lines"] for line in lines if line["event"] == "lines were dropped") == dropped
    assert len([line for line in lines if line["event"] == "refused"]) + dropped == asked


def test_a_log_whose_reader_is_gone_holds_nobody_up(serve: Callable[..., Server]) -> None:
    server = serve()
    assert server.process.stderr is not None
    server.process.stderr.close()
    server.process.stderr = None
    asked_until_lines_are_dropped(server)
    assert server.stop()[0] == 0


def unknown(log: str) -> list[tuple[str, str]]:
    """Names that a log tells to be unknown, each with its kind."""
    lines = map(json.loads, log.splitlines())
    return [(line["event"], line["name"]) for line in lines if line["event"].startswith("unknown ")]


def test_names_that_the_model_lacks_are_reported_once(serve: Callable[..., Server]) -> None:
    server = serve("--model", "2026-06")
    spend = [{"Amount": "1", "NewMember": {"Inner": "a value"}}, {"NewMember": 1}]
    for _ in range(2):
        raw(server, "ReadTheStars", {"Catalog": "Sandbox"})
        raw(server, "SearchOpportunities", {"Catalog": "Sandbox"})  # later than the model
        raw(server, "ReadTheCards", {}, path_style=True)
        raw(server, "not a name!", {})
        raw(server, "ListOpportunities", {"Catalog": "Sandbox", "Sort": {"SortBy": "Identifier", "Mode": "a value"}})
        raw(server, "CreateOpportunity", {"Catalog": "Sandbox", "Project": {"ExpectedCustomerSpend": spend}})
        raw(server, "ListOpportunities", {"a key@example.com": "a value", "Catalog": None})
        raw(server, "ListOpportunities", {"Catalog": ["a value"], "Sort": "a value"})
    _, log = server.stop()
    assert unknown(log) == [
        ("unknown operation", "ReadTheStars"),
        ("unknown operation", "SearchOpportunities"),
        ("unknown operation", "ReadTheCards"),
        ("unknown member", "ListOpportunities: Sort.Mode"),
        ("unknown member", "CreateOpportunity: Project.ExpectedCustomerSpend.NewMember"),
    ]
    assert "a value" not in log
    assert "example.com" not in log


def test_names_that_somebody_makes_up_do_not_fill_the_log(serve: Callable[..., Server]) -> None:
    server = serve()
    for start in range(0, 1200, 300):
        made_up = {f"Member{number}": 1 for number in range(start, start + 300)}
        raw(server, "ListOpportunities", {"Catalog": "Sandbox", **made_up})
    _, log = server.stop()
    assert len(unknown(log)) == 1000


def test_what_is_no_request_has_no_names(serve: Callable[..., Server]) -> None:
    server = serve()
    for body in ("[" * 40 + "]" * 40, "no JSON"):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("POST", "/", body, {"X-Amz-Target": "AWSPartnerCentralSelling.ListOpportunities"})
        assert connection.getresponse().status == 400
        connection.close()
    raw(server, "ListOpportunities", {"Catalog": "Sandbox"})
    _, log = server.stop()
    assert unknown(log) == []


def test_a_busy_server_hears_of_a_name_that_is_used_regularly(serve: Callable[..., Server]) -> None:
    server = serve()
    headers = {"X-Amz-Target": "AWSPartnerCentralSelling.ListOpportunities"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for number in range(1_100):
        body = {"Catalog": "Sandbox"} | ({"NewMember": 1} if number >= 1_000 else {})
        connection.request("POST", "/", json.dumps(body), headers)
        assert connection.getresponse().read()
    connection.close()
    _, log = server.stop()
    assert unknown(log) == [("unknown member", "ListOpportunities: NewMember")]
