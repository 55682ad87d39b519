"""Whether a setting can have a value, and the rule for its values, in words."""

from typing import Any, Final, get_args, get_origin

import msgspec

from cosell.errors import UserError
from cosell.nearest import closest, either
from cosell.settings.every_setting import CHOICES, DEFAULTS, FIELDS
from cosell.time_texts import span_ms

_RULES: Final = {
    "account": "an account of twelve digits",
    "without_search": "a list of accounts of twelve digits",
    "url": "an address that begins with http:// or https://",
}
"""What a pattern requires, in words."""
_SPANS: Final = frozenset(
    {"review_start", "review_verdict", "task_delay", "appearance_delay", "keep_events", "keep_history"}
)
"""Settings that are time spans, as texts."""


def checked(name: str, value: Any, *, strict: bool = True) -> Any:
    """The value of a setting; unless it is `strict`, a number may be a text.

    Raises UserError for an impossible one: the message begins with the value.
    """
    try:
        converted = msgspec.convert(value, FIELDS[name].type, strict=strict)
    except msgspec.ValidationError:
        told = " ".join(value) if isinstance(value, list | tuple) and all(isinstance(e, str) for e in value) else value
        close = closest(str(value), CHOICES.get(name, ()))
        raise UserError(f"{told!r} is not {_rule_of(name)}", f"did you mean {close!r}?" if close else "") from None
    if name in _SPANS and converted != getattr(DEFAULTS, name):
        try:
            span_ms(converted)
        except ValueError as error:
            raise UserError(str(error)) from None
    return converted


def _rule_of(name: str) -> str:
    """What a setting's value must be, in words."""
    if name in CHOICES:
        return either(CHOICES[name])
    if name in _RULES:
        return _RULES[name]
    type_, constraint = get_args(FIELDS[name].type)
    if type_ in (int, float):
        words = "a whole number" if type_ is int else "a number"
        return words if constraint.ge is None else f"{words} from {constraint.ge} to {constraint.le}"
    if get_origin(type_) is list:
        return "a list of texts"
    return "true or false" if type_ is bool else "a text"
