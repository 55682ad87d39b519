"""What was just created is not found for up to five seconds, as connectors met it in AWS in April and May 2026.

Nothing is missed by that: what was invisible is stamped when it appears.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cosell
from tests.complete_opportunity import merged, written
from tests.conftest import ACCOUNT, Server
from tests.operations.whole_opportunity import WHOLE
from tests.store.caller import HandClock
from tests.stories.cast import told

LONGEST_MS = 5000
SOLUTION: Any = {"RelatedEntityType": "Solutions", "RelatedEntityIdentifier": "S-1234567"}
CO_SELL: Any = {"InvolvementType": "Co-Sell"}


def connected(clock: HandClock, file: str | Path = ":memory:", **settings: Any) -> Any:
    options: Any = {"appearance_delay": "5s"} | settings
    return cosell.connect(str(file), account=ACCOUNT, clock=clock, **options)


def created(client: Any, token: str = "heron", **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.create_opportunity(Catalog="Sandbox", ClientToken=token, **merged(WHOLE, members))
    del answer["ResponseMetadata"]
    return answer


def got(client: Any, deal: str) -> dict[str, Any] | None:
    """The opportunity, or None while it is not found."""
    try:
        return dict(client.get_opportunity(Catalog="Sandbox", Identifier=deal))
    except client.exceptions.ResourceNotFoundException:
        return None


def listed(client: Any, **asked: Any) -> list[dict[str, Any]]:
    sort = {"SortBy": "LastModifiedDate", "SortOrder": "ASCENDING"}
    pages = client.get_paginator("list_opportunities").paginate(Catalog="Sandbox", Sort=sort, MaxResults=3, **asked)
    return [summary for page in pages for summary in page["OpportunitySummaries"]]


def solutions(client: Any, deal: str) -> list[str]:
    record = got(client, deal)
    assert record is not None
    return list(record["RelatedEntityIdentifiers"]["Solutions"])


def test_the_connector_that_reads_what_it_has_just_created(clock: HandClock) -> None:
    """April 2026: create, read, "not found", and a user who is told that nothing was created."""
    client = connected(clock)
    deal = created(client)["Id"]
    assert got(client, deal) is None
    with pytest.raises(client.exceptions.ResourceNotFoundException, match=f"{deal} does not exist"):
        client.associate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **SOLUTION)
    assert listed(client) == []

    # Who polls finds it after five seconds at the latest.
    polls = 0
    while got(client, deal) is None:
        clock.now_ms += 100
        polls += 1
    assert 0 < polls <= LONGEST_MS / 100
    client.associate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **SOLUTION)


def test_the_connector_that_submits_right_after_associating(clock: HandClock) -> None:
    """May 2026: the association had succeeded, and the submission found no solution yet."""
    client = connected(clock)
    deal = created(client, Project={"OtherSolutionDescription": ""})["Id"]
    clock.now_ms += LONGEST_MS
    client.associate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **SOLUTION)
    assert solutions(client, deal) == []
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.submit_opportunity(Catalog="Sandbox", Identifier=deal, **CO_SELL)
    assert ("relatedEntityIdentifiers.solutions", "REQUIRED_FIELD_MISSING") in told(refused)
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="not associated"):
        client.disassociate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **SOLUTION)

    # Whoever associates once more is told that all is well, and it appears once.
    client.associate_opportunity(Catalog="Sandbox", OpportunityIdentifier=deal, **SOLUTION)
    before = clock.now_ms
    clock.now_ms += LONGEST_MS
    assert solutions(client, deal) == ["S-1234567"]
    record = got(client, deal)
    assert record is not None
    assert before < record["LastModifiedDate"].timestamp() * 1000 <= before + LONGEST_MS
    client.submit_opportunity(Catalog="Sandbox", Identifier=deal, **CO_SELL)


def test_what_is_about_to_be_associated_counts_for_the_limit(clock: HandClock) -> None:
    client = connected(clock)
    deal = created(client)["Id"]
    clock.now_ms += LONGEST_MS
    offer: Any = {"RelatedEntityType": "AwsMarketplaceOffers"}
    associate = {"Catalog": "Sandbox", "OpportunityIdentifier": deal, **offer}
    client.associate_opportunity(**associate, RelatedEntityIdentifier="offer-one")
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.associate_opportunity(**associate, RelatedEntityIdentifier="offer-two")
    assert told(refused) == [("relatedEntityIdentifier", "TOO_MANY_VALUES")]


def test_no_operation_finds_what_has_not_appeared(clock: HandClock) -> None:
    client = connected(clock)
    answer = created(client)
    deal = answer["Id"]
    arn = f"arn:aws:partnercentral:us-east-1:{ACCOUNT}:catalog/Sandbox/opportunity/{deal}"
    here: Any = {"Catalog": "Sandbox", "Identifier": deal}
    person = {"Email": "ana@heron.example.com", "FirstName": "Ana", "LastName": "Silva", "BusinessTitle": "Owner"}
    asked = [
        ("update_opportunity", {**here, "LastModifiedDate": answer["LastModifiedDate"], **WHOLE}),
        ("submit_opportunity", {**here, **CO_SELL}),
        ("assign_opportunity", {**here, "Assignee": person}),
        ("get_aws_opportunity_summary", {"Catalog": "Sandbox", "RelatedOpportunityIdentifier": deal}),
        ("start_engagement_from_opportunity_task", {**here, "AwsSubmission": CO_SELL}),
        ("list_tags_for_resource", {"ResourceArn": arn}),
    ]
    for operation, members in asked:
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            getattr(client, operation)(**members)


def test_a_creation_sent_again_is_answered_as_before(clock: HandClock) -> None:
    """April 2026: the connector created again what it did not find, with the same token and with another one."""
    client = connected(clock)
    first = created(client)
    assert created(client) == first
    other = created(client, "another")
    clock.now_ms += LONGEST_MS
    assert created(client) == first
    assert {summary["Id"] for summary in listed(client)} == {first["Id"], other["Id"]}


def test_what_appears_is_stamped_then_and_created_when_it_was(clock: HandClock) -> None:
    client = connected(clock)
    answer = created(client)
    clock.now_ms += LONGEST_MS
    record = got(client, answer["Id"])
    assert record is not None
    assert record["CreatedDate"] == answer["LastModifiedDate"]
    assert record["LastModifiedDate"] > answer["LastModifiedDate"]

    # So the stamp of the creation is not the latest: read before you write.
    update = {"Catalog": "Sandbox", "Identifier": answer["Id"], **written(record)}
    with pytest.raises(client.exceptions.ConflictException):
        client.update_opportunity(**update, LastModifiedDate=answer["LastModifiedDate"])
    client.update_opportunity(**update, LastModifiedDate=record["LastModifiedDate"])


def test_every_run_takes_the_same_time(clock: HandClock) -> None:
    runs = []
    for _ in range(2):
        client, now = connected(clock), clock.now_ms
        deals = [created(client, str(number))["Id"] for number in range(20)]
        clock.now_ms += LONGEST_MS
        runs.append([round(got(client, deal)["LastModifiedDate"].timestamp() * 1000) - now for deal in deals])  # type: ignore[index]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 10
    assert all(0 < delay <= LONGEST_MS for delay in runs[0])


def test_it_appears_although_the_setting_is_off_by_then(clock: HandClock, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.db"
    deal = created(connected(clock, file))["Id"]
    client = connected(clock, file, appearance_delay="0s")
    assert got(client, deal) is None
    assert got(client, created(client, "at once")["Id"]) is not None
    clock.now_ms += LONGEST_MS
    assert got(client, deal) is not None


def test_what_was_loaded_meanwhile_stays(clock: HandClock, tmp_path: Path, run: Callable[..., Any]) -> None:
    deal = created(connected(clock, tmp_path / "other.db", appearance_delay="0s"))["Id"]
    dumped = run("dump", "--db", "other.db", "--account", ACCOUNT)
    (tmp_path / "dump.jsonl").write_text(dumped.out)
    client = connected(clock, tmp_path / "pipeline.db")
    assert created(client, Project={"Title": "Another title"})["Id"] == deal
    assert run("load", "dump.jsonl", "--db", "pipeline.db", "--account", ACCOUNT).code == 0
    clock.now_ms += LONGEST_MS
    record = got(client, deal)
    assert record is not None
    assert record["Project"]["Title"] == WHOLE["Project"]["Title"]


def test_a_reset_takes_what_has_not_appeared_too(clock: HandClock, tmp_path: Path, run: Callable[..., Any]) -> None:
    client = connected(clock, tmp_path / "pipeline.db")
    deal = created(client)["Id"]
    assert run("reset", "--yes", "--db", "pipeline.db", "--account", ACCOUNT).code == 0
    clock.now_ms += LONGEST_MS
    assert got(client, deal) is None


def test_workers_show_it_when_it_is_due_and_after_a_restart(
    serve: Callable[..., Server], run: Callable[..., Any]
) -> None:
    settings = ("--db", "pipeline.db", "--workers", "2", "--appearance-delay", "5s")
    server = serve(*settings, "--clock", "frozen:2026-05-04T09:00:00Z")
    answer = server.client().create_opportunity(Catalog="Sandbox", ClientToken="heron")
    assert got(server.client(), answer["Id"]) is None
    server.kill()

    server = serve(*settings)
    clients = [server.client() for _ in range(8)]  # connections, so that both workers are asked
    assert [got(client, answer["Id"]) for client in clients] == [None] * 8
    assert run("clock", "step", "5s", "--url", server.url).code == 0
    stamps = {got(client, answer["Id"])["LastModifiedDate"] for client in clients}  # type: ignore[index]
    assert len(stamps) == 1
    assert stamps.pop() > answer["LastModifiedDate"]


def test_a_server_needs_nobody_to_move_its_clock(serve: Callable[..., Server]) -> None:
    client = serve("--appearance-delay", "1ms").client()
    answer = client.create_opportunity(Catalog="Sandbox", ClientToken="heron")
    while got(client, answer["Id"]) is None:
        pass
    assert [summary["Id"] for summary in listed(client)] == [answer["Id"]]
