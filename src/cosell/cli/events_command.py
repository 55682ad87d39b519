"""`cosell events`: see the events of a running cosell, and control their delivery."""

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import click

from cosell.cli.mistakes import Family
from cosell.cli.options import setting
from cosell.cli.types import Account, Known, OneOf, Since, Whole
from cosell.settings import CHOICES
from cosell.suggestion import serve_at, suggested


def _detail_types() -> Iterable[str]:
    from cosell.rules.event import DETAIL_TYPES

    return DETAIL_TYPES


@click.group("events", cls=Family)
@click.pass_context
def events_command(context: click.Context) -> None:
    """See the events of a running cosell, and control their delivery."""
    context.default_map = dict.fromkeys(events_command.commands, context.default_map)


@events_command.command("tail")
@click.option(
    "--from",
    "beginning",
    metavar="MOMENT",
    type=Since(),
    help="Start at a moment, as long ago as 1h, or at `start`, instead of now.",
)
@click.option("--account", type=Account(), help="Only those of this account.")
@click.option("--catalog", type=OneOf(CHOICES["catalog"]), help="Only those of this catalog.")
@click.option(
    "--detail-type",
    type=Known("a type of event", _detail_types),
    help="Only those of this type, such as 'Opportunity Created'.",
)
@click.option("--limit", type=Whole(min=1), help="Stop after this many.")
@setting("url")
def tail_command(
    beginning: str | None,
    account: str | None,
    catalog: str | None,
    detail_type: str | None,
    limit: int | None,
    url: str,
) -> None:
    """Show events as they are committed, one JSON object per line, until Ctrl-C.

    If the server goes away, this waits until it is back, and continues where it was.
    """
    from cosell.cli.admin import events

    with suppress(KeyboardInterrupt):  # which is how it is meant to end
        found = events(url, account=account, catalog=catalog, detail_type=detail_type, **{"from": beginning})
        for count, event in enumerate(found, start=1):
            click.echo(event)
            if count == limit:
                return


@events_command.command("sinks")
@setting("url")
def sinks_command(url: str) -> None:
    """Show every sink: how far it has got, its lag, and what it has refused."""
    from cosell.cli.admin import ask

    sinks: list[dict[str, Any]] = ask(url, "events/sinks")["sinks"]
    if not sinks:
        named = ("--sink", "file:events.jsonl")
        start = serve_at(url, *named) or suggested("serve", *named)
        click.echo(f"No sink was ever named. Name one when you start the server: {start}", err=True)
    for sink in sinks:
        lag = f"{sink['lag_seconds']:g} s behind" if sink["behind"] or sink["held"] else "up to date"
        click.echo(
            f"{sink['name']}  cursor {sink['cursor']}, {lag}, {sink['behind']} waiting, {sink['held']} held, "
            f"{sink['dead_letters']} dead letters, {sink['delivered']} delivered, {sink['failed']} refused"
            f"{', gone' if sink['gone'] else ''}"
        )


@events_command.command("dead-letters")
@click.option("--limit", type=Whole(min=1, max=1000), default=100, show_default=True, help="How many.")
@setting("url")
def dead_letters_command(limit: int, url: str) -> None:
    """Show dead letters, which are no longer offered to their sinks, newest first, one JSON object per line."""
    from cosell.cli.admin import ask

    for letter in ask(url, "events/dead-letters", limit=limit)["dead_letters"]:
        click.echo(json.dumps(letter, ensure_ascii=False))


@events_command.command("replay")
@click.option(
    "--from",
    "beginning",
    metavar="MOMENT",
    type=Since(),
    help="Deliver again what came since a moment, or in a span such as 1h; `start`: everything.",
)
@click.option("--dead-letters", is_flag=True, help="Redeliver the dead letters.")
@click.option("--sink", help="The sink, by the name that `cosell events sinks` shows. Without it, all.")
@setting("url")
def replay_command(beginning: str | None, dead_letters: bool, sink: str | None, url: str) -> None:
    """Deliver events again, or dead letters after all."""
    from cosell.cli.admin import tell
    from cosell.cli.counted import counted

    if (beginning is None) != dead_letters:
        raise click.UsageError("say either --from or --dead-letters")
    if dead_letters:
        done = tell(url, "events/revive", sink=sink)
        click.echo(f"{counted(done['revived'], 'dead letter')} will be delivered")
    else:
        done = tell(url, "events/replay", sink=sink, **{"from": beginning})
        click.echo(f"{counted(len(done['sinks']), 'sink')} will get what comes after {done['cursor']}")
