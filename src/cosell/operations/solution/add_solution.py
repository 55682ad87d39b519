"""Add a solution, in the role of AWS, which adopts them from the partner's offerings.

Not an operation of the service model, but built like one.
"""

import msgspec

from cosell.context import Context
from cosell.errors import UserError
from cosell.rules.solution import (
    DEFAULT_CATEGORY,
    Solution,
    SolutionStatus,
    every_solution,
    mistakes_in,
    next_identifier,
)
from cosell.store.interface import WriteTransaction


class NewSolution(msgspec.Struct, frozen=True):
    """What a solution is to be. Without an identifier it gets the next one."""

    name: str
    identifier: str | None = None
    status: SolutionStatus = "Active"
    category: str = DEFAULT_CATEGORY
    marketplace_arn: str | None = None


def add_solution(tx: WriteTransaction, new: NewSolution, context: Context) -> Solution:
    """The solution, as it is kept. Raises UserError if it is not valid, or its identifier is taken."""
    known = [
        solution.identifier for solution in every_solution(tx.solutions(), context.scope.catalog, context.readings)
    ]
    solution = Solution(
        identifier=new.identifier or next_identifier(known),
        name=new.name,
        status=new.status,
        category=new.category,
        created_ms=context.now_ms,
        marketplace_arn=new.marketplace_arn,
    )
    for mistake in mistakes_in(solution):
        raise UserError(mistake, "take another one")
    if solution.identifier in known:
        raise UserError(f"solution {solution.identifier} exists already", "name another identifier, or none")
    tx.put_solutions([solution])
    return solution
