"""Pages of opportunities that change between them: nothing that stays is missed or repeated."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.search import oracle
from tests.search.oracle import Row, sort_of
from tests.search.partner import Partner
from tests.search.questions import changes, data_sets, requests
from tests.store.caller import record


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows=data_sets(), request=requests(), changes=changes, size=st.integers(1, 3))
def test_an_opportunity_that_stays_is_seen_exactly_once_whatever_the_others_do(
    newcomer: Callable[[], Partner],
    rows: list[Row],
    request: dict[str, Any],
    changes: list[list[tuple[int | None, dict[str, Any]]]],
    size: int,
) -> None:
    partner = newcomer()
    partner.put_rows(rows)
    states = [partner.rows()]
    page = partner.search(**request, MaxResults=size)
    seen = [summary["Id"] for summary in page["OpportunitySearchSummaries"]]
    numbers = itertools.count()
    for between in itertools.chain(changes, itertools.repeat([])):
        if "NextToken" not in page:
            break
        for target, wanted in between:
            identifier = states[0][target % len(states[0])].record["Id"] if target is not None and states[0] else None
            identifier = identifier or partner.create(f"new {next(numbers)}")["Id"]
            if "LifeCycle" in wanted:
                partner.replace(identifier, **wanted)
            else:
                partner.put_tags(identifier, wanted)
        states.append(partner.rows())
        page = partner.search(**request, MaxResults=size, NextToken=page["NextToken"])
        seen += [summary["Id"] for summary in page["OpportunitySearchSummaries"]]
    assert [identifier for identifier in sorted(stayed(states, request)) if seen.count(identifier) != 1] == []


def stayed(states: list[list[Row]], request: dict[str, Any]) -> set[str]:
    """The identifiers of those that matched, with one and the same key, in every state."""
    by, _ = sort_of(request)
    keys = [
        {(row.record["Id"], oracle.sort_key(row, by)) for row in state if oracle.matches(row, request)}
        for state in states
    ]
    return {identifier for identifier, _ in set.intersection(*keys)}


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("by", ["CustomerCompanyName", "NextStep", "Tags"])
def test_a_token_leads_on_although_its_own_opportunity_has_moved(partner: Partner, by: str, order: str) -> None:
    names = "abcdef"
    partner.put_rows(
        [
            Row(
                record(
                    f"O{number}",
                    LifeCycle={"Stage": "Prospect", "NextSteps": name},
                    Customer={"Account": {"CompanyName": name}},
                ),
                {name: name},
                None,
            )
            for number, name in enumerate(names)
        ]
    )
    request: dict[str, Any] = {"Sort": {"SortBy": by, "SortOrder": order}, "MaxResults": 2}
    page = partner.search(**request)
    moved = page["OpportunitySearchSummaries"][-1]["Id"]
    partner.replace(moved, Customer={"Account": {"CompanyName": "z"}}, LifeCycle={"NextSteps": "z"})
    partner.put_tags(moved, {"z": "z"})
    rest = []
    while "NextToken" in page:
        page = partner.search(**request, NextToken=page["NextToken"])
        rest += [summary["Id"] for summary in page["OpportunitySearchSummaries"] if summary["Id"] != moved]
    assert rest == (["O2", "O3", "O4", "O5"] if order == "ASCENDING" else ["O3", "O2", "O1", "O0"])


def test_whatever_was_acknowledged_is_found_at_once(partner: Partner) -> None:
    def found(**request: Any) -> list[str]:
        return [summary["Id"] for summary in partner.search(**request)["OpportunitySearchSummaries"]]

    identifier = partner.create("one", Project={"Title": "Cameras for herons"})["Id"]
    assert found(Keyword="camera") == [identifier]
    partner.update(identifier, Project={"Title": "Cameras for owls"})
    assert (found(Keyword="herons"), found(Keyword="OWLS")) == ([], [identifier])
    arn = partner.get(identifier)["Arn"]
    partner("TagResource", ResourceArn=arn, Tags=[{"Key": "team", "Value": "blue"}])
    tagged = {"EqualsTo": {"Key": "Tags", "Value": {"StringValue": "team=blue"}}}
    assert found(Filter=tagged) == [identifier]
    partner("UntagResource", ResourceArn=arn, TagKeys=["team"])
    assert found(Filter=tagged) == []
