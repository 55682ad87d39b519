"""What `cosell.connect` and `cosell.intercept` take: an engine is opened with it, or the mistake is told."""

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from cosell.aws_side.script_file import checked_script, review_document
from cosell.aws_side.work import work
from cosell.context import Now
from cosell.engine import Engine
from cosell.errors import UserError
from cosell.faults import Faults
from cosell.rules.aws_side.review_script import Script
from cosell.settings import Settings, readings_of

OWN: Final = ("account", "clock", "faults", "review", "sleep", "url")
"""The options that are no settings."""
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


class Opened(NamedTuple):
    """An engine, and what lets AWS's side do what is due before a call is answered."""

    engine: Engine
    catch_up: Callable[[], None]


def opened(
    url: str, clock: Now | None, review: ReviewSetting, faults: Faults | None, settings: Mapping[str, Any]
) -> Opened:
    """An engine over the database at `url`. Raises UserError where it cannot, or a setting is wrong."""
    checked = _settings(settings)
    script = _script(review, checked)
    engine = Engine.open(url, clock=clock, readings=readings_of(checked), faults=faults, model=checked.model)
    return Opened(engine, lambda: _catch_up(engine, script))


def check_names(names: Iterable[str], known: Iterable[str]) -> None:
    """Raises UserError for a name that is not known, with the known one that is most like it."""
    known = sorted(known)
    for name in names:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, 1, 0)
            raise UserError(f"there is no option {name}", f"did you mean {nearest[0]}? There are: {', '.join(known)}")


def _catch_up(engine: Engine, script: Script | None) -> None:
    """Let AWS's side do what is due. Raises the first of what failed, once everything is done."""
    defects: list[Exception] = []
    work(engine, script, engine.clock(), lambda _, defect: defects.append(defect))
    if defects:
        raise defects[0]


def _script(review: ReviewSetting, settings: Settings) -> Script | None:
    if isinstance(review, Mapping):
        return checked_script(msgspec.to_builtins(review), "review")
    document = review_document(msgspec.structs.replace(settings, review=os.fspath(review)))
    return None if document is None else checked_script(document, "review")


def _settings(given: Mapping[str, Any]) -> Settings:
    try:
        return msgspec.convert(dict(given), Settings)
    except msgspec.ValidationError as error:
        raise UserError(str(error), "see docs/reference/settings.md") from None
