"""`cosell sync`: keep a database of your own in step with AWS, see its progress, and verify it."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from cosell.cli.mistakes import Family
from cosell.cli.options import setting
from cosell.cli.service_address import service_address
from cosell.cli.span import Span
from cosell.cli.sync_source import Source
from cosell.cli.types import Matching, OneOf, Share
from cosell.errors import UserError

Function = TypeVar("Function", bound=Callable[..., Any])
TARGET = setting("mirror", former=["--to"])
SERVICE = (
    setting("catalog"),
    service_address,
    click.option(
        "--role",
        metavar="ARN",
        type=Matching(
            r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", "the ARN of a role", "arn:aws:iam::111122223333:role/sync"
        ),
        help="Assume this role first.",
    ),
    click.option(
        "--overlap",
        type=Span(least_ms=1000),
        default="5m",
        show_default=True,
        help="The longest delay with which the service may show a change.",
    ),
    click.option(
        "--rate",
        type=OneOf(["auto", "on", "off"]),
        default="auto",
        show_default=True,
        help="Keep to the quotas of AWS: on, off, or auto: on, unless the service is on this machine.",
    ),
    click.option(
        "--share",
        type=Share(),
        default=1.0,
        show_default=True,
        help="The part of the quotas to use: above 0, and 1 at most.",
    ),
)


def service_options(function: Function) -> Function:
    """The options that say where to read from, given to the function as one `source`."""

    @functools.wraps(function)
    def called(**options: Any) -> Any:
        names = ("catalog", "profile", "region", "url", "role", "overlap", "rate", "share")
        return function(source=Source(*(options.pop(name) for name in names)), **options)

    for option in reversed(SERVICE):
        called = option(called)
    return called  # type: ignore[return-value]  # click's options keep the function


@click.group("sync", cls=Family, invoke_without_command=True)
@TARGET
@service_options
@click.option("--details", is_flag=True, help="Also fetch GetOpportunity and GetAwsOpportunitySummary for each.")
@click.option("--full", is_flag=True, help="List everything, not only what changed, and repair the mirror.")
@click.option("--dry-run", is_flag=True, help="Only report what would be new or changed.")
@click.option("--follow", is_flag=True, help="Run again and again, until SIGTERM or Ctrl-C.")
@click.option(
    "--interval",
    type=Span(least_ms=1000),
    default="1m",
    show_default=True,
    help="With --follow: from one run to the next.",
)
@click.option(
    "--queue-url", metavar="URL", help="With --follow: an SQS queue with Partner Central's events; each wakes it early."
)
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write figures for Prometheus to this file after each run.",
)
@click.pass_context
def sync_command(
    context: click.Context,
    source: Source,
    mirror: str,
    *,
    details: bool,
    full: bool,
    dry_run: bool,
    follow: bool,
    interval: int,
    queue_url: str | None,
    metrics_file: Path | None,
) -> int:
    """Keep your own database in step with AWS: every opportunity, and what changed when.

    The first run lists everything, each later one what has changed since. If a run is interrupted, the next one resumes
    there. The service is AWS, using your own AWS configuration, or a cosell.

    On a terminal a run shows its progress; elsewhere it prints one line of JSON. Exit code 1: it was not completed, but
    the next run may be. Exit code 2: it needs you; stderr says what to do. Ctrl-C or SIGTERM ends it within two
    seconds, with exit code 130, or 0 with --follow.
    """
    if context.invoked_subcommand is not None:
        context.default_map = dict.fromkeys(sync_command.commands, context.default_map)
        return 0
    if queue_url and not follow:
        raise click.UsageError("--queue-url wakes a sync that follows; add --follow")
    if dry_run and (follow or details):
        raise click.UsageError(
            "--dry-run writes nothing, so there is nothing to follow and no details to fetch; leave them out"
        )
    if metrics_file is not None and not metrics_file.parent.is_dir():
        raise UserError(
            f"cannot write {metrics_file}: there is no folder {metrics_file.parent}", "check --metrics-file"
        )
    from cosell.cli.sync_output import Output, exit_code_of
    from cosell.cli.sync_runs import following, one_run, rehearsal
    from cosell.sync.stopping import Stopping

    stopping = Stopping()
    output = Output(mirror, source.catalog, metrics_file, follows=follow)
    with stopping.on_signals(output.stopped), exit_code_of(output) as exit_code:
        if dry_run:
            rehearsal(source, mirror, output, stopping, full=full)
        elif follow:
            following(
                source, mirror, output, stopping, full=full, details=details, interval_ms=interval, queue_url=queue_url
            )
        else:
            one_run(source, mirror, output, stopping, full=full, details=details)
    return exit_code()


@sync_command.command("status")
@TARGET
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--max-age", type=Span(), help="Exit code 1 if the mirror was last in step longer ago than this.")
def status_command(mirror: str, *, as_json: bool, max_age: int | None) -> int:
    """Show the state of a mirror: when it was last in step, its watermark, its queue, its latest runs and errors.

    It asks only the mirror, not the service. Exit code 1: the last run failed or was aborted, or --max-age has
    passed.
    """
    from cosell.cli.sync_status import show_status

    return show_status(mirror, as_json=as_json, max_age_ms=max_age)


@sync_command.command("verify")
@TARGET
@service_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each difference.")
def verify_command(source: Source, mirror: str, *, as_json: bool) -> int:
    """Compare a mirror with the service, page by page, and show each difference. It writes no opportunity.

    The result is stored in the mirror: `cosell sync status` and `cosell console` show it. Changes after the last sync
    are not differences: the next one fetches them. Exit code 1: there are differences, or the service does not
    answer.
    """
    from cosell.cli.sync_output import Output, exit_code_of
    from cosell.cli.sync_runs import verification
    from cosell.sync.stopping import Stopping

    stopping = Stopping()
    output = Output(mirror, source.catalog)
    differing = 0
    with stopping.on_signals(output.stopped), exit_code_of(output) as exit_code:
        differing = verification(source, mirror, output, stopping, as_json=as_json)
    return exit_code() or int(differing > 0)
