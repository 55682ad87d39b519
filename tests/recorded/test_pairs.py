"""To each recorded request cosell answers as AWS did: the same members, of the same types, nulls left out.

Recordings of AWS are read from the folder that `COSELL_RECORDED` names, or from beside the checkout, if they are there.
A small file of invented pairs of the same form stands in the repository, so that the test never runs on nothing.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cosell.operations import OPERATIONS
from cosell.wire.model import service_model
from tests.postgres import Postgres
from tests.recorded.world import PREPARATIONS, Pair, World

HERE = Path(__file__).parent
BESIDE = HERE.parent.parent.parent / "shared" / "reference" / "recorded"
RECORDED = Path(os.environ.get("COSELL_RECORDED", BESIDE)) / "selling-api-pairs.json"
INVENTED = HERE / "invented-pairs.json"

ONLY_COSELL, ONLY_AWS = "only cosell", "only AWS"
DIFFERENCES: dict[tuple[str, str, str], str] = {
    # (operation, path and whatever is in it, whose member it is): why. docs/fidelity.md has a row for each.
    ("GetOpportunity", ".RelatedEntityIdentifiers.", ONLY_COSELL): "older recordings lack kinds of entities",
    ("GetAwsOpportunitySummary", ".RelatedEntityIds.", ONLY_COSELL): "older recordings lack kinds of entities",
    ("GetOpportunity", ".Arn", ONLY_COSELL): "null before 2025",
    ("ListOpportunities", ".OpportunitySummaries[].Arn", ONLY_COSELL): "null before 2025",
    ("ListSolutions", ".SolutionSummaries[].Arn", ONLY_COSELL): "null before 2025",
    ("StartEngagementFromOpportunityTask", ".", ONLY_COSELL): "identifiers were null in 2024",
    ("ListEngagementFromOpportunityTasks", ".TaskSummaries[].ReasonCode", ONLY_AWS): 'the text "null" in 2024',
    ("ListSolutions", ".NextToken", ONLY_AWS): "more solutions followed",
    ("ListEngagementFromOpportunityTasks", ".NextToken", ONLY_AWS): "more tasks followed",
    ("ListEngagementByAcceptingInvitationTasks", ".TaskSummaries[].ReasonCode", ONLY_AWS): 'the text "null" in 2024',
    ("ListEngagementByAcceptingInvitationTasks", ".NextToken", ONLY_AWS): "more tasks followed",
    ("ListEngagementInvitations", ".NextToken", ONLY_AWS): "more invitations followed",
    ("ListEngagementInvitations", ".EngagementInvitationSummaries[].", ONLY_COSELL): "null in 2024, or accepted since",
    ("StartEngagementByAcceptingInvitationTask", ".", ONLY_COSELL): "identifiers were null in 2024",
    ("GetEngagementInvitation", ".E", ONLY_COSELL): "null in 2024, or accepted since",
    ("GetEngagementInvitation", ".InvitationMessage", ONLY_COSELL): "null in 2024",
    ("GetEngagementInvitation", ".Receiver.Account.Alias", ONLY_COSELL): "the receiver of a lead has none",
    ("GetEngagementInvitation", ".Payload.LeadInvitation", ONLY_AWS): "leads come with the operations of engagements",
    ("GetEngagementInvitation", ".Payload.OpportunityInvitation", ONLY_COSELL): "recorded of a lead, or null in 2024",
    ("GetEngagementInvitation", ".Payload.OpportunityInvitation.", ONLY_AWS): "from a partner, with a phone and a URL",
    ("GetAwsOpportunitySummary", ".OpportunityTeam[]", ONLY_COSELL): "AWS's people come with every approval",
    ("GetAwsOpportunitySummary", ".Insights", ONLY_COSELL): "insights come with every approval",
    ("GetAwsOpportunitySummary", ".Insights.", ONLY_AWS): "spend insights are added by whoever plays AWS",
    ("GetAwsOpportunitySummary", ".LifeCycle", ONLY_COSELL): "AWS's stage comes with every approval",
    ("GetAwsOpportunitySummary", ".LifeCycle.", ONLY_AWS): "AWS's next steps are added by whoever plays AWS",
    ("GetAwsOpportunitySummary", ".Customer.Contacts[].", ONLY_AWS): "other contacts than those of this world",
    ("GetAwsOpportunitySummary", ".Customer.Contacts[].", ONLY_COSELL): "other contacts than those of this world",
}


def pairs_in(file: Path) -> list[Pair]:
    """The pairs of implemented operations."""
    pairs = json.loads(file.read_text(encoding="utf-8"))["pairs"] if file.exists() else []
    for pair in pairs:
        if pair["op"] == "TagResource" and "TagKeys" in pair["request"]:
            pair["op"] = "UntagResource"  # the public collection has put it into the wrong drawer
    return [pair for pair in pairs if pair["op"] in OPERATIONS]


PAIRS = [*pairs_in(INVENTED), *pairs_in(RECORDED)]


def skeleton(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every path of a JSON value with its type, nulls left out. The items of a list share a path."""
    if isinstance(value, dict):
        for name, member in value.items():
            if member is not None:
                yield f"{path}.{name}", type(member).__name__
                yield from skeleton(member, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from skeleton(item, f"{path}[]")


def holds_null(value: Any) -> bool:
    """Whether there is a null anywhere in a JSON value."""
    if isinstance(value, dict | list):
        return any(map(holds_null, value.values() if isinstance(value, dict) else value))
    return value is None


def differences(pair: Pair, url: str = ":memory:") -> set[tuple[str, str, str]]:
    """Where cosell's answer has other members or types than the recorded one: (operation, path, whose)."""
    operation = pair["op"]
    world = World(pair, url)
    answer = world.answer(operation)
    assert answer.status == 200, answer.body
    if service_model().operations[operation].output is None:
        assert (answer.body, pair["response"]) == (b"", None)
        return set()
    ours = json.loads(answer.body)
    assert not holds_null(ours), "what is unset is left out"
    mine, theirs = dict(skeleton(ours)), dict(skeleton(pair["response"] or {}))
    assert {path: mine[path] for path in mine.keys() & theirs} == {path: theirs[path] for path in mine.keys() & theirs}
    return {(operation, path, ONLY_COSELL) for path in mine.keys() - theirs} | {
        (operation, path, ONLY_AWS) for path in theirs.keys() - mine
    }


def reason_for(found: tuple[str, str, str]) -> tuple[str, str, str] | None:
    """The row of DIFFERENCES that explains a difference."""
    operation, path, whose = found
    explained = (row for row in DIFFERENCES if row[0] == operation and row[2] == whose and path.startswith(row[1]))
    return next(explained, None)


def name_of(pair: Pair) -> str:
    return f"{pair['op']}-{pair.get('folder', 'invented')}-{pair.get('recordedOn')}"


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_an_answer_has_the_members_and_types_of_the_recorded_one(pair: Pair) -> None:
    unexplained = {found for found in differences(pair) if reason_for(found) is None}
    assert unexplained == set()


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_an_answer_over_postgres_is_the_same(pair: Pair, postgres: Postgres) -> None:
    over = World(pair, postgres.new_schema())
    assert over.answer(pair["op"]).body == World(pair, ":memory:").answer(pair["op"]).body
    over.caller.engine.close()


def test_each_difference_is_there() -> None:
    met = {reason_for(found) for pair in PAIRS for found in differences(pair)}
    assert met <= set(DIFFERENCES)
    if RECORDED.exists():
        assert met == set(DIFFERENCES)


def test_the_invented_pairs_are_of_every_operation_that_was_recorded() -> None:
    assert {pair["op"] for pair in pairs_in(INVENTED)} == set(PREPARATIONS)
    assert {pair["op"] for pair in PAIRS} == set(PREPARATIONS)
