"""`cosell push`: create and update opportunities from a file."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from cosell.cli.clients import Failed, client_of_aws, errors_as_lines
from cosell.cli.options import setting
from cosell.cli.service_address import service_address
from cosell.cli.types import OneOf, Share

if TYPE_CHECKING:
    from cosell.sync.quota import Rate


@click.command("push")
@click.argument("file", type=click.File("rb"))
@service_address
@setting("catalog")
@click.option("--dry-run", is_flag=True, help="Look up and compare, and write nothing.")
@click.option("--replace", is_flag=True, help="A row is the whole record: clear what it does not name.")
@click.option("--empty-clears", is_flag=True, help="Empty cells of a CSV file clear their members.")
@click.option("--report", metavar="FILE", help="Write what became of each row to this file, as JSON lines.")
@click.option(
    "--journal",
    metavar="FILE",
    help="Where to remember what was pushed. [push.db in the state folder, ~/.local/state/cosell]",
)
@click.option(
    "--rate",
    type=OneOf(["auto", "on", "off"]),
    default="auto",
    help="Keep to the quotas of AWS: on, off, or auto: on, unless the service is on this machine. [auto]",
)
@click.option("--share", type=Share(), default=1.0, help="The part of the quotas to use: above 0, and 1 at most. [1]")
def push_command(
    file: IO[bytes],
    url: str | None,
    profile: str | None,
    region: str | None,
    catalog: str,
    dry_run: bool,
    replace: bool,
    empty_clears: bool,
    report: str | None,
    journal: str | None,
    rate: "Rate",
    share: float,
) -> int:
    """Create and update opportunities from FILE, or from standard input where it is "-": JSON or CSV.

    A row with an Id updates that opportunity. Another one is recognised by its PartnerOpportunityIdentifier, or else by
    its content, and created where it is new; pushing a file again creates nothing twice. An update changes what the
    row names. Where somebody else was first, the row is a conflict, and nothing is overwritten.

    The service is AWS, as your own AWS configuration says, or a cosell. Exit code 1: some rows were refused, or in
    conflict.
    """
    from cosell.cli.push_report import left_out_line, report_to
    from cosell.sync.account_key import account_key
    from cosell.sync.push.calls import Calls
    from cosell.sync.push.journal import Journal
    from cosell.sync.push.members import shapes_of
    from cosell.sync.push.pusher import Options, Pusher
    from cosell.sync.push.rows import rows_of
    from cosell.sync.quota import open_ledger
    from cosell.sync.state_folder import state_folder

    try:
        with errors_as_lines():
            client: Any = client_of_aws(profile, region, url, retries={"total_max_attempts": 1})
            rows, left_out = rows_of(file.read(), shapes_of(client), catalog, empty_clears=empty_clears)
            if left_out:
                click.echo(left_out_line(left_out), err=True)
            ledger = open_ledger(client, rate, share, "push", waiting=_tell_wait)
            kept = Journal.open(Path(journal) if journal else state_folder() / "push.db", account_key(client), catalog)
    except Failed as failed:
        return _told(failed)
    pusher = Pusher(client, Calls(client, ledger), kept, Options(catalog, replace, dry_run))
    with report_to(report) as told:
        try:
            with errors_as_lines():
                for result in pusher.push(rows):
                    told.add(result)
        except Failed as failed:
            if summary := told.summary(len(rows), dry_run=dry_run):
                click.echo(summary, err=True)
            return _told(failed)
        finally:
            ledger.close()
            kept.close()
        click.echo(told.summary(len(rows), dry_run=dry_run) or f"{file.name} has no rows", err=True)
        return 0 if told.is_fine else 1


def _told(failed: Failed) -> int:
    for line in failed.lines:
        click.echo(f"cosell: {line}", err=True)
    return failed.exit_code


def _tell_wait(kind: str, wait_s: float) -> None:
    at = (datetime.now().astimezone() + timedelta(seconds=wait_s)).strftime("%H:%M")
    click.echo(f"AWS's quota of {kind}s is used up; going on at {at}", err=True)
