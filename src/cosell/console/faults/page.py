"""Faults of this server: what goes wrong, how often it has, and a form with every option of a rule."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.visit.surroundings import AdminResult
from cosell.console.visit.visit import Failure, Visit
from cosell.faults.rule import ERRORS, MOST, Rule, reasons_of
from cosell.wire.model import service_model

FAULTS: Final = "/console/faults"
ADMIN: Final = "/_cosell/faults"
NUMBERS: Final = ("times", "seed")


class Shown(msgspec.Struct, frozen=True):
    """A fault in the list: what happens, to which requests, and how often it has."""

    number: int
    effect: str
    operation: str
    whose: str
    how_often: str
    reason: str
    message: str | None
    met: int
    fired: int


class NoNumber(Exception):
    """A form field that takes a number contains something else."""


def faults(visit: Visit, *, problem: AdminResult | None = None) -> Response:
    """What goes wrong now, and the form."""
    told = visit.administer("GET", ADMIN)
    if told.status != 200:
        raise Failure(told.status, told.value["error"], "Try again in a moment.")
    return visit.page(
        "faults.html",
        status=problem.status if problem else 200,
        problem=problem.value if problem else None,
        faults=[_shown(fault) for fault in told.value["faults"]],
        errors=list(ERRORS),
        reasons={error: reasons for error in ERRORS if (reasons := reasons_of(error))},
        operations=sorted(service_model().operations),
        given=dict(visit.form),
        command=visit.suggested("faults list"),
    )


def act_on_faults(visit: Visit) -> Response:
    """Add a fault, or clear one or all."""
    form = dict(visit.form)
    if "clear" in form:
        one = {"fault": form["clear"]} if form["clear"] != "all" else {}
        done = visit.administer("DELETE", ADMIN, **one)
    else:
        try:
            done = visit.administer("POST", ADMIN, **rule_members(form))
        except NoNumber as mistake:
            done = AdminResult(400, {"error": str(mistake)})
    return visit.redirect(visit.link(FAULTS)) if done.status == 200 else faults(visit, problem=done)


def rule_members(form: Mapping[str, str]) -> dict[str, Any]:
    """The members of the rule that a form describes; empty fields are ignored. Raises NoNumber."""
    members: dict[str, Any] = {name: value for name in Rule.__struct_fields__ if (value := form.get(name, "").strip())}
    if form.get("empty_message"):
        members["message"] = ""
    for name in NUMBERS:
        if name in members:
            members[name] = _whole(name, members[name])
    if "probability" in members:
        members["probability"] = _share(members["probability"])
    return members


def _whole(name: str, text: str) -> int:
    least = 1 if name == "times" else 0
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= MOST:
        raise NoNumber(f"{name.capitalize()} is a whole number from {least} on, not {text!r}.")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0
    if not 0 < share <= 1:
        raise NoNumber(f"Probability is a number above 0, at most 1, not {text!r}.")
    return share


def _shown(fault: Mapping[str, Any]) -> Shown:
    rule = msgspec.convert({name: fault[name] for name in Rule.__struct_fields__ if name in fault}, Rule)
    often = [
        f"{rule.probability * 100:g} % of them, seed {rule.seed}" if rule.probability < 1 else "",
        f"{rule.times} times at most" if rule.times else "",
    ]
    return Shown(
        fault["fault"],
        rule.effect,
        rule.operation,
        " ".join(filter(None, [rule.account, rule.catalog])) or "every account",
        ", ".join(filter(None, often)) or "always",
        rule.reason or "",
        rule.message,
        fault["met"],
        fault["fired"],
    )
