"""What the service says about a request, in terms of what was typed: the option, its value, the rule."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cosell.member_path import value_at
from cosell.nearest import closest

if TYPE_CHECKING:
    from botocore.exceptions import ClientError


WIDEST: Final = 80
"""Characters that are shown of a value."""


class Typed(NamedTuple):
    """A request, and the options by which its members were typed, by their paths without indexes."""

    request: Mapping[str, Any] = {}
    options: Mapping[str, str] = {}
    next_step: str = ""


NOTHING_TYPED: Final = Typed()


def lines_of(error: "ClientError", typed: Typed = NOTHING_TYPED) -> list[str]:
    """One line for each entry of the ErrorList, or one for the error itself."""
    entries: Iterable[Mapping[str, str]] = error.response.get("ErrorList", [])  # type: ignore[assignment]
    told = error.response["Error"]
    return [_line(entry, typed) for entry in entries] or [f"{told['Code']}: {told.get('Message', '')}"]


def _line(entry: Mapping[str, str], typed: Typed) -> str:
    field = entry.get("FieldName", "request")
    rule = f"{entry['Message'].rstrip('.')} ({entry['Code']})"
    option = typed.options.get(re.sub(r"\[\d+\]", "", field))
    if option is None:
        return f"{field}: {rule}"
    value = str(value_at(typed.request, field))
    close = meant(entry["Message"].rstrip("."), value)
    next_step = f"did you mean {close!r}?" if close else typed.next_step
    shown = value if len(value) <= WIDEST else f"{value[:WIDEST]}…"
    return f"{option} {shown!r}: {rule}; {next_step}"


def meant(rule: str, value: str) -> str | None:
    """The value that may have been meant, among those that the service's rule names; None if it names none."""
    _, names, listed = rule.partition("must be one of: ")
    return closest(value, listed.split(", ")) if names else None
