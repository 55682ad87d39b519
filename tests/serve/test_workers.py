"""Several workers on one port."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.admin.conftest import ask, done
from tests.conftest import Finished, Server
from tests.serve.conftest import get, wait_until_nobody_listens
from tests.serve.test_metrics import figures

if TYPE_CHECKING:
    from mypy_boto3_partnercentral_selling.type_defs import ListOpportunitiesRequestTypeDef

CALLS = 20
LOOKS = 5

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are found through Linux's /proc")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files, whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


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


def until_it_answers(server: Server, path: str) -> Any:
    """What a worker tells that is not stuck: the kernel may give a connection to the one that is."""
    while True:
        try:
            return done(ask(server, "GET", path, timeout=3))
        except TimeoutError:
            continue


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
    (died,) = (line for line in map(json.loads, log.splitlines()) if line["event"] == "worker died")
    assert died["level"] == "warning"


def test_any_worker_shows_the_last_calls_of_all(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    for number in range(CALLS):
        server.client().create_opportunity(Catalog="Sandbox", ClientToken=f"number-{number}")
    for _ in range(LOOKS):  # each asks either worker
        calls = done(ask(server, "GET", "requests?limit=100"))["requests"]
        assert [call["request"]["ClientToken"] for call in calls] == [f"number-{n}" for n in reversed(range(CALLS))]
        assert {call["worker"] for call in calls} == workers_of(server)
    for call in calls[:LOOKS]:
        for _ in range(LOOKS):
            assert done(ask(server, "GET", f"requests/one?id={call['id']}"))["request"] == call["request"]
    again = [done(ask(server, "POST", "requests/replay", {"id": calls[0]["id"]}))["id"] for _ in range(LOOKS)]
    for identifier in again:
        assert done(ask(server, "POST", "requests/unmask", {"id": identifier}))["response"] == calls[0]["response"]
    died = calls[0]["worker"]
    os.kill(died, signal.SIGKILL)
    while died in workers_of(server) or len(workers_of(server)) != 2:
        time.sleep(0.05)
    left = done(ask(server, "GET", "requests?limit=100"))["requests"]
    assert left == [call for call in left if call["worker"] != died] != []
    assert ask(server, "GET", f"requests/one?id={calls[0]['id']}")[0] == 404
    assert "does not answer" not in server.stop()[1]


def test_what_clients_send_lies_where_no_other_user_can_read_it_and_not_on_disk(
    serve: Callable[..., Server], temporary: Path
) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db", environment={"TMPDIR": str(temporary)})
    server.client().create_opportunity(
        Catalog="Sandbox", ClientToken="1", Customer={"Account": {"CompanyName": "Secret Sauce"}}
    )
    (folder,) = temporary.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.is_socket() or b"Secret" not in path.read_bytes()
    server.stop()
    assert list(temporary.iterdir()) == []


def test_a_worker_that_is_stuck_does_not_keep_others_from_telling(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    for _ in range(CALLS):
        server.client().list_opportunities(Catalog="Sandbox")
    stuck = min(workers_of(server))
    os.kill(stuck, signal.SIGSTOP)
    try:
        told = until_it_answers(server, "requests?limit=100")
        assert {call["worker"] for call in told["requests"]} == workers_of(server) - {stuck}
    finally:
        os.kill(stuck, signal.SIGCONT)
    assert '"event": "a worker does not answer"' in server.stop()[1]


def test_a_folder_whose_path_is_too_long_for_sockets_is_refused(run: Callable[..., Finished], tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    refused = run("serve", "--port", "0", "--workers", "2", environment={"TMPDIR": str(folder)})
    assert refused.code == 2
    assert "name a shorter folder in TMPDIR" in refused.err


def test_workers_end_with_their_supervisor_however_it_ends(serve: Callable[..., Server]) -> None:
    server = serve("--workers", "2", "--db", "pipeline.db")
    server.kill()
    wait_until_nobody_listens(server)


def test_what_a_killed_server_has_left_goes_when_another_starts_and_nothing_else(
    serve: Callable[..., Server], temporary: Path
) -> None:
    def started() -> tuple[Server, Path]:
        known = set(temporary.iterdir())
        server = serve("--workers", "2", "--db", "pipeline.db", environment={"TMPDIR": str(temporary)})
        (folder,) = set(temporary.iterdir()) - known
        return server, folder

    killed, left = started()
    living, kept = started()
    killed.kill()
    elsewhere = temporary / "elsewhere"
    strange = [temporary / "cosell-of-somebody", temporary / "cosell-link", elsewhere]
    strange[0].mkdir()
    elsewhere.mkdir()
    Path(elsewhere, "locked").touch()
    strange[1].symlink_to(elsewhere)
    assert left.exists()
    latest, newest = started()
    assert set(temporary.iterdir()) == {kept, newest, *strange}
    assert list(elsewhere.iterdir())
    for server in (living, latest):
        assert get(server, "/metrics")[0] == 200
        assert done(ask(server, "GET", "requests")) == {"requests": []}
        assert server.stop()[0] == 0
    assert set(temporary.iterdir()) == set(strange)
