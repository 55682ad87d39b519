"""Options made from the settings, so that an option, its variable and its key in the file cannot disagree."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args

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

    def checked(_: click.Context, __: click.Parameter, value: Any) -> Any:
        try:
            return msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            raise click.BadParameter(f"{value!r} is not possible. {constraint.description}") from None

    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        type=str if type_ == list[str] else type_,
        multiple=type_ == list[str],
        is_flag=type_ is bool,
        default=default,
        show_default=type_ is not bool and default not in ("", []),
        envvar=f"COSELL_{name.upper()}",
        show_envvar=True,
        help=constraint.description,
        callback=checked,
    )
