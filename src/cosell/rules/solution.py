"""A partner's solutions: what is known of one, which ones a query asks for, and in which order.

No operation creates solutions: AWS adopts them from the partner's offerings, cosell from `cosell seed` and
`cosell solutions`. An account has some dozens, so a query reads all of them.

Source: service model 2022-07-26, ListSolutionsRequest and SolutionBase. The orders are those of ListOpportunities
(`rules/list/sort_keys.py`); statuses sort as texts. Both are our choice (docs/fidelity.md).
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, Literal

import msgspec

from cosell.context import Readings, Scope
from cosell.rules.identifiers import id_key, owned_arn
from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import distinct
from cosell.rules.list.sort_keys import Key, company_key
from cosell.wire.timestamps import Timestamp
from cosell.wire.types import ListSolutionsRequest, SolutionBase

SolutionSortBy = Literal["Identifier", "Name", "Status", "Category", "CreatedDate"]
SolutionStatus = Literal["Active", "Inactive", "Draft"]

DEFAULT_SORT_BY: Final[SolutionSortBy] = "Identifier"
DEFAULT_CATEGORY: Final = "Software Product"


class Solution(msgspec.Struct, frozen=True):
    """One solution of a partner. Its creation in milliseconds since 1970 UTC."""

    identifier: str
    name: str
    status: SolutionStatus
    category: str
    created_ms: int
    marketplace_arn: str | None = None
    """Of the AWS Marketplace solution that it became, if it did."""


ALWAYS_THERE: Final[dict[str, tuple[Solution, ...]]] = {
    # The guide names this one for first steps in the Sandbox [guide]; new partner organisations do not have it
    # [field report, April to May 2026].
    "Sandbox": (Solution("S-1234567", "Sandbox Solution", "Active", DEFAULT_CATEGORY, 1_704_067_200_000),),
}
"""By catalog. A setting leaves them out."""

FORMS: Final = {
    "identifier": (r"S-[0-9]{1,19}", "S- and 1 to 19 digits"),
    "name": (r"[^\x00-\x1f\x7f]{1,120}", "a line of 1 to 120 characters"),
    "category": (r"[^\x00-\x1f\x7f]{1,120}", "a line of 1 to 120 characters"),
    "marketplace_arn": (r"arn:.{1,2044}", "an ARN"),
}
"""What the members of a solution look like: a pattern, and what to say of it."""


_KEYS: Final[dict[SolutionSortBy, Callable[[Solution], Key]]] = {
    "Identifier": lambda solution: id_key(solution.identifier),
    "Name": lambda solution: company_key(solution.name),
    "Status": lambda solution: solution.status,
    "Category": lambda solution: company_key(solution.category),
    "CreatedDate": lambda solution: solution.created_ms,
}


class SolutionSelector(msgspec.Struct, frozen=True, array_like=True, tag="ListSolutions"):
    """Filters and order of one question. An empty tuple filters nothing."""

    sort_by: SolutionSortBy
    descending: bool
    statuses: tuple[str, ...]
    id_keys: tuple[str, ...]
    categories: tuple[str, ...]
    marketplace_arns: tuple[str, ...]


def solution_selector(request: ListSolutionsRequest) -> SolutionSelector:
    """The question that a request asks, whatever the order and repetition of its values."""
    sort = request.sort
    return SolutionSelector(
        sort_by=sort.sort_by if sort else DEFAULT_SORT_BY,
        descending=sort.sort_order == "DESCENDING" if sort else True,
        statuses=distinct(request.status or ()),
        id_keys=distinct(id_key(identifier) for identifier in request.identifier or ()),
        categories=distinct(request.category or ()),
        marketplace_arns=distinct(request.aws_marketplace_solution_arn or ()),
    )


def always_there(catalog: str, readings: Readings) -> tuple[Solution, ...]:
    """What every account has in a catalog, unless it has another solution with the same identifier."""
    return () if readings.no_sandbox_solution else ALWAYS_THERE.get(catalog, ())


def every_solution(stored: Iterable[Solution], catalog: str, readings: Readings) -> list[Solution]:
    """The solutions of an account in a catalog: the stored ones and the predefined ones."""
    found = list(stored)
    identifiers = {solution.identifier for solution in found}
    always = always_there(catalog, readings)
    return [*found, *(solution for solution in always if solution.identifier not in identifiers)]


def page_of(
    solutions: Iterable[Solution], selector: SolutionSelector, after: Position | None, limit: int
) -> tuple[list[Solution], Position | None]:
    """Up to `limit` of the requested solutions, in order, after `after`; and the last one if more follow."""
    found = sorted(
        ((position_of(solution, selector.sort_by), solution) for solution in solutions if _passes(solution, selector)),
        key=lambda pair: pair[0],
        reverse=selector.descending,
    )
    if after is not None:
        start = (after.key, after.id_key)
        found = [pair for pair in found if (pair[0] < start if selector.descending else pair[0] > start)]
    page = [solution for _, solution in found[:limit]]
    return page, Position(*found[limit - 1][0]) if len(found) > limit else None


def position_of(solution: Solution, sort_by: SolutionSortBy) -> tuple[Key, str]:
    """What a solution is ordered by, ties broken by the identifier."""
    return _KEYS[sort_by](solution), id_key(solution.identifier)


def mistakes_in(solution: Solution) -> list[str]:
    """What is wrong with a solution that somebody wants to add, each in a line for people."""
    values = msgspec.structs.asdict(solution)
    return [
        f"{values[member]!r} is not a valid {member.replace('_', ' ')}: that is {form}"
        for member, (pattern, form) in FORMS.items()
        if values[member] is not None and not re.fullmatch(pattern, values[member])
    ]


def next_identifier(known: Iterable[str]) -> str:
    """An identifier that comes after all those that are known."""
    return f"S-{max((int(identifier[2:]) for identifier in known), default=0) + 1:07d}"


def summary_of_solution(solution: Solution, scope: Scope) -> SolutionBase:
    """What ListSolutions returns for a solution. Its Arn is an ARN, although the model's pattern requires `S-…`."""
    return SolutionBase(
        catalog=scope.catalog,  # type: ignore[arg-type]  # a scope's catalog is one of the two
        id=solution.identifier,
        arn=owned_arn(scope.account, scope.catalog, "solution", solution.identifier),
        name=solution.name,
        status=solution.status,
        category=solution.category,
        created_date=Timestamp.from_ms(solution.created_ms),
        aws_marketplace_solution_arn=solution.marketplace_arn,
    )


def _passes(solution: Solution, selector: SolutionSelector) -> bool:
    filters = (
        (selector.statuses, solution.status),
        (selector.id_keys, id_key(solution.identifier)),
        (selector.categories, solution.category),
        (selector.marketplace_arns, solution.marketplace_arn),
    )
    return all(not wanted or value in wanted for wanted, value in filters)
