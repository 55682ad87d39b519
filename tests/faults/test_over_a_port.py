"""Clients of a server meet what was asked for by the admin API, the command line or an option, in every worker."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from tests.admin.conftest import ask, done
from tests.clients.wire import raw
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, Finished, Server
from tests.console.conftest import Site

CALLS = 30
MISTAKES = [
    ("error=Nonsense", "Nonsense is not an error that can be asked for; known are AccessDenied"),
    ("often", "'often' is not a fault"),
    ("error=ThrottlingException,times=many", "'error=ThrottlingException,times=many' is not a fault"),
    ("error=ThrottlingException,operation=Sell", "there is no operation Sell"),
]


def patient(server: Server) -> Any:
    """An unmodified client that tries again."""
    return completing(
        boto3.session.Session().client(
            "partnercentral-selling",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 4}),
        )
    )


def add(server: Server, **members: Any) -> int:
    number: int = done(ask(server, "POST", "faults", members))["fault"]
    return number


def recent(server: Server) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = done(ask(server, "GET", "requests?limit=100"))["requests"]
    return calls


def outcome(server: Server) -> str:
    """How a call on a new connection ends, which any worker may answer."""
    _, answer = raw(server, "ListOpportunities", {"Catalog": "Sandbox"})
    return str(answer.get("__type", "#ok").partition("#")[2])


def test_throttling_is_borne_by_a_client_that_tries_again(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    add(server, error="ThrottlingException", operation="List*", times=2)
    page = patient(server).list_opportunities(Catalog="Sandbox")
    assert page["ResponseMetadata"]["RetryAttempts"] == 2
    assert [(call["status"], call.get("faults")) for call in recent(server)] == [
        (200, None),
        (400, ["1: ThrottlingException"]),
        (400, ["1: ThrottlingException"]),
    ]
    assert done(ask(server, "GET", "faults"))["faults"] == [
        {"fault": 1, "error": "ThrottlingException", "operation": "List*", "times": 2, "met": 2, "fired": 2}
    ]
    log = [json.loads(line) for line in server.stop()[1].splitlines()]
    assert [line["faults"] for line in log if line["event"] == "refused"] == [["1: ThrottlingException"]] * 2


def test_an_option_names_a_reason_and_a_message_with_commas(serve: Callable[..., Server]) -> None:
    denied = "error=AccessDeniedException,reason=INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"
    server = serve("--db", ":memory:", "--fault", f"{denied},message=Enrol first, then ask, please.")
    _, answer = raw(server, "ListOpportunities", {"Catalog": "Sandbox"})
    assert answer["Message"] == answer["message"] == "Enrol first, then ask, please."
    assert answer["Reason"] == "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE"


def test_a_lost_answer_makes_one_opportunity(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:", "--fault", "error=ConnectionDropped,when=after,operation=Create*,times=1")
    add(server, error="InternalServerException", when="after", operation="Create*", times=1)
    created = patient(server).create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert created["ResponseMetadata"]["RetryAttempts"] == 2
    page = server.client().list_opportunities(Catalog="Sandbox")
    assert [one["Id"] for one in page["OpportunitySummaries"]] == [created["Id"]]
    _, _, lost, dropped = recent(server)
    assert (lost["status"], lost["error"]) == (500, "InternalServerException")
    assert (dropped["status"], dropped["error"], dropped["response_bytes"]) == (0, "ConnectionDropped", 0)


def test_a_connection_that_is_dropped_before_the_operation_leaves_nothing(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:", environment={"COSELL_FAULT": "error=ConnectionDropped,operation=Create*"})
    client = server.client()
    client.list_opportunities(Catalog="Sandbox")  # another connection stays as it is
    with pytest.raises(ConnectionClosedError):
        server.client().create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


def test_others_are_answered_while_a_call_is_delayed_and_a_server_that_stops_waits_no_longer(
    serve: Callable[..., Server],
) -> None:
    server = serve("--db", ":memory:")
    add(server, delay="10m", operation="*Opportunities", times=1)
    add(server, delay="10m", operation="CreateOpportunity", times=1)
    late: list[Any] = []
    reading = threading.Thread(target=lambda: late.append(server.client().list_opportunities(Catalog="Sandbox")))
    writing = threading.Thread(
        target=lambda: late.append(server.client().create_opportunity(Catalog="Sandbox", ClientToken="late"))
    )
    reading.start()
    writing.start()
    while [fault["fired"] for fault in done(ask(server, "GET", "faults"))["faults"]] != [1, 1]:
        pass
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="meanwhile")
    assert len(server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 2
    assert late == []
    assert server.stop()[0] == 0
    reading.join()
    writing.join()
    assert len(late) == 2


def test_all_workers_count_together(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db", "--fault", "error=AccessDeniedException,times=7")
    add(server, error="ThrottlingException", times=8)
    outcomes = [outcome(server) for _ in range(CALLS)]
    assert outcomes == ["AccessDeniedException"] * 7 + ["ThrottlingException"] * 8 + ["ok"] * (CALLS - 15)
    assert len({call["worker"] for call in recent(server) if "faults" in call}) == 2
    assert done(ask(server, "DELETE", "faults")) == {"cleared": 2}
    add(server, error="ThrottlingException")
    assert Counter(outcome(server) for _ in range(CALLS)) == {"ThrottlingException": CALLS}


def test_the_same_seed_chooses_alike_however_many_workers_there_are(serve: Callable[..., Server]) -> None:
    fault = ("--fault", "error=ThrottlingException,probability=0.5,seed=3")
    alone, together = serve("--db", "one.db", *fault), serve("--db", "two.db", "--workers", "2", *fault)
    outcomes = [outcome(alone) for _ in range(CALLS)]
    assert Counter(outcomes).keys() == {"ok", "ThrottlingException"}
    assert [outcome(together) for _ in range(CALLS)] == outcomes


def test_faults_are_steered_from_the_command_line(serve: Callable[..., Server], run: Callable[..., Finished]) -> None:
    server = serve("--db", ":memory:")
    url = ("--url", server.url)
    added = run("faults", "add", "error=ThrottlingException,probability=0.5,operation=List*", "delay=20ms", *url)
    assert added.out == "fault 1: ThrottlingException\nfault 2: delay 20ms\n"
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="1")
    assert run("faults", "list", *url).out == (
        "1  error=ThrottlingException,operation=List*,probability=0.5  met 0, fired 0\n2  delay=20ms  met 1, fired 1\n"
    )
    assert run("faults", "clear", *url).out == "2 faults cleared\n"
    assert run("faults", "list", *url).out == ""


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_mistakes_are_reported_before_anything_happens(run: Callable[..., Finished], text: str, told: str) -> None:
    for command in (("serve", "--port", "0", "--fault"), ("faults", "add", "--url", "http://127.0.0.1:9")):
        refused = run(*command, text)
        assert refused.code == 2
        assert told in refused.err
        assert refused.err.count("\n") == 1


def test_a_wrong_fault_is_refused_by_the_admin_api(serve: Callable[..., Server]) -> None:
    server = serve("--db", ":memory:")
    for wrong in ({}, {"error": "Nonsense"}, {"error": "ThrottlingException", "probability": 2}):
        status, told = ask(server, "POST", "faults", wrong)
        assert status == 400
        assert told["error"]
    assert ask(server, "DELETE", "faults", headers={"Origin": "http://attacker.example"})[0] == 403
    assert ask(server, "PUT", "faults", {})[0] == 405
    assert outcome(server) == "ok"


def test_pages_and_calls_that_are_sent_again_by_hand_meet_no_faults(serve: Callable[..., Server]) -> None:
    site = Site(serve("--db", ":memory:", "--fault", "error=ConnectionDropped"), {})
    with pytest.raises(ConnectionClosedError):
        site.server.client().list_opportunities(Catalog="Sandbox")
    assert site.request("GET", site.address("/console/opportunities"))[0] == 200
    (call,) = recent(site.server)
    assert done(ask(site.server, "POST", "requests/replay", {"id": call["id"]}))["status"] == 200
    listed = site.page("/console/wire", ("status", "refused"))
    assert "fault 1: ConnectionDropped" in listed.text
    assert "fault 1: ConnectionDropped" in site.page(f"/console/wire/{call['id']}").text
