"""`cosell backup`: copy a whole database."""

from pathlib import Path

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.passwords import shown


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@setting("db")
def backup_command(file: Path, db: str) -> None:
    """Copy a whole database to FILE while others work with it: every account with its history and events.

    The copy shows a single moment, is checked, and gets its name when it is complete. Nobody waits for it. Restore it
    with `cosell restore`.
    """
    from cosell.store.open import back_up

    try:
        made = back_up(db, file)
    except OSError as error:
        raise UserError(f"cannot write {file}: {error.strerror}", "name another file") from None
    click.echo(f"backed up {shown(db)} to {file}: {counted(made.opportunities, 'opportunity')}, {made.bytes:,} bytes")
