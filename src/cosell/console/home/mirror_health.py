"""The state of a mirror: how far behind it is, what its runs did and how fast, what it lacks, and what has vanished."""

from typing import Any, Final

import msgspec
from starlette.responses import Response

from cosell.console.visit.visit import Visit
from cosell.console.words import NOTHING, number
from cosell.time_texts import span_text

FULL: Final = "A sync with --full brings it in step"
FIXES: Final = {
    "missing": ("The mirror lacks it", FULL),
    "stale": ("The mirror's is older", FULL),
    "different": ("Both are equally old, but differ", FULL),
    "vanished": ("AWS has it no longer", "A sync with --full notes that; the mirror keeps it"),
    "ahead": ("The mirror's is newer", "AWS's data went back: sync into a new mirror"),
}
"""What each kind of difference means, and what to do about it."""


class DifferenceLine(msgspec.Struct, frozen=True):
    """A difference in the words of its line."""

    identifier: str
    kind: str
    members: tuple[str, ...]
    mirror: str
    service: str
    to_do: str


class RunLine(msgspec.Struct, frozen=True):
    """A run in the words of its line."""

    started: str
    mode: str
    status: str
    took: str
    rate: str
    did: str
    error: str


def mirror_health(visit: Visit) -> Response:
    """The first page of a console over a mirror."""
    assert visit.surroundings.health is not None, "the page is only among those of a mirror"
    health = visit.surroundings.health()
    verified = health["verified"]
    return visit.page(
        "mirror_health.html",
        health=health,
        in_step=NOTHING if health["age_seconds"] is None else f"{span_text(health['age_seconds'] * 1000)} ago",
        figures={
            "Opportunities": number(health["opportunities"]),
            "Vanished": number(health["vanished"]),
            "Changes seen": number(health["changes"]),
            "Details kept": number(health["details"]),
            "Details to fetch": number(health["details_wanted"]),
            "Not to be shown": number(health["refused"]) if health["refused"] else "",
        },
        runs=[run_line(run) for run in health["runs"]],
        verified=verified,
        verified_ago=verified and f"{span_text(verified['age_seconds'] * 1000)} ago",
        differences=[difference_line(one) for one in verified["differences"]] if verified else [],
    )


def difference_line(difference: dict[str, Any]) -> DifferenceLine:
    """The line of a difference."""
    kind, to_do = FIXES[difference["difference"]]
    return DifferenceLine(
        difference["id"],
        kind,
        tuple(difference["members"]),
        difference["mirror"] or "",
        difference["service"] or "",
        to_do,
    )


def run_line(run: dict[str, Any]) -> RunLine:
    """The line of a run; one that is still in progress has done nothing yet."""
    seconds, calls = run["seconds"], run["calls"]
    ended = seconds is not None and calls is not None
    return RunLine(
        run["started"],
        run["mode"],
        run["status"],
        f"{seconds:,.1f} s" if ended else NOTHING,
        f"{calls / seconds:,.1f} calls a second" if ended and seconds else NOTHING,
        f"{number(run['new'])} new, {number(run['changed'])} changed, {number(calls)} calls" if ended else NOTHING,
        run["error"] or "",
    )
