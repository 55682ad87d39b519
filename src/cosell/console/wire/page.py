"""The wire: what clients really sent, what they got, and why it was refused.

The calls are those that the workers keep in memory (`serve/admin/recent.py`), of every account. What the service model
marks as sensitive is masked until somebody asks for one call unmasked. Attempts of one call are one line.
"""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.opportunity.page import pretty
from cosell.console.visit.visit import Failure, Visit
from cosell.console.wire.filters import REFUSED, STATUSES, filters_of
from cosell.same_request import same_request
from cosell.wire.model import service_model

WIRE: Final = "/console/wire"
REQUESTS: Final = "/_cosell/requests"
SHOWN: Final = 100
"""How many calls are shown, which is as many as a worker keeps."""


HAR_TYPE: Final = "application/json"


class Attempt(msgspec.Struct, frozen=True):
    """One of an SDK's attempts at a call."""

    number: str
    status: str
    outcome: str
    address: str
    is_shown: bool


class Line(msgspec.Struct, frozen=True):
    """A call in the list. `outcome` is `ok`, or the name of the exception."""

    address: str
    at: str
    operation: str
    account: str
    status: str
    outcome: str
    violations: list[str]
    faults: list[str]
    milliseconds: str
    request_size: str
    response_size: str
    attempts: list[Attempt]
    """All of them where there are several, the first one first."""


def wire(visit: Visit) -> Response:
    """The calls that were answered last, the newest first."""
    filters = filters_of(visit)
    calls = _answered(visit, "GET", REQUESTS, limit=SHOWN, **filters.question)["requests"]
    return visit.page(
        "wire.html",
        lines=[_line(visit, call) for call in _without_earlier_attempts(calls)],
        shown=SHOWN,
        filters=filters,
        operations=sorted(service_model().operations),
        statuses=STATUSES,
        all_calls=visit.link(WIRE),
        refused=visit.link(WIRE, [("status", REFUSED)]),
        archive=visit.link(f"{WIRE}.har", filters.query),
    )


def wire_archive(visit: Visit) -> Response:
    """The calls that match the filters, as an HTTP Archive."""
    return _archive(visit, "calls.har", **filters_of(visit).question)


def wire_call_archive(visit: Visit) -> Response:
    """One call with all of its attempts, as an HTTP Archive."""
    identifier = visit.path_members["call"]
    return _archive(visit, f"call-{identifier}.har", id=identifier)


def wire_call(visit: Visit) -> Response:
    """One call, with sensitive values masked."""
    return _page(visit, _answered(visit, "GET", f"{REQUESTS}/one", id=visit.path_members["call"]), unmasked=False)


def act_on_wire_call(visit: Visit) -> Response:
    """Show a call unmasked, send it again, or save it as a test, alone or with the account's last calls."""
    identifier = visit.path_members["call"]
    form = dict(visit.form)
    if form.get("do") == "save":
        return _saved(visit, id=identifier)
    if form.get("do") == "save-last":
        return _saved(visit, account=form.get("of", ""))
    if form.get("do") == "replay":
        again = _answered(visit, "POST", f"{REQUESTS}/replay", id=identifier)
        return visit.redirect(visit.link(f"{WIRE}/{again['id']}", [("replayed", identifier)]))
    return _page(visit, _answered(visit, "POST", f"{REQUESTS}/unmask", id=identifier), unmasked=True)


def size(count: int) -> str:
    """A number of bytes as people say it: `1234` → `1.2 kB`."""
    return f"{count} B" if count < 1000 else f"{count / 1000:,.1f} kB"


def duration(milliseconds: float) -> str:
    """A time as people say it: `0.4 ms`, `12 ms`, `1.2 s`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def _saved(visit: Visit, **wanted: str) -> Response:
    """A test as a file: with sensitive values if the visitor has looked at them."""
    reveal = dict(visit.form).get("reveal") == "yes"
    made = _answered(visit, "POST", f"{REQUESTS}/save-test", reveal=reveal, **wanted)
    return visit.file(made["test"].encode(), "text/x-python; charset=utf-8", "test_saved_calls.py")


def _archive(visit: Visit, filename: str, **question: Any) -> Response:
    archive = _answered(visit, "GET", f"{REQUESTS}/har", **question)
    return visit.file(pretty(archive).encode(), HAR_TYPE, filename)


def _without_earlier_attempts(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each call the newest attempt that matches."""
    seen: set[str] = set()
    left = []
    for call in calls:
        if call["id"] not in seen:
            left.append(call)
            seen.update(attempt["id"] for attempt in call.get("attempts", ()))
    return left


def _page(visit: Visit, call: dict[str, Any], *, unmasked: bool) -> Response:
    line = _line(visit, call)
    request, response = call.get("request"), call.get("response")
    if response is None and call["raw_response"]:
        response = msgspec.json.decode(call["raw_response"])  # an error, which is JSON
    ways = []
    if isinstance(request, dict):
        ways = same_request(call["operation"], request, visit.origin, line.account or visit.scope.account)
    return visit.page(
        "wire_call.html",
        call=call,
        line=line,
        unmasked=unmasked,
        request=None if request is None else pretty(request),
        response=None if response is None else pretty(response),
        request_head=_head(f"{call['method']} {call['path']} HTTP/1.1", call["request_headers"]),
        response_head=_head(f"HTTP/1.1 {call['status']}", call["response_headers"]) if call["status"] else "",
        ways=ways,
        wire=visit.link(WIRE),
        archive=visit.link(f"{WIRE}/{call['id']}.har"),
        replayed=visit.first("replayed"),
        original=visit.link(f"{WIRE}/{visit.first('replayed')}"),
        can_be_replayed=call["operation"] is not None and request is not None,
    )


def _head(first: str, headers: dict[str, str]) -> str:
    return "\n".join([first, *(f"{name}: {value}" for name, value in headers.items())])


def _line(visit: Visit, call: dict[str, Any]) -> Line:
    return Line(
        visit.link(f"{WIRE}/{call['id']}"),
        call["at"],
        call["operation"] or "",
        call["account"] or "",
        _status(call),
        call.get("error", "ok"),
        call.get("violations", []),
        call.get("faults", []),
        duration(call["milliseconds"]),
        size(call["request_bytes"]),
        size(call["response_bytes"]),
        [
            Attempt(
                str(one["attempt"]),
                _status(one),
                one["error"] or "ok",
                visit.link(f"{WIRE}/{one['id']}"),
                one["id"] == call["id"],
            )
            for one in call.get("attempts", ())
        ],
    )


def _status(call: dict[str, Any]) -> str:
    return str(call["status"] or "none")


def _answered(visit: Visit, method: str, address: str, **question: Any) -> dict[str, Any]:
    """The admin API's answer. Raises Failure if it has none."""
    result = visit.administer(method, address, **question)
    if result.status != 200:
        raise Failure(result.status, result.value["error"], "Go back to the page Wire, and open another call.")
    value: dict[str, Any] = result.value
    return value
