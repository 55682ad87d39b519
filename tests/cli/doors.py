"""Every command that names a database, a mirror or a file to write, from the command line's own tree."""

from collections.abc import Iterator

import click

from cosell.cli.main import COMMANDS, cosell

DOORS = {"--db": "db", "--mirror": "mirror", "--to": "to"}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, by its words."""
    context = click.Context(cosell)
    for name in COMMANDS:
        command = cosell.get_command(context, name)
        assert command is not None
        yield from _within(name, command)


def _within(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield words, command
    if isinstance(command, click.Group):
        for name, part in command.commands.items():
            yield from _within(f"{words} {name}", part)


def doors_of(command: click.Command) -> set[str]:
    """Those of its options that name a database, a mirror or a file."""
    return {option for parameter in command.params for option in parameter.opts if option in DOORS}
