"""An account's solutions, which AWS adopts from the partner's offerings."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cosell.context import Scope
from cosell.operations.solution.add_solution import NewSolution, add_solution
from cosell.rules.solution import DEFAULT_CATEGORY, SolutionStatus
from cosell.serve.admin.fields import DEFAULT_CATALOG, Account, Catalog
from cosell.serve.admin.router import Room
from cosell.settings import DEFAULTS


class Addition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new solution is."""

    name: Annotated[str, Meta(description="How it is called: a line of 1 to 120 characters.")]
    identifier: Annotated[
        str | None, Meta(description="Such as `S-1000001`. Without it, the next one after all that are known.")
    ] = None
    status: Annotated[SolutionStatus, Meta(description="Opportunities can be associated with Active ones only.")] = (
        "Active"
    )
    category: Annotated[str, Meta(description="A line of 1 to 120 characters.")] = DEFAULT_CATEGORY
    marketplace_arn: Annotated[
        str | None, Meta(description="The AWS Marketplace solution that it became, if it did.")
    ] = None
    account: Account = DEFAULTS.account
    catalog: Catalog = DEFAULT_CATALOG


def add(room: Room, question: Addition) -> dict[str, Any]:
    """Add a solution to an account and catalog. ListSolutions shows it like all others."""
    engine, scope = room.engine, Scope(question.account, question.catalog)
    new = NewSolution(question.name, question.identifier, question.status, question.category, question.marketplace_arn)
    with engine.store.write(scope) as tx:
        return {"identifier": add_solution(tx, new, engine.context(scope, engine.clock())).identifier}
