"""`cosell dump`: write opportunities as JSON lines."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from cosell.cli.counted import counted
from cosell.cli.options import setting
from cosell.errors import UserError


@click.command("dump")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="A file to write instead of stdout.")
@setting("db")
@setting("account")
@setting("catalog")
def dump_command(to: Path | None, db: str, account: str, catalog: str) -> None:
    """Write opportunities as JSON lines, each as GetOpportunity answers it, in the order of their identifiers.

    `cosell load` takes them back. All lines show one moment, whatever is written to the database meanwhile.
    """
    from cosell.context import Scope
    from cosell.engine import Engine

    engine = Engine.open(db)
    try:
        count = 0
        with _output(to) as output, engine.store.read(Scope(account, catalog)) as tx:
            for record in tx.records():
                output.write(bytes(record) + b"\n")
                count += 1
    finally:
        engine.close()
    dumped = f"dumped {counted(count, 'opportunity')} of {db} (account {account}, catalog {catalog})"
    click.echo(f"{dumped} to {to or 'stdout'}", err=to is None)


@contextlib.contextmanager
def _output(to: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that takes its name only when it is whole."""
    if to is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = to.with_name(f"{to.name}.partial")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(to)
    except OSError as error:
        raise UserError(f"cannot write {to}: {error.strerror}", "name another file with --to") from None
    finally:
        partial.unlink(missing_ok=True)
