"""`cosell restore`: restore a backup."""

from pathlib import Path

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.passwords import shown


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace an existing database, which is kept.")
@setting("db")
def restore_command(file: Path, db: str, *, replace: bool) -> None:
    """Restore a database from FILE, which `cosell backup` has written.

    First stop every program that has the database open, such as a server. The database that is replaced is kept, with
    .replaced appended to its name. Anyone who syncs from here has seen later changes than the backup has: have them run
    `cosell sync --full` once.
    """
    from cosell.store.open import restore

    try:
        made, aside = restore(db, file, replace=replace)
    except OSError as error:
        raise UserError(f"cannot write {shown(db)}: {error.strerror}", "name another file with --db") from None
    kept = f"; what was there before is {aside}" if aside else ""
    click.echo(f"restored {counted(made.opportunities, 'opportunity')} to {shown(db)}{kept}")
