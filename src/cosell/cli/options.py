"""Options made from the settings, so that an option, its variable and its key in the file cannot disagree."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args, get_origin

import click
import msgspec

from cosell.settings import DEFAULTS, FIELDS

Function = TypeVar("Function", bound=Callable[..., Any])


def setting(name: str) -> Callable[[Function], Function]:
    """The option of a setting: `--log-level`, also `COSELL_LOG_LEVEL` and `log_level` in cosell.toml."""
    field = FIELDS[name]
    default = getattr(DEFAULTS, name)
    type_, constraint = get_args(field.type)
    assert isinstance(constraint, msgspec.Meta)
    is_list = get_origin(type_) is list

    def checked(_: click.Context, __: click.Parameter, value: Any) -> Any:
        try:
            return msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            told = " ".join(value) if is_list else value
            raise click.BadParameter(f"{told!r} is not possible. {constraint.description}") from None

    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        type=str if is_list else type_,
        multiple=is_list,
        is_flag=type_ is bool,
        default=default,
        show_default=type_ is not bool and default not in ("", []),
        envvar=f"COSELL_{name.upper()}",
        show_envvar=True,
        help=constraint.description,
        callback=checked,
    )


def options_of(names: Sequence[str]) -> Callable[[Function], Function]:
    """The options of several settings, in this order."""

    def added(function: Function) -> Function:
        for name in reversed(names):
            function = setting(name)(function)
        return function

    return added
