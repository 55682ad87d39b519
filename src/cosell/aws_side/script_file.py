"""From the reviewer's settings to the script that it follows."""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from cosell.errors import UserError
from cosell.rules.aws_side.review_script import Script, ScriptMistake, automatic, script_of
from cosell.settings import Settings
from cosell.time_texts import span_ms


def review_document(settings: Settings) -> dict[str, Any] | None:
    """The script document that `review` names; None for `manual`: nothing happens by itself.

    Raises UserError if the file cannot be read, or asks for something impossible.
    """
    if settings.review == "manual":
        return None
    if settings.review == "auto":
        return _automatic(settings)
    document = _read(Path(settings.review))
    checked_script(document, settings.review)
    return document


def checked_script(document: Any, name: str) -> Script:
    """The script that a document describes. Raises UserError, with the document's name, for a mistake in it."""
    try:
        return script_of(document)
    except ScriptMistake as mistake:
        raise UserError(f"{name}: {mistake}", "see docs/how-to/play-aws.md") from None


def _automatic(settings: Settings) -> dict[str, Any]:
    start_ms, verdict_ms = _span_ms(settings, "review_start"), _span_ms(settings, "review_verdict")
    shares = settings.review_action_required, settings.review_rejected
    if sum(shares) > 1:
        raise UserError("more than all submissions cannot be sent back or rejected", "lower one of the two shares")
    return automatic(start_ms, verdict_ms, *shares, settings.review_seed)


def _span_ms(settings: Settings, name: str) -> int:
    try:
        return span_ms(getattr(settings, name))
    except ValueError as error:
        raise UserError(f"{name}: {error}", "see docs/reference/settings.md") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise UserError(
            f"cannot read the script {path}: {error.strerror}", "say manual, auto, or the path of a file"
        ) from None
    except RecursionError:
        raise UserError(f"{path} is nested too deeply", "see docs/how-to/play-aws.md") from None
    except ValueError as error:  # of TOML, of JSON, or of UTF-8
        raise UserError(f"{path}: {error}", "see docs/how-to/play-aws.md") from None
    plain: dict[str, Any] = msgspec.to_builtins(document)  # days and moments of TOML become texts
    return plain
