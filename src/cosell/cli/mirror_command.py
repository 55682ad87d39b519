"""`cosell mirror`: what can be done with a mirror besides syncing it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cosell.cli.counted import counted
from cosell.cli.mistakes import Family
from cosell.cli.options import setting
from cosell.errors import UserError

if TYPE_CHECKING:
    from cosell.sync.targets.export import Form


@click.group("mirror", cls=Family)
@click.pass_context
def mirror_command(context: click.Context) -> None:
    """Work with a mirror, the database that `cosell sync` keeps in step."""
    context.default_map = dict.fromkeys(mirror_command.commands, context.default_map)


@mirror_command.command("export")
@click.option("--parquet", type=click.Path(path_type=Path), metavar="DIR", help="A folder for Parquet files.")
@click.option("--csv", type=click.Path(path_type=Path), metavar="DIR", help="A folder for CSV files.")
@setting("mirror")
def export_command(parquet: Path | None, csv: Path | None, mirror: str) -> None:
    """Write the tables of a mirror to files, one for each table.

    All files show one moment, whatever a sync does meanwhile. Files of an earlier export are replaced at the end.
    """
    from cosell.sync.targets.export import export
    from cosell.sync.targets.open import open_target

    folders: dict[Form, Path] = {}
    if parquet:
        folders["parquet"] = parquet
    if csv:
        folders["csv"] = csv
    if not folders:
        raise UserError("no folder is named", "add --parquet DIR or --csv DIR")
    with open_target(mirror, create=False) as target:
        for form, folder in folders.items():
            written = export(target, folder, form)
            for name, rows in written.items():
                click.echo(f"wrote {counted(rows, 'row')} to {folder / name}")
