"""Events as they are announced, and the state of their delivery: cursors, retries, dead letters, redelivery."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.opportunity.page import pretty
from cosell.console.visit.surroundings import AdminResult
from cosell.console.visit.visit import Failure, Visit
from cosell.store.outbox import Outbox, Waiting
from cosell.wire.timestamps import Timestamp

EVENTS: Final = "/console/events"
ADMIN: Final = "/_cosell/events"
SHOWN: Final = 50
"""Events on the page."""
READ: Final = 1000
"""How many events are searched for those of one account, so that a page costs the same whatever others do."""
RETRIES_SHOWN: Final = 10
LETTERS_SHOWN: Final = 20
_OPPORTUNITY: Final = re.compile("O[0-9]+", re.ASCII)


class Told(msgspec.Struct, frozen=True):
    """An event, or a dead letter, in the words of its line."""

    position: int
    detail_type: str
    subject: str
    address: str
    account: str
    time: str
    body: str


class Retry(msgspec.Struct, frozen=True):
    """An event that a sink has refused, and when it is offered again."""

    position: int
    subject: str
    attempts: int
    next_attempt: str
    reason: str


def events(visit: Visit, *, problem: AdminResult | None = None) -> Response:
    """The page."""
    outbox = visit.surroundings.engine.store.outbox
    every_account = visit.first("show") == "all"
    newest = outbox.newest()
    found = outbox.after(max(newest - READ, 0), READ)
    shown = [one for one in reversed(found) if every_account or one.event.receiver == visit.scope][:SHOWN]
    sinks = _answered(visit, f"{ADMIN}/sinks")["sinks"]
    letters = _answered(visit, f"{ADMIN}/dead-letters", limit=LETTERS_SHOWN)["dead_letters"]
    return visit.page(
        "events.html",
        status=problem.status if problem else 200,
        problem=problem.value if problem else None,
        events=[told(visit, one) for one in shown],
        every_account=every_account,
        of_account=visit.link(EVENTS),
        of_all=visit.link(EVENTS, [("show", "all")]),
        sinks=[{**sink, "retries": retries_of(outbox, sink["name"])} for sink in sinks],
        letters=[{**letter, "json": pretty(letter["event"])} for letter in letters],
        newest=newest,
        shown=SHOWN,
        given=dict(visit.form),
        done=visit.first("done"),
    )


def act_on_events(visit: Visit) -> Response:
    """Deliver events again, or dead letters after all."""
    form = dict(visit.form)
    whose = {"sink": form["sink"]} if form.get("sink") else {}
    if form.get("do") == "revive":
        done = visit.administer("POST", f"{ADMIN}/revive", **whose)
    else:
        question = {"from": form.get("from", "").strip() or "start", **whose}
        done = visit.administer("POST", f"{ADMIN}/replay", **question)
    if done.status != 200:
        return events(visit, problem=done)
    return visit.redirect(visit.link(EVENTS, [("done", "revive" if form.get("do") == "revive" else "replay")]))


def told(visit: Visit, waiting: Waiting) -> Told:
    """The line of an event; an opportunity's event links to it."""
    event = waiting.event
    return Told(
        waiting.position,
        event.detail_type,
        event.subject,
        visit.link(f"/console/opportunities/{event.subject}", scope=event.receiver)
        if _OPPORTUNITY.fullmatch(event.subject)
        else "",
        event.receiver.account,
        str(Timestamp.from_ms(event.time_ms)),
        pretty(msgspec.Raw(event.body)),
    )


def retries_of(outbox: Outbox, sink: str) -> list[Retry]:
    """What a sink will be offered again, the next one first."""
    held = sorted((one for one in outbox.state(sink).held if one.attempts), key=lambda one: one.next_attempt_ms)
    return [
        Retry(one.position, one.subject, one.attempts, str(Timestamp.from_ms(one.next_attempt_ms)), one.reason)
        for one in held[:RETRIES_SHOWN]
    ]


def _answered(visit: Visit, address: str, **question: Any) -> Mapping[str, Any]:
    result = visit.administer("GET", address, **question)
    if result.status != 200:
        raise Failure(result.status, result.value["error"], "Try again in a moment.")
    value: Mapping[str, Any] = result.value
    return value
