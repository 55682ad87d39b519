"""`cosell review`: decide upon opportunities as AWS does."""

import click

from cosell.cli.options import setting

ACTIONS = ("list", "start", "approve", "action-required", "reject")


@click.command("review")
@click.argument("action", type=click.Choice(ACTIONS), default="list")
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--comment", help="ReviewComments: what the partner should know, in words.")
@click.option("--reason", help="ReviewStatusReason: why, in a few words or a code.")
@setting("url")
@setting("account")
@setting("catalog")
def review_command(
    action: str,
    identifiers: tuple[str, ...],
    comment: str | None,
    reason: str | None,
    url: str,
    account: str,
    catalog: str,
) -> None:
    """Decide upon opportunities as AWS does.

    \b
    cosell review                           list what waits for AWS
    cosell review start ID                  Submitted becomes In review
    cosell review approve ID                … becomes Approved
    cosell review action-required ID --comment "Please say more"
    cosell review reject ID --reason "Not validated"
    """
    from cosell.cli.admin import ask, tell

    if action == "list":
        if identifiers:
            raise click.UsageError("list takes no identifiers.")
        answer = ask(url, "review", account=account, catalog=catalog)
        for row in answer["waiting"]:
            due = f", due {row['due']}" if row["due"] else ""
            click.echo(f"{row['id']} {row['status']} since {row['since']}{due}")
        if answer["more"]:
            click.echo("More are waiting.", err=True)
        elif not answer["waiting"]:
            click.echo(f"Nothing waits for AWS (account {account}, catalog {catalog}).", err=True)
        return
    if not identifiers:
        raise click.UsageError(f"say what to {action}, such as O1000001.")
    for identifier in identifiers:
        done = tell(
            url,
            "review",
            id=identifier,
            decision=action,
            comment=comment,
            reason=reason,
            account=account,
            catalog=catalog,
        )
        click.echo(f"{done['id']} {done['status']} {done['last_modified_date']}")
