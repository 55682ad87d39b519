"""AWS's desk shows the partner's solutions, and adds new ones."""

from collections.abc import Mapping
from typing import Any

from cosell.console.visit.surroundings import AdminResult
from cosell.console.visit.visit import Visit

FIELDS = ("name", "status", "category")
SHOWN = 20
"""Solutions that the desk shows, those with the highest identifiers first."""


def add(visit: Visit, form: Mapping[str, str]) -> AdminResult:
    """Add the solution that the form describes; empty fields are ignored."""
    said = {name: form[f"solution_{name}"].strip() for name in FIELDS if form.get(f"solution_{name}", "").strip()}
    scope = visit.scope
    return visit.administer("POST", "/_cosell/solutions", **said, account=scope.account, catalog=scope.catalog)


def shown(visit: Visit) -> list[dict[str, Any]]:
    """The partner's solutions, as ListSolutions answers them."""
    answer = visit.ask("ListSolutions", MaxResults=SHOWN)
    solutions: list[dict[str, Any]] = answer["SolutionSummaries"]
    return solutions
