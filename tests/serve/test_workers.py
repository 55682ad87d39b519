"""Several workers on one port."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Server
from tests.serve.conftest import get, wait_until_nobody_listens
from tests.serve.test_metrics import figures

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling.type_defs import ListOpportunitiesRequestTypeDef

CALLS = 20

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are found through Linux's /proc")


def workers_of(server: Server) -> set[int]:
    pid = server.process.pid
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def test_any_worker_answers_and_shows_the_figures_of_all(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    assert len(workers_of(server)) == 2
    created = server.client().create_opportunity(Catalog="Sandbox", ClientToken="first")
    for _ in range(CALLS):  # each client has a connection of its own, so it meets either worker
        page = server.client().list_opportunities(Catalog="Sandbox")
        assert [summary["Id"] for summary in page["OpportunitySummaries"]] == [created["Id"]]
    for _ in range(5):
        assert figures(server)["cosell_requests_total", "ListOpportunities", "ok"] == CALLS
    code, _ = server.stop()
    assert code == 0


def test_a_page_token_of_one_worker_is_good_for_the_other(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    for number in range(8):
        server.client().create_opportunity(Catalog="Sandbox", ClientToken=f"number-{number}")
    question: ListOpportunitiesRequestTypeDef = {"Catalog": "Sandbox", "MaxResults": 1}
    seen = []
    for _ in range(8):
        page = server.client().list_opportunities(**question)
        seen += [summary["Id"] for summary in page["OpportunitySummaries"]]
        question["NextToken"] = page.get("NextToken", "")
    assert len(set(seen)) == 8
    assert not question["NextToken"]


def test_a_worker_that_dies_is_replaced_and_its_figures_stay(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    for _ in range(CALLS):
        server.client().list_opportunities(Catalog="Sandbox")
    before = workers_of(server)
    os.kill(min(before), signal.SIGKILL)
    while len(workers_of(server)) != 2 or workers_of(server) == before:
        time.sleep(0.05)
    assert get(server, "/readyz")[0] == 200
    assert figures(server)["cosell_requests_total", "ListOpportunities", "ok"] == CALLS
    code, log = server.stop()
    assert code == 0
    assert '"event": "worker died"' in log


def test_workers_end_with_their_supervisor_however_it_ends(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    server.kill()
    wait_until_nobody_listens(server)
