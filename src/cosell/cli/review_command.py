"""`cosell review`: decide on opportunities as AWS does."""

import click

from cosell.cli.options import setting
from cosell.cli.types import OneOf
from cosell.errors import UserError

ACTIONS = ("list", "start", "approve", "action-required", "reject")


@click.command("review")
@click.argument("action", type=OneOf(ACTIONS), default="list")
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--comment", help="ReviewComments: what the partner should know, in words.")
@click.option("--reason", help="ReviewStatusReason: why, in a few words or a code.")
@click.option("--bare", is_flag=True, help="With approve: add no invented people, stage or insights.")
@setting("url")
@setting("account")
@setting("catalog")
def review_command(
    action: str,
    identifiers: tuple[str, ...],
    comment: str | None,
    reason: str | None,
    bare: bool,
    url: str,
    account: str,
    catalog: str,
) -> None:
    """Review opportunities as AWS does.

    \b
    cosell review                           list what waits for AWS
    cosell review start ID                  Submitted becomes In review
    cosell review approve ID                … becomes Approved, with AWS's people and insights
    cosell review action-required ID --comment "Please say more"
    cosell review reject ID --reason "Not validated"
    """
    if action == "list":
        if identifiers or comment or reason or bare:
            raise click.UsageError("list takes no identifiers, no comment, no reason and no --bare")
        _list(url, account, catalog)
    elif identifiers:
        said = {"comment": comment, "reason": reason, "bare": bare or None}
        _decide(url, identifiers, {"decision": action, **said, "account": account, "catalog": catalog})
    else:
        raise click.UsageError(f"say what to {action}, such as O1000001")


def _list(url: str, account: str, catalog: str) -> None:
    from cosell.cli.admin import ask

    answer = ask(url, "review", account=account, catalog=catalog)
    for row in answer["waiting"]:
        due = f", due {row['due']}" if row["due"] else ""
        click.echo(f"{row['id']} {row['status']} since {row['since']}{due}")
    if answer["more"]:
        click.echo("More are waiting.", err=True)
    elif not answer["waiting"]:
        click.echo(f"Nothing waits for AWS (account {account}, catalog {catalog}).", err=True)


def _decide(url: str, identifiers: tuple[str, ...], decision: dict[str, str | bool | None]) -> None:
    """Decide on each opportunity, reporting each. Raises UserError in the end if some could not be reviewed."""
    from cosell.cli.admin import Refusal, tell

    refused = 0
    for identifier in identifiers:
        try:
            done = tell(url, "review", id=identifier, **decision)
        except Refusal as mistake:
            if len(identifiers) == 1:
                raise
            click.echo(f"cosell: {identifier}: {mistake.message}", err=True)
            refused += 1
        else:
            click.echo(f"{done['id']} {done['status']} {done['last_modified_date']}")
    if refused:
        raise UserError(f"{refused} of {len(identifiers)} were not decided on", "the others were")
