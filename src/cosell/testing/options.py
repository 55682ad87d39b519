"""What `cosell.connect` and `cosell.intercept` take: it opens an engine, or reports the mistake."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from cosell.aws_side.script_file import checked_script, review_document
from cosell.clock import Clock, Course, course_of, wall_clock
from cosell.context import Now
from cosell.errors import UserError
from cosell.faults import Faults
from cosell.faults.rule import rule_of
from cosell.nearest import nearest
from cosell.rules.aws_side.review_script import Script
from cosell.settings import Settings, checked

OWN: Final = ("account", "catalog", "clock", "faults", "review", "sleep", "url")
"""The options that are not settings."""
SETTINGS: Final = frozenset(
    {
        "action_required_stays",
        "any_review_status",
        "any_value",
        "appearance_delay",
        "closed_lost_reopens",
        "drafts",
        "empty_messages",
        "escaped_texts",
        "model",
        "no_sandbox_solution",
        "review_action_required",
        "review_rejected",
        "review_seed",
        "review_start",
        "review_verdict",
        "sandbox_quirks",
        "task_delay",
        "without_search",
    }
)
"""The settings of `cosell serve` that are options as well. None of them is an option of boto3's."""

ReviewSetting = str | os.PathLike[str] | Mapping[str, Any]
"""Who plays AWS's side: `manual`, `auto`, the path of a script, or a script as plain values."""
ClockSetting = Now | datetime | str | None
"""The time: a clock, a moment at which it is frozen, a text as for `--clock`, or the database."""
FaultsSetting = Faults | Iterable[Mapping[str, Any] | str] | None
"""What goes wrong: `Faults`, or each fault as its members, or as the text of `--fault`."""


def check_names(names: Iterable[str], known: Iterable[str]) -> None:
    """Raises UserError for an unknown name, with the most similar known one."""
    known = frozenset(known)
    for name in names:
        if name not in known:
            raise UserError(f"there is no option {name}", nearest(name, known))


def check_catalog(catalog: str) -> None:
    """Raises UserError for what is not a catalog."""
    checked_settings({"catalog": catalog})


def checked_settings(given: Mapping[str, Any]) -> Settings:
    """Settings by name. Raises UserError for an impossible value."""
    values = {}
    for name, value in given.items():
        try:
            values[name] = checked(name, value)
        except UserError as mistake:
            next_step = mistake.next_step or "see docs/reference/settings.md"
            raise UserError(f"{name} {mistake.message}", next_step) from None
    return Settings(**values)


def script_given(review: ReviewSetting, settings: Settings) -> Script | None:
    """The script that AWS's side follows; None: nothing happens by itself. Raises UserError for what is none."""
    if isinstance(review, Mapping):
        return checked_script(msgspec.to_builtins(review), "review")
    document = review_document(msgspec.structs.replace(settings, review=os.fspath(review)))
    return None if document is None else checked_script(document, "review")


def clock_given(clock: ClockSetting) -> Clock | None:
    """The clock that was passed in; None if the database's applies. Raises UserError for anything else."""
    if clock is None or isinstance(clock, str):
        return None
    if isinstance(clock, Clock):
        return clock
    if isinstance(clock, datetime):
        return Clock(clock)
    if callable(clock):
        return Clock(wall=clock)
    raise UserError(f"{clock!r} is not a clock", "give a cosell.Clock, a moment, or a text such as frozen")


def course_given(clock: ClockSetting) -> Course | None:
    """How the database's clock is to run; None: unchanged. Raises UserError for an invalid text."""
    if not isinstance(clock, str):
        return None
    try:
        return course_of(clock, wall_clock())
    except ValueError as error:
        raise UserError(f"clock {error}", "see docs/how-to/control-time.md") from None


def faults_given(faults: FaultsSetting) -> Faults:
    """The faults from the start. Raises UserError for an invalid one."""
    if isinstance(faults, Faults):
        return faults
    if isinstance(faults, str | Mapping):
        raise UserError("faults are a list", "put brackets around it")
    given = Faults()
    for fault in faults or ():
        if isinstance(fault, str):
            given.put(rule_of(fault))
        else:
            given.add(**fault)
    return given
