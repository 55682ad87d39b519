"""`cosell solutions`: see the solutions of an account, and add some."""

from typing import Any, Final

import click

from cosell.cli.options import setting
from cosell.errors import UserError

STATUSES: Final = ("Active", "Inactive", "Draft")


@click.command("solutions")
@click.argument("action", type=click.Choice(("list", "add")), default="list")
@click.argument("name", required=False)
@click.option("--id", "identifier", metavar="S-NUMBER", help="Of the new solution; else the next one.")
@click.option("--status", type=click.Choice(STATUSES), help="Of the new solution; Active without it.")
@click.option("--category", help="Of the new solution; Software Product without it.")
@click.option("--marketplace-arn", metavar="ARN", help="Of the AWS Marketplace solution that the new one became.")
@setting("db")
@setting("account")
@setting("catalog")
def solutions_command(
    action: str, name: str | None, db: str, account: str, catalog: str, identifier: str | None, **about: str | None
) -> None:
    """See the solutions of an account and catalog, or add one.

    \b
    cosell solutions                        list them
    cosell solutions add "Data Hub"         add an Active one, and print its identifier

    Opportunities can be associated with Active solutions only. Every account has S-1234567 in Sandbox.
    """
    properties = {name: value for name, value in about.items() if value is not None}
    if action == "list":
        if name or identifier or properties:
            raise click.UsageError("list takes no name, and no properties of a new solution.")
        _list(db, account, catalog)
    elif not name:
        raise click.UsageError("say how the solution is called, as `cosell solutions --help` shows.")
    else:
        click.echo(_add(db, account, catalog, name, identifier, properties))


def _list(db: str, account: str, catalog: str) -> None:
    from cosell.cli.clients import client_in_process
    from cosell.cli.table import Column, write_table

    columns = (
        Column("Id", lambda solution: solution["Id"], 0),
        Column("Name", lambda solution: solution["Name"], 0, shrinks=True),
        Column("Status", lambda solution: solution["Status"], 1),
        Column("Category", lambda solution: solution["Category"], 2),
        Column("Created", lambda solution: solution["CreatedDate"].strftime("%Y-%m-%d"), 3),
    )
    with client_in_process(db, account) as client:
        pages = client.get_paginator("list_solutions").paginate(Catalog=catalog)
        write_table([solution for page in pages for solution in page["SolutionSummaries"]], columns=columns)


def _add(db: str, account: str, catalog: str, name: str, identifier: str | None, properties: dict[str, Any]) -> str:
    from cosell.cli.database import database
    from cosell.context import Scope
    from cosell.rules.solution import DEFAULT_CATEGORY, Solution, every_solution, mistakes_in, next_identifier
    from cosell.store.access import Access

    about = {"status": "Active", "category": DEFAULT_CATEGORY} | properties
    with database(db, Access.CREATE) as engine, engine.store.write(Scope(account, catalog)) as tx:
        known = [solution.identifier for solution in every_solution(tx.solutions(), catalog)]
        solution = Solution(identifier or next_identifier(known), name, created_ms=engine.clock(), **about)
        for mistake in mistakes_in(solution):
            raise UserError(mistake, "see: cosell solutions --help")
        if solution.identifier in known:
            raise UserError(f"solution {solution.identifier} exists already", "leave out --id, or name another one")
        tx.put_solutions([solution])
    return solution.identifier
