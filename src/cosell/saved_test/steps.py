"""The lines of a test for one call each, or for what happened between two."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from cosell.saved_test.before import Decision
from cosell.saved_test.boto3_form import boto3_sends
from cosell.saved_test.calls import AnsweredCall, Fault
from cosell.saved_test.expected import Known, expectations
from cosell.saved_test.literals import INDENT, call, literal, moment
from cosell.wire.model import service_model
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import snake_case

CLOCK: Final = f"{INDENT}clock.set("
DROPPED: Final = "ConnectionDropped"
NOT_OF_THE_REQUEST: Final = frozenset(
    {
        "InternalServerException",
        "ServiceUnavailableException",
    }
)
"""Errors that the same request does not meet again without a fault."""
TRIED_AGAIN: Final = NOT_OF_THE_REQUEST | {"ThrottlingException", DROPPED}
"""Errors after which boto3 sends the request again by itself."""
_VARIABLES: Final = {
    "Create": "created",
    "Get": "got",
    "List": "listed",
    "Search": "found",
    "Start": "started",
    "Update": "updated",
}


class Lines(msgspec.Struct):
    """The code for a call. Its answer is in `variable` if a later line needs it."""

    before: str
    """Lines that come first."""
    asked: str
    """The call, up to the end of its last line."""
    indent: str
    variable: str
    after: str
    is_raw: bool = False
    errors: frozenset[str] = frozenset()
    """Names that an `import` brings."""


def why_left_out(answered: AnsweredCall) -> str | None:
    """Why a call cannot be sent again; None if it can."""
    if answered.request is None:
        return f"its request of {answered.request_bytes:,} bytes was too long to be kept"
    if answered.error in NOT_OF_THE_REQUEST and answered.fault is None:
        return f"it met {answered.error}, which was the server's own affair"
    return None


def variables(calls: Sequence[AnsweredCall]) -> list[str]:
    """A name for the answer of each call; empty if it was refused."""
    count: dict[str, int] = {}
    names = []
    for answered in calls:
        if answered.error is not None:
            names.append("")
            continue
        verb = next((verb for verb in _VARIABLES if answered.operation.startswith(verb)), "")
        name = _VARIABLES.get(verb, "answer")
        count[name] = count.get(name, 0) + 1
        names.append(name if count[name] == 1 else f"{name}_{count[name]}")
    return names


def lines_of(answered: AnsweredCall, variable: str, known: Known) -> Lines:
    """The lines for a call. `known` learns from its answer."""
    before = "" if answered.fault is None else _fault(answered, answered.fault)
    if answered.error is not None:
        return _refusal(answered, known, before)
    asked, is_raw = _asked(answered, known, INDENT, len(variable) + 3)
    after = ""
    output = service_model().operations[answered.operation].output
    if output is not None and isinstance(answered.answer, dict):
        expected = known.answered(output.shape, answered.answer)
        after = "".join(
            line for name, member in expected.items() for line in expectations(f'{variable}["{name}"]', member)
        )  # boto3 adds a member of its own
        known.learn(variable, output.shape, answered.answer)
    elif output is not None:
        after = f"{INDENT}# The answer was too long to be kept.\n"
    return Lines(before, asked, INDENT, variable, after, is_raw)


def decision_line(decision: Decision, catalog: str, known: Known) -> str:
    """The line for a step of AWS's review."""
    side = "cosell.play_aws(client)" if catalog == "Sandbox" else f"cosell.play_aws(client, catalog={literal(catalog)})"
    said = "".join(f", {name}={literal(text)}" for name, text in decision.said.items())
    return f"{INDENT}{side}.{decision.step}({known.place(decision.identifier)}{said})\n"


def clock_line(at_ms: int) -> str:
    """The line that moves the clock."""
    return f"{CLOCK}{moment(Timestamp.from_ms(at_ms))})\n"


def _asked(answered: AnsweredCall, known: Known, indent: str, beside: int) -> tuple[str, bool]:
    """The source of a call, and whether it sends a body that boto3 would not build."""
    if boto3_sends(answered.operation, answered.request):
        shape_name = service_model().operations[answered.operation].input.shape
        members = known.requested(shape_name, answered.request)
        return call(f"client.{snake_case(answered.operation)}", members, indent, beside), False
    head = f"send(client, {literal(answered.operation)}, "
    if isinstance(answered.request, bytes):
        return f"{head}{answered.request!r})", True
    body = literal(known.in_body(answered.request), indent, beside + len(head) + len("json.dumps()") + 1)
    return f"{head}json.dumps({body}))", True


def _fault(answered: AnsweredCall, fault: Fault) -> str:
    asked: dict[str, Any] = {"error": fault.error}
    if fault.is_after:
        asked["when"] = "after"
    asked |= {"operation": answered.operation, "times": 1}
    if fault.error == "AccessDeniedException" and "Reason" in answered.answer:
        asked["reason"] = answered.answer["Reason"]
    return f"{INDENT}{call('faults.add', asked, INDENT)}\n"


def _refusal(answered: AnsweredCall, known: Known, before: str) -> Lines:
    name = answered.error
    assert name is not None
    asked, is_raw = _asked(answered, known, INDENT * 2, 0)
    told = answered.answer if isinstance(answered.answer, dict) else {}
    modelled = name in service_model().shapes
    raised = "ConnectionClosedError" if name == DROPPED else f"client.exceptions.{name}" if modelled else "ClientError"
    needed = frozenset() if modelled else frozenset({raised})
    after = "".join(_told(name, told, modelled=modelled, with_entries=answered.fault is None))
    naming = " as refused" if after else ""
    return Lines(
        f"{before}{INDENT}with pytest.raises({raised}){naming}:\n", asked, INDENT * 2, "", after, is_raw, needed
    )


def _told(name: str, told: dict[str, Any], *, modelled: bool, with_entries: bool) -> Iterator[str]:
    """What is asserted about an error besides its class."""
    if not modelled and name != DROPPED:
        yield f'{INDENT}assert refused.value.response["Error"]["Code"] == {literal(name)}\n'
    for member in ("Reason", "ErrorList"):
        if member in told and (with_entries or member == "Reason"):
            head = f'assert refused.value.response["{member}"] == '
            yield f"{INDENT}{head}{literal(told[member], INDENT, len(head))}\n"
