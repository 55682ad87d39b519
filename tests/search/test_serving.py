"""A search over a port keeps nobody waiting, waits no longer than others do, and leaves no trace of what was asked."""

import http.client
import json
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from cosell.serve.reading_threads import SEARCHES_AT_ONCE as AT_ONCE
from tests.admin.conftest import ask, done
from tests.clients.wire import raw
from tests.conftest import Server
from tests.search.test_illegal_trees import leaf

HELD = """
import pathlib, time
import cosell.store.patience as patience
import cosell.store.search as search
patience.LOCK_TIMEOUT_S = 5
judge = search.is_answer
def is_answer(*question):
    pathlib.Path("begun").touch()
    while not pathlib.Path("go on").exists():
        time.sleep(0.01)
    return judge(*question)
search.is_answer = is_answer
"""
"""A search does not go on before somebody says so."""
MARK = "zqxj"
"""A text that no log writes by itself."""


@pytest.mark.parametrize("path_style", [False, True], ids=["named by its target", "named by the path"])
@pytest.mark.parametrize("database", ["deals.db", ":memory:"])
def test_a_long_search_keeps_nobody_waiting(
    serve_after: Callable[..., Server], tmp_path: Path, database: str, path_style: bool
) -> None:
    server = serve_after(HELD, "--db", database)
    client = server.client()
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    with ThreadPoolExecutor() as threads:
        searching = threads.submit(raw, server, "SearchOpportunities", {"Catalog": "Sandbox"}, path_style=path_style)
        while not (tmp_path / "begun").exists():
            assert not searching.done()
        assert _is_alive(server)
        if database != ":memory:":  # which has one connection for all
            client.create_opportunity(Catalog="Sandbox", ClientToken="second")
            assert len(client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 2
        assert not searching.done()
        (tmp_path / "go on").touch()
        response, found = searching.result()
    assert response.status == 200
    assert len(found["OpportunitySearchSummaries"]) == 1


def _is_alive(server: Server) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    finally:
        connection.close()


def test_who_waits_for_other_searches_is_told_by_the_deadline(
    serve_after: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve_after(HELD, "--db", "deals.db")
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="first")
    with ThreadPoolExecutor() as threads:
        searching = [threads.submit(_search, server) for _ in range(AT_ONCE + 1)]
        (late,) = wait(searching, timeout=30, return_when=FIRST_COMPLETED).done
        assert late.result() == (503, "ServiceUnavailableException")
        (tmp_path / "go on").touch()
        assert sorted(search.result()[0] for search in searching) == [200, 200, 503]


def _search(server: Server) -> tuple[int, str]:
    response, body = raw(server, "SearchOpportunities", {"Catalog": "Sandbox"})
    return response.status, str(body.get("__type", "")).rpartition("#")[2]


def test_neither_the_log_nor_the_recent_requests_tell_what_was_asked(serve: Callable[..., Server]) -> None:
    server = serve("--log-level", "debug")
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="first")
    secrets: list[dict[str, Any]] = [
        {"Keyword": MARK, "Filter": leaf("EqualsTo", "NextStep", StringValue=MARK)},
        {"Filter": {"NotFilter": leaf("ContainsAny", "Tags", StringListValue=[MARK, f"2{MARK}"])}},
        {"Keyword": MARK, "Filter": leaf("LessThan", "Tags", StringValue=MARK)},
        {"Keyword": MARK * 200, "Filter": {"New": MARK, "EqualsTo": {"Key": "Stage", "Value": {"New": MARK}}}},
        {"Keyword": [MARK], "Filter": {"AndAllFilters": MARK}, "NextToken": MARK},
        {"Keyword": MARK, "NextToken": "no token"},
    ]
    statuses = [raw(server, "SearchOpportunities", {"Catalog": "Sandbox"} | secret)[0].status for secret in secrets]
    assert statuses == [200, 200, 400, 400, 400, 400]
    ask(server, "POST", "faults", {"error": "InternalServerException", "operation": "SearchOpportunities"})
    assert raw(server, "SearchOpportunities", {"Catalog": "Sandbox"} | secrets[0])[0].status == 500
    told = done(ask(server, "GET", "requests"))["requests"]
    assert [call["operation"] for call in told].count("SearchOpportunities") == len(secrets) + 1
    for call in told:
        call["request"].pop("NextToken", None)  # which a client makes up in vain, and the model marks as nothing
    assert MARK not in json.dumps(told)
    assert told[-2]["request"]["Filter"] == {"EqualsTo": {"Key": "NextStep", "Value": {"StringValue": "***"}}}
    _, log = server.stop()
    assert "SearchOpportunities" in log
    assert MARK not in log
