"""From the reviewer's settings to the script that it follows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from cosell.errors import UserError
from cosell.json_and_toml import Unreadable, json_of, toml_of
from cosell.rules.aws_side.review_script import Script, ScriptMistake, automatic, script_of
from cosell.settings import Settings
from cosell.time_texts import span_ms


def review_document(settings: Settings, named: Callable[[str], str] = str) -> dict[str, Any] | None:
    """The script document that `review` names; None for `manual`: nothing happens by itself.

    Raises UserError if the file cannot be read, or asks for something impossible. `named` gives the name under which
    people have set a setting: its option, variable or key.
    """
    if settings.review == "manual":
        return None
    if settings.review == "auto":
        return _automatic(settings, named)
    document = _read(Path(settings.review), named("review"))
    checked_script(document, settings.review)
    return document


def checked_script(document: Any, name: str) -> Script:
    """The script that a document describes. Raises UserError, with the document's name, for a mistake in it."""
    try:
        return script_of(document)
    except ScriptMistake as mistake:
        raise UserError(f"{name}: {mistake}", mistake.next_step or "see docs/how-to/play-aws.md") from None


def _automatic(settings: Settings, named: Callable[[str], str]) -> dict[str, Any]:
    if settings.review_action_required + settings.review_rejected > 1:
        shares = ("review_action_required", "review_rejected")
        told = " and ".join(f"{named(name)} {getattr(settings, name):g}" for name in shares)
        raise UserError(f"{told} add up to more than 1", "lower one of them")
    start_ms, verdict_ms = span_ms(settings.review_start), span_ms(settings.review_verdict)
    return automatic(
        start_ms, verdict_ms, settings.review_action_required, settings.review_rejected, settings.review_seed
    )


def _read(path: Path, named: str) -> dict[str, Any]:
    try:
        text = path.read_bytes()
        document = toml_of(text) if path.suffix == ".toml" else json_of(text)
    except OSError as error:
        raise UserError(
            f"{named} '{path}' cannot be read: {error.strerror}", "say manual, auto, or the path of a script"
        ) from None
    except Unreadable as mistake:
        raise UserError(f"{path} {mistake}", "see docs/how-to/play-aws.md") from None
    plain: dict[str, Any] = msgspec.to_builtins(document)  # days and moments of TOML become texts
    return plain
