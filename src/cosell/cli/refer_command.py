"""`cosell refer`: refer an opportunity to a partner as AWS does."""

from typing import IO, Any

import click

from cosell.cli.json_file import json_object
from cosell.cli.options import setting


@click.command("refer")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--company", help="The customer's name.")
@click.option("--title", help="The project's title.")
@click.option("--stage", help="The stage that the sale has reached.")
@setting("url")
@setting("account")
@setting("catalog")
def refer_command(
    file: IO[bytes] | None,
    company: str | None,
    title: str | None,
    stage: str | None,
    url: str,
    account: str,
    catalog: str,
) -> None:
    """Refer an opportunity to a partner as AWS does.

    FILE is a JSON object with members as in CreateOpportunity; - reads stdin. What it leaves out is invented, and
    options win over it. The partner finds an invitation that expires after fifteen days, and receives the opportunity
    by accepting it.
    """
    from cosell.cli.admin import tell

    opportunity = json_object(file) if file is not None else {}
    for option, path in ((company, ("Customer", "Account", "CompanyName")), (title, ("Project", "Title"))):
        if option is not None:
            _put(opportunity, path, option)
    if stage is not None:
        _put(opportunity, ("LifeCycle", "Stage"), stage)
    typed = {
        "Customer.Account.CompanyName": ("--company", company),
        "Project.Title": ("--title", title),
        "LifeCycle.Stage": ("--stage", stage),
    }
    done = tell(url, "refer", typed, opportunity=opportunity, account=account, catalog=catalog)
    click.echo(f"{done['invitation_id']} {done['opportunity_id']} expires {done['expires']}")


def _put(members: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    *outer, name = path
    for key in outer:
        inner = members.get(key)
        members[key] = dict(inner) if isinstance(inner, dict) else {}
        members = members[key]
    members[name] = value
