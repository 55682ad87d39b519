"""Pushes that die, lose answers and journals, with rows that change and days that pass: each opportunity once."""

from typing import Any

import pytest
from botocore.exceptions import BotoCoreError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sync.push.conftest import HOUR_S, Current, Desk, desk_at_an_empty_service, outcomes

ROWS = 3
FAULTS = st.lists(st.sampled_from(["fine", "fine", "lost", "die", "down", "500", "throttled"]), max_size=6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), FAULTS, FAULTS),
        st.tuples(st.just("edit"), st.integers(0, ROWS - 1), st.integers(0, 2)),
        st.tuples(st.just("wait"), st.sampled_from([1, 12, 23, 30]), st.none()),
        st.tuples(st.just("lose the journal"), st.none(), st.none()),
    ),
    max_size=8,
)


def _push(desk: Desk, rows: list[dict[str, Any]], creating: list[str], updating: list[str]) -> None:
    desk.unlucky.next = {"create_opportunity": list(creating), "update_opportunity": list(updating)}
    try:
        desk.push(*rows)
    except (KeyboardInterrupt, BotoCoreError):
        return


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_rows_with_keys_are_created_once_and_end_as_the_file_says(
    shared: tuple[Current, Any], tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Any, Any]]
) -> None:
    desk = desk_at_an_empty_service(shared, tmp_path_factory.mktemp("pushes"))
    titles = [0] * ROWS

    def rows() -> list[dict[str, Any]]:
        return [
            {"PartnerOpportunityIdentifier": f"CRM-{row}", "Project": {"Title": f"Title {title}"}}
            for row, title in enumerate(titles)
        ]

    for step, first, second in steps:
        match step:
            case "push":
                _push(desk, rows(), first, second)
            case "edit":
                titles[first] = second
            case "wait":
                desk.now_s += first * HOUR_S
            case _:
                desk.journal.unlink(missing_ok=True)
    desk.unlucky.next = {}
    assert set(outcomes(desk.push(*rows()))) <= {"created", "updated", "unchanged"}
    told = {record["PartnerOpportunityIdentifier"]: record["Project"]["Title"] for record in desk.records()}
    assert told == {f"CRM-{row}": f"Title {title}" for row, title in enumerate(titles)}
    assert len(desk.records()) == ROWS


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_rows_without_keys_are_never_created_twice_while_the_journal_is_there(
    shared: tuple[Current, Any], tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Any, Any]]
) -> None:
    desk = desk_at_an_empty_service(shared, tmp_path_factory.mktemp("pushes"))
    rows: list[dict[str, Any]] = [{"Project": {"Title": f"Title {row}"}} for row in range(ROWS)]
    for step, first, second in steps:
        if step == "push":
            _push(desk, rows, first, second)
        elif step == "wait":
            desk.now_s += first * HOUR_S
    desk.unlucky.next = {}
    results = desk.push(*rows)
    titles = [record["Project"]["Title"] for record in desk.records()]
    assert len(titles) == len(set(titles))
    for result, row in zip(results, rows, strict=True):
        if result.outcome == "refused":
            assert result.errors[0].code == "OUTCOME_UNKNOWN"
        else:
            assert row["Project"]["Title"] in titles
