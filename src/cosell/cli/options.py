"""Options made from the settings, so that an option, its variable and its key in the file cannot disagree."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, get_args, get_origin

import click
import msgspec

from cosell.cli.types import OneOf, Switch, WrongValue
from cosell.errors import UserError
from cosell.settings import CHOICES, DEFAULTS, FIELDS
from cosell.settings import checked as value_of

Function = TypeVar("Function", bound=Callable[..., Any])
METAVARS: Final[dict[Any, str]] = {int: "INTEGER", float: "FLOAT"}


class Option(click.Option):
    """An option that is also known by its former names, which no help shows."""

    def __init__(self, *args: Any, former: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.former = former

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """See click."""
        shown = self.opts
        self.opts = [*shown, *self.former]
        super().add_to_parser(parser, ctx)
        self.opts = shown


def setting(name: str, *, former: Sequence[str] = (), **changed: Any) -> Callable[[Function], Function]:
    """The option of a setting: `--log-level`, also `COSELL_LOG_LEVEL` and `log_level` in cosell.toml.

    `former` are its earlier names; `changed` are attributes of click's that differ in this command.
    """
    field = FIELDS[name]
    default = getattr(DEFAULTS, name)
    type_, constraint = get_args(field.type)
    assert isinstance(constraint, msgspec.Meta)
    is_list = get_origin(type_) is list

    def checked(_: click.Context, __: click.Parameter, value: Any) -> Any:
        if value is None:
            return None
        try:
            return value_of(name, value, strict=False)
        except UserError as mistake:
            raise WrongValue(mistake.message, mistake.next_step) from None

    attributes: dict[str, Any] = {
        "type": Switch() if type_ is bool else OneOf(CHOICES[name]) if name in CHOICES else str,
        "metavar": METAVARS.get(type_),
        "multiple": is_list,
        "is_flag": type_ is bool,
        "default": default,
        "show_default": type_ is not bool and default not in ("", []),
        "envvar": f"COSELL_{name.upper()}",
        "show_envvar": True,
        "help": constraint.description,
        "callback": checked,
    }
    return click.option(f"--{name.replace('_', '-')}", name, cls=Option, former=former, **(attributes | changed))


def options_of(names: Sequence[str]) -> Callable[[Function], Function]:
    """The options of several settings, in this order."""

    def added(function: Function) -> Function:
        for name in reversed(names):
            function = setting(name)(function)
        return function

    return added
