"""`cosell requests`: what clients have recently sent to a running cosell, and tests made from it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cosell.cli.mistakes import Family
from cosell.cli.options import setting
from cosell.cli.types import Account, Known, Whole
from cosell.errors import UserError


def _operations() -> Iterable[str]:
    from cosell.wire.model import service_model

    return service_model().operations


@click.group("requests", cls=Family, invoke_without_command=True)
@click.option("--limit", type=Whole(min=1, max=100), default=20, show_default=True, help="How many of the latest.")
@click.option(
    "--operation",
    type=Known("an operation", _operations),
    help="Only those of an operation, such as UpdateOpportunity.",
)
@click.option("--account", type=Account(), help="Only those of an account, twelve digits.")
@click.option("--status", type=Whole(min=100, max=599), help="Only those answered with an HTTP status, such as 400.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, with bodies; sensitive values are masked.")
@setting("url")
@click.pass_context
def requests_command(
    context: click.Context,
    limit: int,
    operation: str | None,
    account: str | None,
    status: int | None,
    as_json: bool,
    url: str,
) -> None:
    """List the recent requests to a running cosell, newest first, and what was wrong with each.

    \b
    cosell requests --status 400
    cosell requests save-test test_refused.py --call 4711-3
    cosell requests save-test test_last.py --account 111122223333 --last 5
    """
    context.default_map = dict.fromkeys(requests_command.commands, context.default_map)
    if context.invoked_subcommand is not None:
        return
    from cosell.cli.admin import ask

    wanted = {"operation": operation, "account": account, "status": status}
    calls = ask(url, "requests", limit=limit, **wanted)["requests"]
    for call in calls:
        click.echo(json.dumps(call) if as_json else _line(call))
    if not calls and not as_json:
        which = "such call" if any(value is not None for value in wanted.values()) else "call"
        click.echo(f"No {which} yet.", err=True)


@requests_command.command("save-test")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--call", "identifier", help="One call, by the id that the list shows first.")
@click.option("--last", type=Whole(min=1, max=100), help="How many calls at most, the last ones; 10 by default.")
@click.option("--account", type=Account(), help="Only calls of an account, twelve digits.")
@click.option("--client-token", help="Only calls with a ClientToken.")
@click.option("--reveal", is_flag=True, help="Write sensitive values as they were, instead of placeholders.")
@setting("url")
def save_test_command(
    file: Path,
    identifier: str | None,
    last: int | None,
    account: str | None,
    client_token: str | None,
    reveal: bool,
    url: str,
) -> None:
    """Write a pytest test that sends calls again, without a server, and expects the same answers.

    FILE is overwritten. The calls are the last ones of one account, oldest first. Opportunities that existed before are
    in the file, as they were then.
    """
    from cosell.cli.admin import tell
    from cosell.cli.counted import counted

    wanted = {"id": identifier, "last": last, "account": account, "client_token": client_token, "reveal": reveal}
    made = tell(url, "requests/save-test", **wanted)
    try:
        with file.open("x", encoding="utf-8") as test:
            test.write(made["test"])
    except FileExistsError:
        raise UserError(f"{file} already exists", "name another file, or remove it") from None
    calls = counted(len(made["calls"]), "call")
    click.echo(f"saved {calls} of account {made['account']} in {file}; run it with: python -m pytest {file}")


def _line(call: dict[str, Any]) -> str:
    """A call as one line: its id, when, for whom, what, and what came of it."""
    outcome = "; ".join([call["error"], *call.get("violations", [])]) if "error" in call else "ok"
    operation, account = call["operation"] or "unknown", call["account"] or "unknown"
    return f"{call['id']}  {call['at']}  {account}  {operation}  {call['status']}  {outcome}"
