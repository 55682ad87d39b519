"""`cosell push`: create and update opportunities from a file."""

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from cosell.cli.clients import NETWORK, Failed, client_of_aws, errors_as_lines
from cosell.cli.options import setting
from cosell.cli.service_address import service_address
from cosell.cli.start import start_step
from cosell.cli.typed import again
from cosell.cli.types import OneOf, Share
from cosell.errors import UserError

if TYPE_CHECKING:
    from cosell.cli.push_report import Report
    from cosell.sync.push.pusher import Pusher
    from cosell.sync.push.row import Row
    from cosell.sync.quota import Rate

STOPPED: Final = 130
"""The exit code of a command that was interrupted, as shells have it."""


@click.command("push")
@click.argument("file", type=click.File("rb"))
@service_address
@setting("catalog")
@click.option("--dry-run", is_flag=True, help="Look up, compare, check against cosell's own rules, and write nothing.")
@click.option("--replace", is_flag=True, help="A row is the whole record: clear what it does not name.")
@click.option("--empty-clears", is_flag=True, help="Empty cells clear their members.")
@click.option(
    "--map",
    "said",
    metavar="COLUMN=MEMBER",
    multiple=True,
    help="What a column means, such as 'Account Name=company_name'; 'Notes=' leaves one out. May be repeated.",
)
@click.option(
    "--map-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file for what columns mean, TOML or .json: it is read, and keeps what --map says.",
)
@click.option("--stop-at-first-error", is_flag=True, help="End at the first row that cannot be pushed.")
@click.option("--report", metavar="FILE", help="Write the result of each row to this file, as JSON lines.")
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
    said: tuple[str, ...],
    map_file: Path | None,
    stop_at_first_error: bool,
    report: str | None,
    journal: str | None,
    rate: "Rate",
    share: float,
) -> int:
    """Create and update opportunities from FILE, or from standard input if it is "-": JSON, CSV or .xlsx.

    A row with an Id updates that opportunity. Any other row is recognised by its PartnerOpportunityIdentifier, or else
    by its content, and created if it is new; pushing a file again creates no duplicates. An update changes what the
    row names. If somebody else changed the opportunity first, the row is a conflict, and nothing is overwritten.

    The service is AWS, using your own AWS configuration, or a cosell. Exit code 1: some rows were refused, or in
    conflict. Ctrl-C ends it with exit code 130; the same command resumes.
    """
    from cosell.cli.push_report import left_out_line, report_to
    from cosell.cli.rehearsed import Rules
    from cosell.sync.account_key import account_key
    from cosell.sync.push.calls import Calls
    from cosell.sync.push.column_map import column_map, keep
    from cosell.sync.push.journal import Journal
    from cosell.sync.push.members import shapes_of
    from cosell.sync.push.pusher import Options, Pusher
    from cosell.sync.push.rows import rows_of
    from cosell.sync.quota import open_ledger
    from cosell.sync.state_folder import state_folder

    renamed = column_map(map_file, said)
    unreachable = start_step(url) if url else NETWORK
    with ExitStack() as opened:
        try:
            with errors_as_lines(unreachable):
                client: Any = client_of_aws(profile, region, url, retries={"total_max_attempts": 1})
                try:
                    given = file.read()
                    rows, left_out = rows_of(given, shapes_of(client), catalog, renamed, empty_clears=empty_clears)
                except UserError as mistake:
                    raise UserError(f"{file.name}: {mistake.message}", mistake.next_step) from None
                if left_out:
                    click.echo(left_out_line(left_out), err=True)
                ledger = open_ledger(client, rate, share, "push", waiting=_tell_wait)
                opened.callback(ledger.close)
                path = Path(journal) if journal else state_folder() / "push.db"
                kept = Journal.open(path, account_key(client), catalog)
                opened.callback(kept.close)
        except Failed as failed:
            return _told(failed)
        if map_file is not None:
            keep(map_file, renamed)
        rules = opened.enter_context(Rules(catalog)) if dry_run else None
        pusher = Pusher(client, Calls(client, ledger), kept, Options(catalog, replace, rules.judge if rules else None))
        told = opened.enter_context(report_to(report, len(rows), ledger))
        code = _pushed(pusher, rows, told, unreachable, stop=stop_at_first_error)
        if not rows:
            click.echo(f"{file.name} has no rows", err=True)
        elif rules is not None:
            click.echo(rules.summary(), err=True)
        if code == STOPPED or (stop_at_first_error and code):
            from_stdin = file.name == "<stdin>"
            click.echo("Run it again with the same input." if from_stdin else f"Resume with: {again()}", err=True)
        return code


def _pushed(pusher: "Pusher", rows: "list[Row]", told: "Report", unreachable: str, *, stop: bool) -> int:
    """Push the rows, and report in the end what became of them; returns the exit code."""
    code = 0
    lines: tuple[str, ...] = ()
    try:
        with errors_as_lines(unreachable):
            for result in pusher.push(rows):
                told.add(result)
                if stop and not told.is_fine:
                    break
    except Failed as failed:
        code, lines = failed.exit_code, failed.lines
    except KeyboardInterrupt:
        code = STOPPED
    if summary := told.summary() or (code == STOPPED and "Nothing was pushed yet."):
        click.echo(summary, err=True)
    for line in lines:
        click.echo(f"cosell: {line}", err=True)
    return code or (0 if told.is_fine else 1)


def _told(failed: Failed) -> int:
    for line in failed.lines:
        click.echo(f"cosell: {line}", err=True)
    return failed.exit_code


def _tell_wait(kind: str, wait_s: float) -> None:
    at = (datetime.now().astimezone() + timedelta(seconds=wait_s)).strftime("%H:%M")
    click.echo(f"AWS's quota of {kind}s is used up; continuing at {at}", err=True)
