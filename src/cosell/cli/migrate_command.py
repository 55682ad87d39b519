"""`cosell migrate`: bring the schema of a database up to date."""

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.passwords import shown


@click.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing: exit code 1 says that migrations are missing.")
@click.option("--dry-run", is_flag=True, help="Change nothing, and name each migration that would be made.")
@setting("db")
def migrate_command(*, check: bool, dry_run: bool, db: str) -> int:
    """Bring the schema of a database up to date, or make it where there is none.

    Every command that uses a database does so by itself; this is for those who let nobody else do it: a role that may
    change tables migrates, and servers run under one that may not. One process at a time migrates, others wait.
    Each migration is made wholly or not at all.
    """
    from cosell.engine import new_token_key
    from cosell.store.interface import StoreUnavailable
    from cosell.store.open import explanation, migrate, schema_state

    if check and dry_run:
        raise UserError("--check and --dry-run contradict each other", "leave out one of them")
    try:
        if check or dry_run:
            state = schema_state(db)
            for name in state.missing if dry_run else []:
                click.echo(name)
            click.echo(_summary(db, state.version, len(state.missing)), err=dry_run)
            return int(check and bool(state.missing))
        made = migrate(db, new_token_key())
    except StoreUnavailable as error:
        raise explanation(db, error) from None
    for name in made:
        click.echo(name)
    click.echo(_summary(db, schema_state(db).version, 0), err=True)
    return 0


def _summary(db: str, version: int, missing: int) -> str:
    if not missing:
        return f"{shown(db)} is up to date, schema {version}"
    schema = f"schema {version}" if version else "no schema yet"
    return f"{shown(db)} has {schema}; {counted(missing, 'migration')} missing"
