"""`cosell seed`: fill a database with a realistic pipeline."""

from typing import Any

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.cli.types import Whole, WrongValue
from cosell.passwords import shown


def _moment(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    from cosell.time_texts import moment_ms

    if value is None:
        return None

    try:
        return moment_ms(value)
    except ValueError as error:
        raise WrongValue(str(error)) from None


@click.command("seed")
@click.option("--count", type=Whole(min=0), default=1000, show_default=True, help="How many opportunities.")
@click.option("--seed", type=Whole(), default=1, show_default=True, help="The same seed gives the same pipeline.")
@click.option(
    "--now",
    "now_ms",
    metavar="MOMENT",
    callback=_moment,
    help="The moment at which the pipeline ends, such as 2026-06-30T12:00:00Z.  "
    "[default: the beginning of today in UTC, by the database's clock]",
)
@setting("db")
@setting("account")
@setting("catalog")
def seed_command(count: int, seed: int, now_ms: int | None, db: str, account: str, catalog: str) -> Any:
    """Fill a database with a realistic pipeline. The same count, seed and moment give the same bytes.

    Without --now the newest opportunity is from yesterday or today, and runs on the same day give the same data.

    Opportunities are added to what the database holds. If it holds later stamps than some of the new ones, those are
    moved after them, in their order, so that a reader who follows the catalog misses nothing. It is all or nothing:
    after Ctrl-C the database is as before. Nobody else can write to it meanwhile; a server's changes are refused after
    10 seconds, its reads continue. No events are sent.
    """
    from cosell.cli.database import database
    from cosell.cli.progress import progress
    from cosell.context import Scope
    from cosell.datasets.seed import seed as fill
    from cosell.datasets.timeline import MS_PER_DAY
    from cosell.store.access import Access

    with database(db, Access.CREATE) as engine, progress("seeding", count) as advance:
        if now_ms is None:
            now_ms = engine.clock() // MS_PER_DAY * MS_PER_DAY
        done = fill(engine.store, Scope(account, catalog), count=count, seed=seed, now_ms=now_ms, advance=advance)
    moved = f"; {counted(done.moved, 'stamp')} moved after the existing ones" if done.moved else ""
    click.echo(
        f"seeded {counted(done.count, 'opportunity')} into {shown(db)} (account {account}, catalog {catalog}){moved}"
    )
