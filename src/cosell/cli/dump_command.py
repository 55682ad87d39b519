"""`cosell dump`: write opportunities as JSON lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.passwords import shown
from cosell.whole_file import WholeFile, whole_file


@click.command("dump")
@click.option(
    "--to", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), help="A file to write instead of stdout."
)
@setting("db")
@setting("account")
@setting("catalog")
def dump_command(to: Path | None, db: str, account: str, catalog: str) -> int:
    """Write opportunities as JSON lines, each as GetOpportunity returns it, in the order of their identifiers.

    `cosell load` reads them back. Each line is as committed when it is read, while others may write to the database;
    opportunities that are created meanwhile are left out. The file gets its name when it is complete.

    If a database is damaged, what can be read is written, and exit code 1 says that something is missing. It then
    replaces no earlier file, but goes beside it, with .salvaged appended to the name.
    """
    from cosell.context import Scope
    from cosell.store.open import open_dump

    to = None if to == Path("-") else to
    count = 0
    with open_dump(db, Scope(account, catalog)) as dump, _output(to) as output:
        for record in dump.records():
            output.write(bytes(record) + b"\n")
            count += 1
        if to and output.target and output.target.exists() and dump.is_incomplete:
            to = to.with_name(f"{to.name}.salvaged")
            output.target = to
    dumped = f"dumped {counted(count, 'opportunity')} of {shown(db)} (account {account}, catalog {catalog})"
    click.echo(f"{dumped} to {to or 'stdout'}", err=output.target is None)
    if not dump.is_incomplete:
        return 0
    missing = _missing(dump.lost, more=dump.lost_more)
    click.echo(f"cosell: {shown(db)} is damaged: {missing} could not be read; restore a backup", err=True)
    return 1


def _missing(lost: int, *, more: bool) -> str:
    if not more:
        return counted(lost, "opportunity")
    return f"{counted(lost, 'opportunity')} and an unknown number of others" if lost else "an unknown number"


@contextmanager
def _output(to: Path | None) -> Iterator[WholeFile]:
    """Standard output, or a file that gets its name only when it is complete."""
    if to is None:
        yield WholeFile(sys.stdout.buffer, None)
        sys.stdout.buffer.flush()
        return
    try:
        with whole_file(to) as file:
            yield file
    except OSError as error:
        raise UserError(f"cannot write {to}: {error.strerror}", "name another file with --to") from None
