"""`cosell`: the commands by name, and what happens when a user makes a mistake.

Exit codes: 0 done; 1 the command was right, but what it checked is not as it should be or somebody did not answer, so
it may succeed when it is run again; 2 not done, because somebody must first change the command, a file or the
environment, reported in one line with a next step; 130 interrupted. docs/reference/cli.md has a table.
"""

import errno
import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

import click
from click.shell_completion import CompletionItem

from cosell import __version__
from cosell.cli.mistakes import Family, told
from cosell.cli.typed import about
from cosell.errors import UserError
from cosell.settings import from_file, unknown_variables
from cosell.suggestion import target

COMMANDS: Final = {
    "serve": "Serve AWS clients on a port.",
    "list": "List opportunities as a table.",
    "search": "Find opportunities by words and conditions.",
    "seed": "Fill a database with a realistic pipeline.",
    "load": "Load opportunities from what AWS clients print.",
    "dump": "Write opportunities as JSON lines.",
    "migrate": "Bring the schema of a database up to date.",
    "copy": "Copy a whole database into another one, of either kind.",
    "backup": "Copy a whole database while others work with it.",
    "restore": "Bring a backup back.",
    "push": "Create and update opportunities from a file.",
    "reset": "Remove the opportunities of an account and catalog.",
    "events": "See the events of a running cosell, and control their delivery.",
    "mirror": "Work with a mirror, the database that a sync keeps in step.",
    "console": "Look at a mirror in a browser.",
    "review": "Review opportunities as AWS does.",
    "refer": "Refer an opportunity to a partner as AWS does.",
    "aws-edit": "Edit an opportunity as AWS does.",
    "solutions": "List the solutions of an account, or add one.",
    "faults": "Inject faults into a running cosell.",
    "requests": "See recent requests, and save them as a test.",
    "clock": "See and control the time of a running cosell.",
    "sync": "Keep your own database in step with AWS.",
    "example": "Print a complete request to start from.",
    "env": "Print the exports that point AWS clients here.",
    "completion": "Set up shell completion for commands and options.",
    "doctor": "Check that everything is in place.",
}
"""Each command lives in `cosell.cli.<name>_command` as `<name>_command`."""


_VERBOSE: Final = f"{__name__}.verbose"
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class _LazyCommands(Family):
    def list_commands(self, _: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = f"{name.replace('-', '_')}_command"
        command = getattr(importlib.import_module(f"cosell.cli.{module}"), module)
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that start with this text, without loading any; after a dash, the options."""
        if incomplete.startswith("-"):
            return super().shell_complete(context, incomplete)
        return [CompletionItem(name, help=does) for name, does in COMMANDS.items() if name.startswith(incomplete)]

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _tell_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"cosell, version {__version__}")
        if context.meta.get(_VERBOSE):
            from cosell.cli.versions import models

            for line in models():
                click.echo(line)
        context.exit()


def _be_verbose(context: click.Context, _: click.Parameter, asked: bool) -> None:
    context.meta[_VERBOSE] = asked


@click.command(cls=_LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, expose_value=False, callback=_tell_version, help="Show the version and exit.")
@click.option(
    "--verbose",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_be_verbose,
    help="With --version: also the service model, and how that of the installed boto3 differs.",
)
@click.pass_context
def cosell(context: click.Context) -> None:
    """The AWS Partner Central Selling API that you can run yourself."""
    _check_variables(context.invoked_subcommand)
    given = from_file(Path())
    context.default_map = dict.fromkeys(COMMANDS, given)


def main() -> NoReturn:
    """The program."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code."""
    target.set(about)
    if sys.stdout is None:
        return _refused("standard output is closed", "send it to /dev/null instead")
    try:
        code = _done(arguments)
        sys.stdout.flush()  # here, where it can still be told that it is not taken
    except click.UsageError as mistake:
        return _refused(*told(mistake, arguments))
    except UserError as mistake:
        see = f"see: {' '.join(['cosell', *arguments[:1]])} --help"
        return _refused(mistake.message, mistake.next_step or see, mistake.exit_code)
    except RecursionError:
        return _refused("what was read is nested too deeply for an answer of the service", "see where it comes from")
    except BrokenPipeError:  # whoever reads has seen enough
        return 1
    except OSError as error:
        return _refused(*_trouble(error))
    except (click.Abort, KeyboardInterrupt):
        return 130
    return code


def _done(arguments: list[str]) -> int:
    """Do what a command line says: the exit code. Raises whatever goes wrong."""
    try:
        result: Any = cosell.main(arguments, prog_name="cosell", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as question:
        question.show()
        return 2
    return result if isinstance(result, int) else 0


def _refused(message: str, next_step: str = "", exit_code: int = 2) -> int:
    """Report in one line why nothing was done, or not everything; returns the exit code."""
    with suppress(OSError):  # nobody is there to read it
        click.echo(f"cosell: {message}; {next_step}" if next_step else f"cosell: {message}", err=True)
    return exit_code


def _check_variables(command: str | None) -> None:
    """Report variables that are not settings. A server does not start if one resembles a setting.

    The reason: docs/decisions/0040.
    """
    for name, close in unknown_variables(os.environ).items():
        next_step = f"did you mean {close}?" if close else "see docs/reference/settings.md"
        if command == "serve" and close:
            raise UserError(f"there is no variable {name}", next_step)
        click.echo(f"cosell: the variable {name} is not used; {next_step}", err=True)


def _trouble(error: OSError) -> tuple[str, str]:
    """What an error of the operating system is about, and what to do about it."""
    reason = error.strerror or str(error)
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {reason}", "see to the file, its folder and their permissions"
    if error.errno in _NO_ROOM:
        return f"the output cannot be written: {reason}", "send it elsewhere, or free some space"
    return f"the input or the output fails: {reason}", "see where both come from and go to"
