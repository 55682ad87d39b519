"""ListSolutions answers as a plain reading of its rules does, and every Sandbox has the guide's solution."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings

from cosell.engine import Engine
from cosell.rules.solution import Solution
from tests.conftest import OTHER_ACCOUNT
from tests.relations.questions import ORDERS, SOLUTION_SORTS, page_sizes, solution_requests, solutions
from tests.relations.walk import walk
from tests.store.caller import Caller, Record, Refused, moment

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SANDBOX_SOLUTION = {
    "Catalog": "Sandbox",
    "Id": "S-1234567",
    "Arn": "arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/solution/S-1234567",
    "Name": "Sandbox Solution",
    "Status": "Active",
    "Category": "Software Product",
    "CreatedDate": "2024-01-01T00:00:00.000Z",
}

_accounts = itertools.count(1)


@pytest.fixture(scope="module")
def shared_engine() -> Engine:
    return Engine.open(":memory:")


@pytest.fixture(scope="module")
def newcomer(shared_engine: Engine) -> Callable[[], Caller]:
    """Makes callers of an account that has nothing yet."""
    return lambda: Caller(shared_engine, f"{next(_accounts):012d}")


def put(caller: Caller, *given: Solution) -> None:
    with caller.engine.store.write(caller.scope) as tx:
        tx.put_solutions(given)


def plain_reading(known: list[Solution], request: dict[str, Any], scope_of: Caller) -> list[Record]:
    """What ListSolutions should answer: every solution is looked at. Shares no code with the service."""

    def passes(solution: Solution) -> bool:
        return (
            (not request.get("Status") or solution.status in request["Status"])
            and (not request.get("Identifier") or solution.identifier in request["Identifier"])
            and (not request.get("Category") or solution.category in request["Category"])
            and (
                not request.get("AwsMarketplaceSolutionArn")
                or solution.marketplace_arn in request["AwsMarketplaceSolutionArn"]
            )
        )

    def key(solution: Solution) -> tuple[Any, ...]:
        digits = solution.identifier[2:]
        identifier = (len(digits), digits)
        return {
            "Identifier": identifier,
            "Name": (solution.name.casefold(), solution.name, identifier),
            "Status": (solution.status, identifier),
            "Category": (solution.category.casefold(), solution.category, identifier),
            "CreatedDate": (solution.created_ms, identifier),
        }[sort["SortBy"]]

    sort = request.get("Sort") or {"SortBy": "Identifier", "SortOrder": "DESCENDING"}
    found = sorted(filter(passes, known), key=key, reverse=sort["SortOrder"] == "DESCENDING")
    catalog, account = scope_of.scope.catalog, scope_of.scope.account
    return [
        {
            "Catalog": catalog,
            "Id": solution.identifier,
            "Arn": f"arn:aws:partnercentral:us-east-1:{account}:catalog/{catalog}/solution/{solution.identifier}",
            "Name": solution.name,
            "Status": solution.status,
            "Category": solution.category,
            "CreatedDate": moment(solution.created_ms),
        }
        | ({"AwsMarketplaceSolutionArn": solution.marketplace_arn} if solution.marketplace_arn else {})
        for solution in found
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=SHARED)
@given(known=solutions, request=solution_requests(), sizes=page_sizes)
def test_all_pages_followed_are_the_plain_reading(
    newcomer: Callable[[], Caller], known: list[Solution], request: dict[str, Any], sizes: list[int]
) -> None:
    caller = newcomer()
    put(caller, *known)
    if "S-1234567" not in [solution.identifier for solution in known]:
        known = [*known, Solution("S-1234567", "Sandbox Solution", "Active", "Software Product", 1_704_067_200_000)]
    expected = plain_reading(known, request, caller)
    event(f"{min(len(expected), 5)} found")
    assert walk(caller, "ListSolutions", "SolutionSummaries", request, sizes) == expected


def test_every_account_has_the_guides_solution_in_sandbox_and_nothing_in_aws(caller: Caller) -> None:
    assert caller("ListSolutions") == {"SolutionSummaries": [SANDBOX_SOLUTION]}
    assert Caller(caller.engine, catalog="AWS")("ListSolutions") == {"SolutionSummaries": []}


def test_a_stored_solution_takes_the_place_of_the_guides(caller: Caller) -> None:
    put(caller, Solution("S-1234567", "Our own", "Draft", "Consulting", 0))
    put(caller, Solution("S-1234567", "Our own, renamed", "Inactive", "Consulting", 0))
    assert [(known["Name"], known["Status"]) for known in caller("ListSolutions")["SolutionSummaries"]] == [
        ("Our own, renamed", "Inactive")
    ]


def test_solutions_belong_to_an_account_and_a_catalog(caller: Caller) -> None:
    put(caller, Solution("S-5", "Ours", "Active", "Consulting", 0))
    for other in (Caller(caller.engine, OTHER_ACCOUNT), Caller(caller.engine, catalog="AWS")):
        assert "S-5" not in [known["Id"] for known in other("ListSolutions")["SolutionSummaries"]]
    with caller.engine.store.write(caller.scope) as tx:
        tx.clear()
    assert caller("ListSolutions") == {"SolutionSummaries": [SANDBOX_SOLUTION]}


@pytest.mark.parametrize(
    "other",
    [
        *({"Sort": {"SortBy": by, "SortOrder": order}} for by in SOLUTION_SORTS for order in ORDERS),
        {"Status": ["Draft"]},
        {"Identifier": ["S-1"]},
        {"Category": ["Consulting"]},
        {"AwsMarketplaceSolutionArn": ["arn:x"]},
        {"Catalog": "AWS"},
    ],
)
def test_a_token_of_another_question_is_refused(caller: Caller, other: dict[str, Any]) -> None:
    put(caller, *(Solution(f"S-{number}", "One", "Active", "Consulting", 0) for number in range(3)))
    asked = {"Status": ["Active"], "Sort": {"SortBy": "Name", "SortOrder": "ASCENDING"}}
    token = caller("ListSolutions", **asked, MaxResults=1)["NextToken"]
    caller("ListSolutions", **asked, NextToken=token)
    if asked | other != asked:
        with pytest.raises(Refused) as refused:
            caller("ListSolutions", **asked | other, NextToken=token)
        entries = refused.value.body["ErrorList"]
        assert [(entry["FieldName"], entry["Code"]) for entry in entries] == [("NextToken", "INVALID_VALUE")]


def test_a_token_of_another_list_is_refused(caller: Caller) -> None:
    put(caller, Solution("S-1", "One", "Active", "Consulting", 0))
    token = caller("ListSolutions", MaxResults=1)["NextToken"]
    for operation in ("ListOpportunities",):
        with pytest.raises(Refused, match="ValidationException"):
            caller(operation, NextToken=token)
