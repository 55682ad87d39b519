"""What `scripts/demo` shows: a served pipeline, and an unmodified client's view of it."""

import os
import pprint
import shlex
import signal
import subprocess
import sys
import textwrap
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from cosell.cli.table import write_table
from cosell.client_environment import client_environment
from cosell.errors import UserError
from cosell.example import example_opportunity
from cosell.settings import DEFAULTS

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling import PartnerCentralSellingAPIClient

SEED: Final = 1
CATALOG: Final = "Sandbox"
COSELL: Final = (sys.executable, "-c", "from cosell.cli.main import main; main()")
QUESTION: Final[dict[str, Any]] = {
    "Catalog": CATALOG,
    "LifeCycleStage": ["Technical Validation", "Business Validation"],
    "LifeCycleReviewStatus": ["Approved"],
    "Sort": {"SortBy": "TargetCloseDate", "SortOrder": "DESCENDING"},
    "MaxResults": 10,
}
"""The approved ones in validation, those that close last first."""


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("build/demo"), help="Where the database is kept."
)
@click.option("--count", type=click.IntRange(min=1), default=10_000, help="How many opportunities.")
@click.option("--port", default=DEFAULTS.port, help="The port to serve on; a free one if it is taken.")
@click.option("--once", is_flag=True, help="End instead of staying up.")
def demo(folder: Path, count: int, port: int, once: bool) -> None:
    """Serve an invented pipeline, and ask for some of it with boto3."""
    signal.signal(signal.SIGTERM, _end)
    db = _seeded(folder, count)
    with subprocess.Popen(  # noqa: S603  # our own command
        [*COSELL, "serve", "--db", str(db), "--port", str(_open_port(port)), "--log-level", "warning"],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip().removeprefix("cosell ready on ")
            _show(url, db, count)
            if not once:
                click.echo("\nIt stays up until Ctrl-C.")
                server.wait()
        except KeyboardInterrupt:
            click.echo()
        finally:
            server.terminate()


def _end(*_: object) -> NoReturn:
    """SIGTERM ends the demo as Ctrl-C does, and its server with it."""
    raise KeyboardInterrupt


def _seeded(folder: Path, count: int) -> Path:
    """Today's database, created unless an earlier run of today has left it. Those of other days are removed."""
    today = datetime.now(UTC).date()
    db = folder / f"pipeline-{count}-{SEED}-{today}.db"
    if not db.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f"pipeline-{count}-{SEED}*"):
            leftover.unlink()
        unfinished = db.with_suffix(".unfinished.db")
        choice = ("--count", str(count), "--seed", str(SEED), "--catalog", CATALOG)
        subprocess.run([*COSELL, "seed", "--db", str(unfinished), *choice], check=True)  # noqa: S603
        unfinished.rename(db)
    return db


def _open_port(port: int) -> int:
    from cosell.serve.server import free_port

    with suppress(UserError):  # taken: the kernel chooses another
        return free_port(DEFAULTS.host, port)
    return 0


def _show(url: str, db: Path, count: int) -> None:
    variables = client_environment(url, DEFAULTS.account)
    client = _client(variables)
    click.echo(f"\ncosell serves {count:,} opportunities of {db} on {url}")
    click.echo(f"Look at them in a browser: {url}/console/")

    _head("Your own client talks to it with these")
    for name, value in variables.items():
        click.echo(f"    export {name}={shlex.quote(value)}")
    click.echo(f"\n    aws partnercentral-selling list-opportunities --catalog {CATALOG} --max-items 3")

    _head("What boto3 lists, unmodified and with nothing but these variables")
    _say("client = boto3.client('partnercentral-selling')")
    _say(f"page = client.list_opportunities(**{pprint.pformat(QUESTION, sort_dicts=False, width=88)})")
    page = client.list_opportunities(**QUESTION)
    click.echo()
    write_table(page["OpportunitySummaries"])

    _head("What a sync asks: everything since the newest date that it has stored")
    newest = client.list_opportunities(Catalog=CATALOG, MaxResults=1)["OpportunitySummaries"][0]
    stored = newest["LastModifiedDate"]
    _say(f"stored = {stored.isoformat(timespec='milliseconds')!r}  # {newest['Id']}; then somebody creates another one")
    client.create_opportunity(
        Catalog=CATALOG,
        ClientToken=str(uuid.uuid4()),
        **example_opportunity("Mint & Moss Gardens"),
    )
    _say("client.list_opportunities(Catalog='Sandbox', LastModifiedDate={'AfterLastModifiedDate': stored})")
    changed = client.list_opportunities(Catalog=CATALOG, LastModifiedDate={"AfterLastModifiedDate": stored})
    click.echo()
    write_table(changed["OpportunitySummaries"])
    click.echo("\nThe date is inclusive, so the stored one comes again, and none is ever missed.")


def _client(variables: dict[str, str]) -> "PartnerCentralSellingAPIClient":
    import boto3

    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        os.environ.pop(name, None)
    os.environ.update(variables, NO_PROXY="127.0.0.1")
    return boto3.client("partnercentral-selling")


def _head(text: str) -> None:
    click.secho(f"\n{text}\n", bold=True)


def _say(code: str) -> None:
    click.echo(textwrap.indent(code, "    "))


if __name__ == "__main__":
    demo()
