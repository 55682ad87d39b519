"""Values of options and arguments. A mistake names the value, the rule, and what may have been meant."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final

import click

from cosell.errors import UserError
from cosell.nearest import closest, either
from cosell.settings import checked as value_of
from cosell.time_texts import moment_ms, span_ms

FEW: Final = 6
"""So many choices are named in a sentence."""


class WrongValue(click.BadParameter):
    """An impossible value. The message begins with the value; the option is put before it."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class OneOf(click.Choice):  # type: ignore[type-arg]  # older versions of click take none
    """One of some words; `noun` says what they are where there are many."""

    def __init__(self, choices: Sequence[str], *, noun: str = "one of its values", case_sensitive: bool = True) -> None:
        super().__init__(choices, case_sensitive=case_sensitive)
        self._noun = noun

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Fails with a usage error that says what may have been meant."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise wrong_word(value, self.choices, self._noun) from None


def wrong_word(value: str, choices: Sequence[str], noun: str) -> WrongValue:
    """The message for a word that is not among the choices."""
    close = closest(value, choices)
    rule = either(choices) if len(choices) <= FEW else noun
    if close:
        return WrongValue(f"{value!r} is not {rule}", f"did you mean {close!r}?")
    return WrongValue(f"{value!r} is not {rule}", "" if len(choices) <= FEW else f"known are {', '.join(choices)}")


class Whole(click.IntRange):
    """A whole number from `min` to `max`."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Fails with a usage error that names the limits."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise WrongValue(f"{value!r} is not a whole number{self._limits()}") from None

    def _limits(self) -> str:
        return "" if self.min is None else f" from {self.min}{'' if self.max is None else f' to {self.max}'}"

    def _describe_range(self) -> str:
        return self._limits().strip()


class Share(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A part of a whole: above 0, and 1 at most."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ARG002
        """Fails with a usage error for what is no such number."""
        try:
            share = float(value)
        except ValueError:
            share = 0.0
        if not 0 < share <= 1:
            raise WrongValue(f"{value!r} is not a number above 0 and at most 1", "give a part such as 0.5")
        return share


class Account(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """Twelve digits."""

    name = "account"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Fails with a usage error for another text."""
        try:
            return str(value_of("account", value))
        except UserError as mistake:
            raise WrongValue(mistake.message, "give one such as 111122223333") from None


class Matching(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A text of a form; `rule` says in words which, and `example` shows one."""

    name = "text"

    def __init__(self, pattern: str, rule: str, example: str) -> None:
        self._pattern = re.compile(pattern)
        self._rule = rule
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Fails with a usage error for a text of another form."""
        if not self._pattern.fullmatch(value):
            raise WrongValue(f"{value!r} is not {self._rule}", f"give one such as {self._example}")
        return str(value)


class Known(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A name among those that `names` gives, which are loaded when one is given."""

    name = "text"

    def __init__(self, noun: str, names: Callable[[], Iterable[str]]) -> None:
        self._noun = noun
        self._names = names

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Fails with a usage error that says what may have been meant."""
        names = sorted(self._names())
        if value not in names:
            close = closest(value, names)
            raise WrongValue(f"{value!r} is not {self._noun}", f"did you mean {close!r}?" if close else "")
        return str(value)


class Since(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """A moment from which to begin: itself, a time span that reaches back to it, or `start`."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Fails with a usage error for another text."""
        for read in (span_ms, moment_ms):
            with suppress(ValueError):
                read(value)
                return str(value)
        if value != "start":
            raise WrongValue(f"{value!r} is not a moment, a time span or start", "give one such as 2026-05-04 or 1h")
        return str(value)


class Switch(click.types.BoolParamType):
    """What a flag's variable may say."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        """Fails with a usage error for what is neither."""
        try:
            return bool(super().convert(value, param, ctx))
        except click.BadParameter:
            raise WrongValue(f"{value!r} is not true or false") from None
