"""`cosell load`: read opportunities from what AWS clients print."""

import os
import stat
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Final

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.passwords import shown

if TYPE_CHECKING:
    from cosell.context import Scope
    from cosell.datasets.load import Loaded, Reading

MOST_SHOWN: Final = 50
"""Refusals that are printed; the rest is counted."""


@click.command("load")
@click.argument("file", type=click.File("rb"))
@click.option("--keep-going", is_flag=True, help="Load the others if some are refused; the exit code is then 1.")
@setting("db")
@setting("account")
@setting("catalog")
def load_command(file: IO[bytes], *, keep_going: bool, db: str, account: str, catalog: str) -> int:
    """Load opportunities from what AWS clients print: from FILE, or from standard input if it is "-".

    It reads answers of list-opportunities and get-opportunity, complete or cut out by --query, one per line or
    pretty-printed, as many as there are, and recordings of both. Each goes into the catalog that it names; --catalog
    is for those that name none. All then belong to --account, and their ARNs say so.

    It is all or nothing, unless --keep-going. An existing opportunity is replaced. Stamps are kept, but one that a
    reader of the catalog may have passed already is replaced, in the order of the old ones. Nobody else can write to
    the database while they are stored.
    """
    from cosell.cli.database import database
    from cosell.cli.progress import progress
    from cosell.datasets.load import Reading, store_all
    from cosell.store.access import Access

    with Reading(account, catalog) as reading:
        with progress("reading", _size(file)) as advance:
            reading.read(_told(file, advance))
        for refusal in reading.refusals[:MOST_SHOWN]:
            click.echo(str(refusal), err=True)
        refused = len(reading.refusals)
        if refused > MOST_SHOWN:
            click.echo(f"and {refused - MOST_SHOWN:,} more", err=True)
        if refused and not keep_going:
            raise UserError(
                f"nothing was loaded from {file.name}, because of {counted(refused, 'mistake')} in it",
                "fix the lines above, or leave them out with --keep-going",
            )
        with database(db, Access.CREATE) as engine, progress("storing", reading.count) as advance:
            done = store_all(reading, engine.store, advance)
        click.echo(_summary(reading, done, file.name, db, account))
    return 1 if refused else 0


def _size(file: IO[bytes]) -> int | None:
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _told(file: IO[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    for line in file:
        yield line
        advance(len(line))


def _summary(reading: "Reading", done: "dict[Scope, Loaded]", name: str, db: str, account: str) -> str:
    stored = sum(loaded.new + loaded.replaced for loaded in done.values())
    anew = sum(loaded.anew for loaded in done.values())
    catalogs = " and ".join(sorted(scope.catalog for scope in done)) or "none"
    parts = [
        f"loaded {counted(stored, 'opportunity')} from {name} into {shown(db)} (account {account}, catalog {catalogs})",
        *(f"{loaded.replaced:,} replaced in {scope.catalog}" for scope, loaded in done.items() if loaded.replaced),
        *(f"{loaded.unchanged:,} unchanged in {scope.catalog}" for scope, loaded in done.items() if loaded.unchanged),
    ]
    if reading.repeated:
        parts.append(f"{counted(reading.repeated, 'repetition')} in the file left out")
    if reading.refusals:
        parts.append(f"{counted(len(reading.refusals), 'mistake')} left out")
    if reading.kept:
        parts.append(f"values unknown to the service model kept: {', '.join(sorted(reading.kept))}")
    if stored:
        parts.append(_stamps(stored, anew))
    return "; ".join(parts)


def _stamps(stored: int, anew: int) -> str:
    if not anew:
        return "stamps kept"
    if anew == stored:
        return "stamps given anew"
    return f"stamps kept of {stored - anew:,}, given anew to {anew:,}"
