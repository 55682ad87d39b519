"""What was typed: a command's database, server and account, and the command to type next."""

import shlex
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import click
from click.core import ParameterSource

from cosell.errors import UserError
from cosell.passwords import shown
from cosell.settings import FILE

_RANKS: Final = {ParameterSource.COMMANDLINE: 3, ParameterSource.ENVIRONMENT: 2, ParameterSource.DEFAULT_MAP: 1}
"""The option wins over the variable, the variable over the file."""


def about() -> dict[str, str]:
    """The options of the current command that say more than their defaults, by their names without dashes."""
    context = click.get_current_context(silent=True)
    if context is None:
        return {}
    return {
        parameter.opts[0].lstrip("-"): str(context.params[parameter.name])
        for parameter in _said(context)
        if isinstance(parameter, click.Option) and parameter.name is not None
    }


def again(*, without: Collection[str] = (), **changed: str) -> str:
    """The current command, to be typed again: without some parameters, and with others changed or added.

    Moments that were counted from now are those of this run, so that the query stays the same.
    """
    context = click.get_current_context()
    options: list[str] = []
    arguments: list[str] = []
    for parameter in _said(context):
        name = parameter.name
        if name is None or name in without or name in changed:
            continue
        given = context.params[name]
        values = [_text(value) for value in (given if isinstance(given, tuple | list) else (given,))]
        if isinstance(parameter, click.Argument):
            arguments += values
        elif isinstance(parameter, click.Option) and parameter.is_flag:
            options.append(parameter.opts[0])
        else:
            options += [part for value in values for part in (parameter.opts[0], value)]
    options += [part for name, value in changed.items() for part in (f"--{name.replace('_', '-')}", value)]
    return shlex.join([*context.command_path.split(), *options, *arguments])


def given_by(context: click.Context, parameter: click.Parameter) -> str:
    """Where a parameter's value comes from, in users' terms: an option, argument, variable or key of the file."""
    assert parameter.name is not None
    match context.get_parameter_source(parameter.name):
        case ParameterSource.ENVIRONMENT:
            return str(parameter.envvar)
        case ParameterSource.DEFAULT_MAP:
            return f"{FILE}: {parameter.name}"
    if isinstance(parameter, click.Argument):
        return (parameter.metavar or parameter.name.upper()).strip("[].")
    return parameter.opts[0]


def setting_given(name: str) -> str:
    """Where a setting's value comes from in the running command; the setting's name outside of one."""
    context = click.get_current_context(silent=True)
    if context is None:
        return name
    return next(given_by(context, parameter) for parameter in context.command.params if parameter.name == name)


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """Put where a setting's value comes from before a UserError about it, whose message starts with the value."""
    try:
        yield
    except UserError as mistake:
        raise UserError(f"{setting_given(name)} {mistake.message}", mistake.next_step) from None


def see_help() -> str:
    """The next step if there is no better one."""
    return f"see: {click.get_current_context().command_path} --help"


def server_asked() -> str | None:
    """The address that the current command asks; None if it opens a database, or asks AWS.

    `--db` and `--aws` win over an address that only the variable or the file gives, and `--url` over theirs.
    Raises UserError if two of them are typed.
    """
    context = click.get_current_context()
    url: str | None = context.params["url"]
    if url is None:
        return None
    rank = _rank(context, "url")
    for other in ("db", "aws"):
        if not context.params.get(other):
            continue
        if (others := _rank(context, other)) == rank == max(_RANKS.values()):
            raise UserError(f"--{other} and --url contradict each other", "leave out one of them")
        if others > rank:
            context.params["url"] = None  # what is suggested from here on does not carry it
            return None
    return url


def _said(context: click.Context) -> Iterator[click.Parameter]:
    """The parameters that were typed, or that are other than their defaults."""
    for parameter in context.command.params:
        name = parameter.name
        if name is None or context.params.get(name) in (None, (), [], False):
            continue
        source = context.get_parameter_source(name)
        if source is ParameterSource.COMMANDLINE or (
            _rank(context, name)
            and context.params[name] != parameter.default
            and not (source is ParameterSource.ENVIRONMENT and _has_password(str(context.params[name])))
        ):  # the variable that gives a password gives it again
            yield parameter


def _has_password(text: str) -> bool:
    return shown(text) != text


def _rank(context: click.Context, name: str) -> int:
    source = context.get_parameter_source(name)
    return _RANKS.get(source, 0) if source is not None else 0


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(getattr(value, "name", value))  # a file by its name
    return shown(text)
