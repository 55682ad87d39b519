"""Mistakes of a command line, in one line: what was typed, the rule that it breaks, and a next step."""

import re
from typing import Final

import click

from cosell.cli.typed import given_by
from cosell.cli.types import WrongValue
from cosell.nearest import closest, nearest

_KIND: Final = re.compile(r"^(File|Path|Directory) (?=')")
_EXTRA: Final = re.compile(r"Got unexpected extra arguments? \((.*)\)")


class Family(click.Group):
    """A group of commands that suggests what may have been meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click."""
        names = self.list_commands(ctx)
        if not ctx.resilient_parsing and args[0] not in names and not args[0].startswith("-"):
            raise click.UsageError(f"there is no command {args[0]!r}; {nearest(args[0], names)}", ctx)
        return super().resolve_command(ctx, args)


def told(mistake: click.UsageError, arguments: list[str]) -> tuple[str, str]:
    """The message and the next step of what click has found in a command line, or a command itself."""
    context = mistake.ctx
    path = context.command_path if context else f"cosell {arguments[0]}"
    see = f"see: {path} --help"
    match mistake:
        case click.NoSuchOption():
            known = [name for each in context.command.params for name in each.opts] if context else []
            close = closest(mistake.option_name, [*known, "--help"], cutoff=0.7)
            return f"{path} has no option {mistake.option_name}", f"did you mean {close}?" if close else see
        case click.MissingParameter():
            return f"{_name(mistake)} is missing", see
        case WrongValue():
            return f"{_name(mistake)} {mistake.message}", mistake.next_step or see
        case click.BadParameter():
            return f"{_name(mistake)} {_KIND.sub('', mistake.message).rstrip('.')}", see
        case click.BadOptionUsage():
            return f"{mistake.option_name}: {_plain(mistake.message)}", see
    if extra := _EXTRA.match(mistake.message):
        return f"{path} takes no further argument {extra[1]!r}", see
    message, _, next_step = mistake.message.partition("; ")
    return message.rstrip("."), next_step or see


def _plain(message: str) -> str:
    """click's sentence about an option, which names it before us, as a clause."""
    return "a value is missing" if "requires" in message else "it takes no value"


def _name(mistake: click.BadParameter) -> str:
    """What the value was given by: an option, an argument, a variable or the file."""
    parameter, context = mistake.param, mistake.ctx
    if parameter is None or context is None or parameter.name is None:
        return str(mistake.param_hint or "the command line")
    return given_by(context, parameter)
