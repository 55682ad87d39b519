"""The wire: what clients have really sent, what they got, and why it was refused.

The calls are those that the workers keep in memory (`serve/admin/recent.py`), of every account. What the service model
marks as sensitive is masked until somebody asks for one call as it was.
"""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.opportunity.page import pretty
from cosell.console.visit.visit import Failure, Visit
from cosell.same_request import same_request

WIRE: Final = "/console/wire"
REQUESTS: Final = "/_cosell/requests"
SHOWN: Final = 100
"""Calls that are shown, which is as many as a worker keeps."""


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


def wire(visit: Visit) -> Response:
    """The calls that were answered last, the newest first."""
    only = visit.first("show")
    calls = _answered(visit, "GET", REQUESTS, limit=SHOWN)["requests"]
    lines = [_line(visit, call) for call in calls if only != "refused" or call["status"] != 200]
    return visit.page(
        "wire.html",
        lines=lines,
        shown=SHOWN,
        only=only,
        all_calls=visit.link(WIRE),
        refused=visit.link(WIRE, [("show", "refused")]),
        is_silent=not calls,
    )


def wire_call(visit: Visit) -> Response:
    """One call, with what is sensitive masked."""
    return _page(visit, _answered(visit, "GET", f"{REQUESTS}/one", id=visit.path_members["call"]), unmasked=False)


def act_on_wire_call(visit: Visit) -> Response:
    """Show a call as it was, send it again, or save it as a test, alone or with the account's last calls."""
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
    """A test as a file: with what is sensitive where the visitor has looked at that."""
    reveal = dict(visit.form).get("reveal") == "yes"
    made = _answered(visit, "POST", f"{REQUESTS}/save-test", reveal=reveal, **wanted)
    return visit.file(made["test"].encode(), "text/x-python; charset=utf-8", "test_saved_calls.py")


def _page(visit: Visit, call: dict[str, Any], *, unmasked: bool) -> Response:
    line = _line(visit, call)
    request, response = call.get("request"), call.get("response")
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
        ways=ways,
        wire=visit.link(WIRE),
        replayed=visit.first("replayed"),
        original=visit.link(f"{WIRE}/{visit.first('replayed')}"),
        can_be_replayed=call["operation"] is not None and request is not None,
    )


def _line(visit: Visit, call: dict[str, Any]) -> Line:
    return Line(
        visit.link(f"{WIRE}/{call['id']}"),
        call["at"],
        call["operation"] or "",
        call["account"] or "",
        str(call["status"] or "none"),
        call.get("error", "ok"),
        call.get("violations", []),
        call.get("faults", []),
        duration(call["milliseconds"]),
        size(call["request_bytes"]),
        size(call["response_bytes"]),
    )


def _answered(visit: Visit, method: str, address: str, **question: Any) -> dict[str, Any]:
    """The admin API's answer. Raises Failure where it has none."""
    result = visit.administer(method, address, **question)
    if result.status != 200:
        raise Failure(result.status, result.value["error"], "Go back to the page Wire, and open another call.")
    value: dict[str, Any] = result.value
    return value
