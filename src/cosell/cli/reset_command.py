"""`cosell reset`: remove the opportunities of an account and catalog."""

import sys

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError
from cosell.passwords import shown


@click.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@setting("db")
@setting("account")
@setting("catalog")
def reset_command(*, yes: bool, db: str, account: str, catalog: str) -> None:
    """Remove every opportunity of an account and catalog with everything that belongs to it: solutions, tags,
    engagements, tasks, events, and remembered ClientTokens.

    Identifiers and stamps continue where they were: what comes next is newer than anything a reader has seen. It is all
    or nothing, and nobody else can write to the database meanwhile.
    """
    from cosell.cli.database import database
    from cosell.context import Scope
    from cosell.store.access import Access

    scope = Scope(account, catalog)
    with database(db, Access.CHANGE) as engine:
        if not yes:
            if not sys.stdin.isatty():
                raise UserError("nobody is there to confirm the reset", "say --yes if you mean it")
            with engine.store.read(scope) as tx:
                count = tx.count()
            question = f"Remove {counted(count, 'opportunity')} of {shown(db)} (account {account}, catalog {catalog})?"
            click.confirm(question, abort=True, err=True)
        with engine.store.write(scope) as writing:
            removed = writing.clear()
    click.echo(f"removed {counted(removed, 'opportunity')} of {shown(db)} (account {account}, catalog {catalog})")
