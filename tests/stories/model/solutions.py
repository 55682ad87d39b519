"""The partner's solutions, which no operation changes. Source: the reference on operations, Associations."""

from typing import Final

from tests.stories.model.paths import Record
from tests.stories.model.world import Scope, Turn, moment, owned_arn

GIVEN: Final = {
    # Solutions that each account begins with: identifier, then name, status, category and moment of creation.
    "S-0000001": ("Archive", "Active", "Software Product", 1_700_000_000_000),
    "S-0000002": ("Beacon", "Inactive", "Software Product", 1_700_000_000_000),
    "S-0000003": ("cellar", "Draft", "Consulting", 1_700_000_000_001),
    "S-9": ("Desk", "Active", "Consulting", 1_700_000_000_002),
}
ALWAYS_IN_SANDBOX: Final = {"S-1234567": ("Sandbox Solution", "Active", "Software Product", 1_704_067_200_000)}


def solutions_of(scope: Scope) -> list[Record]:
    """Every solution of an account in a catalog."""
    given = GIVEN | (ALWAYS_IN_SANDBOX if scope.catalog == "Sandbox" else {})
    return [
        {
            "Catalog": scope.catalog,
            "Id": identifier,
            "Arn": owned_arn(scope, "solution", identifier),
            "Name": name,
            "Status": status,
            "Category": category,
            "CreatedDate": moment(created),
        }
        for identifier, (name, status, category, created) in given.items()
    ]


def list_solutions(turn: Turn, request: Record) -> Record:
    """Those that are asked for, in the order that is asked for."""
    filters = {"Status": "Status", "Identifier": "Id", "Category": "Category"}
    found = [
        solution
        for solution in solutions_of(turn.scope)
        if all(not request.get(name) or solution[member] in request[name] for name, member in filters.items())
    ]
    sort = request.get("Sort") or {"SortBy": "Identifier", "SortOrder": "DESCENDING"}
    found.sort(key=lambda solution: _key(solution, sort["SortBy"]), reverse=sort["SortOrder"] == "DESCENDING")
    return {"SolutionSummaries": found}


def _key(solution: Record, by: str) -> list[object]:
    identifier = (len(solution["Id"]), solution["Id"])
    if by == "Identifier":
        return [identifier]
    return [solution[by].casefold() if by in ("Name", "Category") else solution[by], identifier]
