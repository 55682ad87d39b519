"""A solution of the caller, by its identifier."""

from cosell.context import Context
from cosell.rules.solution import Solution, always_there
from cosell.store.interface import ReadTransaction


def known_solution(tx: ReadTransaction, identifier: str, context: Context) -> Solution | None:
    """The solution, whether stored or predefined; None if the caller has no such solution in this catalog."""
    always = {solution.identifier: solution for solution in always_there(context.scope.catalog, context.readings)}
    return tx.solution(identifier) or always.get(identifier)
