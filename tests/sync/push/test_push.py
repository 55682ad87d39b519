"""A push creates each opportunity once, changes what rows name, and overwrites nobody."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

import cosell
from cosell.sync.push.calls import ATTEMPTS
from cosell.sync.push.row import Problem
from tests.complete_opportunity import complete, completing, merged
from tests.conftest import ACCOUNT
from tests.sync.push.conftest import HOUR_S, Desk, change, outcomes

FINE = lambda *_: ()  # noqa: E731  # a judge who finds nothing
KEYED = {"PartnerOpportunityIdentifier": "CRM-1", "Customer": {"Account": {"CompanyName": "Acme"}}}
UNKEYED = {"Customer": {"Account": {"CompanyName": "Birch"}}, "Project": {"Title": "Move"}}


@pytest.mark.parametrize("row", [KEYED, UNKEYED], ids=["keyed", "unkeyed"])
def test_a_push_that_is_repeated_creates_nothing_twice(desk: Desk, row: dict[str, Any]) -> None:
    assert [outcomes(desk.push(row)) for _ in range(4)] == [["created"], *[["unchanged"]] * 3]
    assert len(desk.records()) == 1


@pytest.mark.parametrize("fault", ["lost", "500", "down", "throttled", "cut"])
@pytest.mark.parametrize("row", [KEYED, UNKEYED], ids=["keyed", "unkeyed"])
def test_an_attempt_that_fails_is_repeated_and_creates_once(desk: Desk, row: dict[str, Any], fault: str) -> None:
    desk.unlucky.next["create_opportunity"] = [fault] * (ATTEMPTS - 1)
    assert outcomes(desk.push(row)) == ["created"]
    assert len(desk.records()) == 1
    assert desk.slept == [0.5, 1, 2, 4, 8]
    assert desk.waited.count("write") == ATTEMPTS, "each attempt is counted"
    assert len(desk.throttles) == (ATTEMPTS - 1 if fault == "throttled" else 0)


@pytest.mark.parametrize("hours", [0, 22, 30])
def test_a_push_that_dies_before_it_hears_of_a_creation_goes_on_from_there(desk: Desk, hours: int) -> None:
    desk.unlucky.next["create_opportunity"] = ["die"]
    with pytest.raises(KeyboardInterrupt):
        desk.push(KEYED)
    desk.now_s += hours * HOUR_S
    assert outcomes(desk.push(KEYED | {"Project": {"Title": "Repaired meanwhile"}})) == ["updated"]
    assert [record["Project"]["Title"] for record in desk.records()] == ["Repaired meanwhile"]


def test_without_a_key_an_unheard_creation_is_repeated_only_while_the_service_remembers_it(desk: Desk) -> None:
    desk.unlucky.next["create_opportunity"] = ["die"]
    with pytest.raises(KeyboardInterrupt):
        desk.push(UNKEYED)
    desk.now_s += 30 * HOUR_S
    (result,) = desk.push(UNKEYED)
    assert (result.outcome, result.errors[0].code) == ("refused", "OUTCOME_UNKNOWN")
    assert "Look whether it is there" in result.errors[0].message
    desk.now_s -= 10 * HOUR_S
    assert outcomes(desk.push(UNKEYED)) == ["created"]
    assert len(desk.records()) == 1


@pytest.mark.parametrize("row", [KEYED, UNKEYED], ids=["keyed", "unkeyed"])
def test_a_journal_that_is_lost_within_the_day_creates_nothing_twice(desk: Desk, row: dict[str, Any]) -> None:
    desk.push(row)
    desk.journal.unlink()
    assert outcomes(desk.push(row))[0] in ("unchanged", "created")
    assert len(desk.records()) == 1


def test_another_machine_finds_what_a_first_one_created_by_its_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosell.sync.push.stored.PAGE_SIZE", 3)
    others = [KEYED | {"PartnerOpportunityIdentifier": f"CRM-{number}"} for number in range(2, 6)]
    first = desk.push(KEYED, *others)
    desk.journal.unlink()
    second = desk.push(KEYED, *others)
    assert [result.id for result in second] == [result.id for result in first]
    assert set(outcomes(second)) == {"unchanged"}
    assert desk.unlucky.asked.count("list_opportunities") == 1 + 2, "one look at an empty list, one at two pages"


def test_two_opportunities_with_one_key_are_left_to_a_person(desk: Desk) -> None:
    for token in ("a", "b"):
        desk.client.create_opportunity(Catalog="Sandbox", ClientToken=token, **KEYED)
    (result,) = desk.push(KEYED)
    assert result.errors == (
        Problem(
            "PartnerOpportunityIdentifier",
            "DUPLICATE_KEY_VALUE",
            "Several opportunities carry it: O1000001, O1000002. Give the row the Id of one.",
        ),
    )


def test_of_two_pushes_at_once_one_creates_and_the_other_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Desk(desk.client, desk.journal.parent / "elsewhere")
    asked = desk.unlucky.__getattr__("list_opportunities")

    def overtaken(**request: Any) -> Any:
        answer = asked(**request)
        other.push(KEYED | {"Project": {"Title": "Another's"}})
        return answer

    monkeypatch.setattr(desk.unlucky, "list_opportunities", overtaken, raising=False)
    (result,) = desk.push(KEYED)
    assert (result.outcome, result.errors[0].field) == ("conflict", "ClientToken")
    monkeypatch.undo()
    assert outcomes(desk.push(KEYED)) == ["unchanged"], "the row says nothing of the title"
    assert [record["Project"]["Title"] for record in desk.records()] == ["Another's"]


def test_two_equal_pushes_at_once_make_one_opportunity(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Desk(desk.client, desk.journal.parent)
    asked = desk.unlucky.__getattr__("list_opportunities")
    results = []

    def overtaken(**request: Any) -> Any:
        answer = asked(**request)
        results.extend(other.push(KEYED))
        return answer

    monkeypatch.setattr(desk.unlucky, "list_opportunities", overtaken, raising=False)
    results += desk.push(KEYED)
    assert {result.id for result in results} == {record["Id"] for record in desk.records()} == {"O1000001"}


def test_an_update_changes_what_the_row_names_and_nothing_else(desk: Desk) -> None:
    spend = {"Amount": "10.50", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
    desk.push(KEYED | {"Project": {"Title": "Move", "ExpectedCustomerSpend": [spend], "AdditionalComments": "Old"}})
    (before,) = desk.records()
    row = {
        "PartnerOpportunityIdentifier": "CRM-1",
        "Project": {"Title": "Stay", "AdditionalComments": None},
        "LifeCycle": {"NextSteps": "Call"},
    }
    assert outcomes(desk.push(row)) == ["updated"]
    (after,) = desk.records()
    assert after["Customer"] == before["Customer"]
    kept = {name: value for name, value in before["Project"].items() if name != "AdditionalComments"}
    assert after["Project"] == kept | {"Title": "Stay"}
    assert after["LifeCycle"]["NextSteps"] == "Call"
    assert outcomes(desk.push(row)) == ["unchanged"]


def test_with_replace_what_a_row_does_not_name_is_cleared(desk: Desk) -> None:
    row = complete(**KEYED, LifeCycle={"Stage": "Prospect"}, Marketing={"Source": "None"})
    desk.push(merged(row, {"Project": {"AdditionalComments": "Old"}}))
    assert outcomes(desk.push(row, replace=True)) == ["updated"]
    assert "AdditionalComments" not in desk.records()[0]["Project"]
    assert outcomes(desk.push(row, replace=True)) == ["unchanged"]


def test_a_row_with_another_stage_of_a_draft_is_refused_and_the_push_goes_on(desk: Desk) -> None:
    desk.push(KEYED)
    results = desk.push(KEYED | {"LifeCycle": {"Stage": "Committed"}}, UNKEYED)
    assert outcomes(results) == ["refused", "created"]
    assert [(error.field, error.code) for error in results[0].errors] == [("lifeCycle.stage", "ACTION_NOT_PERMITTED")]


def test_what_the_service_writes_in_its_own_way_is_pushed_once(desk: Desk) -> None:
    row = KEYED | {"LifeCycle": {"ReviewStatus": "Submitted"}}
    desk.push(KEYED)
    assert [outcomes(desk.push(row)) for _ in range(3)] == [["updated"], ["unchanged"], ["unchanged"]]
    change(desk.client, "O1000001", **KEYED)
    assert outcomes(desk.push(row)) == ["updated"], "somebody changed it since"


def test_a_row_with_an_id_updates_that_opportunity(desk: Desk) -> None:
    created = desk.client.create_opportunity(Catalog="Sandbox", ClientToken="a", **UNKEYED)
    row = {"Id": created["Id"], "Catalog": "Sandbox", "Project": {"Title": "Stay"}}
    (result,) = desk.push(row)
    assert (result.outcome, result.id) == ("updated", created["Id"])
    assert outcomes(desk.push({"Id": "O9"})) == ["refused"]


def test_what_a_list_or_a_dump_gives_can_be_edited_and_pushed(desk: Desk) -> None:
    desk.push(UNKEYED)
    (record,) = desk.records()
    record.pop("ResponseMetadata")
    stamps = ("LastModifiedDate", "CreatedDate")
    edited = record | {name: record[name].isoformat() for name in stamps} | {"Project": {"Title": "Edited"}}
    assert outcomes(desk.push(edited)) == ["updated"]
    assert outcomes(desk.push(edited)) == ["unchanged"], "its stamp is old, but so is its content"


def test_a_stale_stamp_is_a_conflict_and_nothing_is_overwritten(desk: Desk) -> None:
    (created,) = desk.push(KEYED)
    change(desk.client, "O1000001", **KEYED, Project={"Title": "Somebody else's"})
    stale = KEYED | {"LastModifiedDate": created.last_modified_date, "Project": {"Title": "Mine"}}
    (result,) = desk.push(stale)
    assert (result.outcome, result.errors[0].field) == ("conflict", "LastModifiedDate")
    assert desk.records()[0]["Project"]["Title"] == "Somebody else's"
    fresh = stale | {"LastModifiedDate": result.last_modified_date}
    assert outcomes(desk.push(fresh)) == ["updated"]


def test_a_change_between_reading_and_writing_is_a_conflict(desk: Desk) -> None:
    desk.push(KEYED)
    desk.unlucky.next["update_opportunity"] = ["other"]
    (result,) = desk.push(KEYED | {"Project": {"Title": "Mine"}})
    assert (result.outcome, result.errors[0].code) == ("conflict", "ConflictException")
    assert desk.records()[0]["Project"]["Title"] == "Somebody else's"


@pytest.mark.parametrize("faults", [["lost"], ["500", "500", "lost"], ["down", "throttled", "500"]])
def test_an_update_whose_answer_is_lost_is_done_once(desk: Desk, faults: list[str]) -> None:
    desk.push(KEYED)
    desk.unlucky.next["update_opportunity"] = list(faults)
    row = KEYED | {"LifeCycle": {"NextSteps": "Call"}}
    assert outcomes(desk.push(row)) == ["updated"]
    (record,) = desk.records()
    assert [step["Value"] for step in record["LifeCycle"]["NextStepsHistory"]] == ["Call"]
    assert outcomes(desk.push(row)) == ["unchanged"]


def test_a_lost_answer_and_somebody_elses_change_are_a_conflict(desk: Desk) -> None:
    desk.push(KEYED)
    desk.unlucky.next["update_opportunity"] = ["500"]
    asked = desk.unlucky._client.get_opportunity
    reads = []

    class Meanwhile:
        def __getattr__(self, operation: str) -> Any:
            return getattr(desk.client, operation)

        def get_opportunity(self, **request: Any) -> Any:
            reads.append(request)
            if len(reads) == 2:
                change(desk.client, "O1000001", Project={"Title": "Somebody else's"})
            return asked(**request)

    desk.unlucky._client = Meanwhile()
    (result,) = desk.push(KEYED | {"Project": {"Title": "Mine"}})
    assert result.outcome == "conflict"
    assert "Run this push again" in result.errors[0].message


@pytest.mark.parametrize("operation", ["create_opportunity", "update_opportunity"])
def test_a_service_that_fails_again_and_again_fails_the_row_and_not_the_push(desk: Desk, operation: str) -> None:
    desk.push(KEYED)
    rows: list[dict[str, Any]] = [KEYED | {"Project": {"Title": "New"}}, UNKEYED]
    desk.unlucky.next[operation] = ["500"] * ATTEMPTS
    results = desk.push(*rows)
    assert sorted(outcomes(results)) == sorted(
        ["failed", "created" if operation == "update_opportunity" else "updated"]
    )
    failed = next(result for result in results if result.outcome == "failed")
    assert failed.errors[0].field == "service"
    assert outcomes(desk.push(*rows)).count("unchanged") == 1, "running again goes on from there"
    assert len(desk.records()) == 2


def test_throttling_without_end_fails_the_row(desk: Desk) -> None:
    desk.unlucky.next["create_opportunity"] = ["throttled"] * ATTEMPTS
    assert outcomes(desk.push(KEYED)) == ["failed"]


def test_nobody_answering_ends_the_push(desk: Desk) -> None:
    desk.unlucky.next["list_opportunities"] = ["down"] * ATTEMPTS
    with pytest.raises(EndpointConnectionError):
        desk.push(KEYED, UNKEYED)
    desk.unlucky.next["create_opportunity"] = ["lost"] * ATTEMPTS
    with pytest.raises(ConnectionClosedError):
        desk.push(UNKEYED)
    assert outcomes(desk.push(UNKEYED)) == ["created"]
    assert len(desk.records()) == 1


def test_each_thing_that_is_wrong_with_a_row_is_reported_and_the_others_go_on(desk: Desk) -> None:
    wrong = KEYED | {"LifeCycle": {"Stage": "Won", "TargetCloseDate": "soon"}}
    results = desk.push(wrong, UNKEYED)
    assert outcomes(results) == ["refused", "created"]
    assert [(error.field, error.code) for error in results[0].errors] == [
        ("LifeCycle.Stage", "INVALID_ENUM_VALUE"),
        ("LifeCycle.TargetCloseDate", "INVALID_STRING_FORMAT"),
    ]
    assert outcomes(desk.push(KEYED, UNKEYED)) == ["created", "unchanged"], "a refusal leaves nothing behind"


def test_a_row_that_names_a_state_of_nothing_is_refused(desk: Desk) -> None:
    (result,) = desk.push(KEYED | {"LastModifiedDate": "2026-01-01T00:00:00Z"})
    assert (result.outcome, result.errors[0].field) == ("refused", "LastModifiedDate")
    assert desk.records() == []


def test_a_dry_run_tells_the_same_and_writes_nothing(desk: Desk) -> None:
    assert outcomes(desk.push(KEYED, UNKEYED, judge=FINE)) == ["created", "created"]
    assert desk.records() == []
    desk.push(KEYED)
    results = desk.push(KEYED | {"Project": {"Title": "New"}}, UNKEYED, judge=FINE)
    assert outcomes(results) == ["updated", "created"]
    assert all(result.dry_run for result in results)
    assert outcomes(desk.push(KEYED, judge=FINE)) == ["unchanged"]
    assert len(desk.records()) == 1
    assert desk.records()[0]["Project"]["Title"] == "Nest cameras", "not the row's"


def test_a_service_that_was_emptied_gets_the_rows_anew_and_foreign_rows_stay(desk: Desk) -> None:
    desk.push(KEYED, UNKEYED)
    empty: Any = completing(cosell.connect(account=ACCOUNT))
    foreign = empty.create_opportunity(Catalog="Sandbox", ClientToken="a", Project={"Title": "Foreign"})
    assert foreign["Id"] == "O1000001", "the Id that the journal knows for the first row"
    elsewhere = Desk(empty, desk.journal.parent)
    assert outcomes(elsewhere.push(KEYED, UNKEYED, judge=FINE)) == ["created", "created"]
    assert outcomes(elsewhere.push(KEYED, UNKEYED)) == ["created", "created"]
    assert [record.get("Project", {}).get("Title") for record in elsewhere.records()] == [
        "Foreign",
        "Nest cameras",
        "Move",
    ]


def test_members_that_boto3_does_not_know_are_never_cleared_unasked(desk: Desk) -> None:
    def newer(response_dict: dict[str, Any], **_: Any) -> None:
        response_dict["body"] = response_dict["body"].replace(
            b'"Customer":{', b'"Outlook":{"Mood":"good"},"Empty":[],"Customer":{"Segment":"Enterprise",'
        )

    desk.push(KEYED)
    row = KEYED | {"Project": {"Title": "New"}}
    event = "before-parse.partnercentral-selling.GetOpportunity"
    desk.client.meta.events.register(event, newer)
    try:
        (result,) = desk.push(row)
        assert result.outcome == "refused"
        assert [error.field for error in result.errors] == ["Customer.Segment", "Outlook"]
        assert outcomes(desk.push(KEYED)) == ["unchanged"]
        assert outcomes(desk.push(row, replace=True)) == ["updated"]
    finally:
        desk.client.meta.events.unregister(event, newer)


def test_a_refusal_that_would_meet_every_row_ends_the_push(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def expired(**_: Any) -> Any:
        answer: Any = {"Error": {"Code": "ExpiredTokenException"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(answer, "CreateOpportunity")

    monkeypatch.setattr(desk.unlucky, "create_opportunity", expired, raising=False)
    with pytest.raises(ClientError, match="ExpiredToken"):
        desk.push(KEYED)
    monkeypatch.undo()
    desk.now_s += 30 * HOUR_S
    assert outcomes(desk.push(UNKEYED)) == ["created"]


def test_a_read_that_is_forbidden_is_the_rows_own_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.push(KEYED)

    def denied(**_: Any) -> Any:
        answer: Any = {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
        raise ClientError(answer, "GetOpportunity")

    monkeypatch.setattr(desk.unlucky, "get_opportunity", denied, raising=False)
    assert outcomes(desk.push(KEYED, {"Id": "O1000001"}, UNKEYED)) == ["refused", "refused", "created"]
