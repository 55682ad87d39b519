"""`cosell copy`: copy a whole database into another one."""

import click

from cosell.cli.counted import counted
from cosell.passwords import shown


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_command(source: str, target: str) -> None:
    """Copy a whole database into another one: from a file to PostgreSQL, back, or between two of a kind.

    Each is named as --db names it. TO is made, or empty; one that holds something is refused. FROM is copied as it was
    at one moment; what others change meanwhile is not in the copy, so stop its servers where the copy is to take its
    place. Stamps, identifiers, page tokens, events and their delivery go on in the copy where they were. Only saved
    states stay behind.

    A copy that was broken off goes on where it was when the same command is run again, and cannot be used until it is
    whole. At the end each table is compared, account by account.
    """
    from cosell.cli.progress import progress
    from cosell.store.access import Access
    from cosell.store.copying import copy
    from cosell.store.open import ends_of_copy, open_store
    from cosell.store.search import FED_AT_ONCE

    with ends_of_copy(source, target) as (origin, destination), progress("copying", origin.count()) as advance:
        rows = copy(origin, destination, advance)
    store = open_store(target, new_token_key=b"", access=Access.CHANGE)
    try:
        with progress("indexing", rows["opportunity"]) as advance:
            while fed := store.feed_search(FED_AT_ONCE):
                advance(fed)
    finally:
        store.close()
    opportunities = counted(rows["opportunity"], "opportunity")
    total = counted(sum(rows.values()), "row")
    click.echo(f"copied {opportunities} from {shown(source)} to {shown(target)}; {total} compared")
