"""`cosell solutions`: see the solutions of an account, and add some, in a database or a running cosell."""

from contextlib import nullcontext
from typing import Any, Final

import click

from cosell.cli.options import setting
from cosell.cli.typed import server_asked
from cosell.cli.types import OneOf

STATUSES: Final = ("Active", "Inactive", "Draft")


@click.command("solutions")
@click.argument("action", type=OneOf(("list", "add")), default="list")
@click.argument("name", required=False)
@click.option("--id", "identifier", metavar="S-NUMBER", help="Of the new solution; else the next one.")
@click.option("--status", type=OneOf(STATUSES), help="Of the new solution; Active without it.")
@click.option("--category", help="Of the new solution; Software Product without it.")
@click.option("--marketplace-arn", metavar="ARN", help="Of the AWS Marketplace solution that the new one became.")
@setting("url", default=None, show_default=False, help="Ask a running cosell instead of a database.")
@setting("db")
@setting("account")
@setting("catalog")
def solutions_command(
    action: str, name: str | None, url: str | None, db: str, account: str, catalog: str, **about: str | None
) -> int:
    """List the solutions of an account and catalog, or add one.

    \b
    cosell solutions                        list them
    cosell solutions add "Data Hub"         add an Active one, and print its identifier
    cosell solutions add "Data Hub" --url http://127.0.0.1:4280

    Opportunities can only be associated with Active solutions. Every account has S-1234567 in Sandbox, unless its
    server says --no-sandbox-solution.
    """
    url = server_asked()
    properties = {name: value for name, value in about.items() if value is not None}
    if action == "list":
        if name or properties:
            raise click.UsageError("list takes no name, and no properties of a new solution")
        return _list(url, db, account, catalog)
    if not name:
        raise click.UsageError("say what the new solution is called")
    if url:
        from cosell.cli.admin import tell

        click.echo(tell(url, "solutions", name=name, account=account, catalog=catalog, **properties)["identifier"])
    else:
        click.echo(_added(db, account, catalog, {"name": name, **properties}))
    return 0


def _list(url: str | None, db: str, account: str, catalog: str) -> int:
    from cosell.cli.clients import NETWORK, Failed, client_in_process, client_of_server, errors_as_lines
    from cosell.cli.start import start_step
    from cosell.cli.table import Column, write_table

    columns = (
        Column("Id", lambda solution: solution["Id"], 0),
        Column("Name", lambda solution: solution["Name"], 0, shrinks=True),
        Column("Status", lambda solution: solution["Status"], 1),
        Column("Category", lambda solution: solution["Category"], 2),
        Column("Created", lambda solution: solution["CreatedDate"].strftime("%Y-%m-%d"), 3),
    )
    try:
        with (
            errors_as_lines(start_step(url) if url else NETWORK),
            nullcontext(client_of_server(url, account)) if url else client_in_process(db, account) as client,
        ):
            pages = client.get_paginator("list_solutions").paginate(Catalog=catalog)
            write_table([solution for page in pages for solution in page["SolutionSummaries"]], columns=columns)
    except Failed as failed:
        for line in failed.lines:
            click.echo(f"cosell: {line}", err=True)
        return failed.exit_code
    return 0


def _added(db: str, account: str, catalog: str, properties: dict[str, Any]) -> str:
    from cosell.cli.database import database
    from cosell.context import Scope
    from cosell.operations.solution.add_solution import NewSolution, add_solution
    from cosell.store.access import Access

    scope = Scope(account, catalog)
    with database(db, Access.CREATE) as engine, engine.store.write(scope) as tx:
        return add_solution(tx, NewSolution(**properties), engine.context(scope, engine.clock())).identifier
