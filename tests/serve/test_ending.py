"""SIGTERM ends a server whatever its clients do, a second one at once, and nothing acknowledged is lost by it."""

import json
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cosell.store.sqlite.counters import EVENT_POSITION
from cosell.sync.targets.open import open_target
from tests.admin.conftest import ask, done
from tests.complete_opportunity import complete
from tests.conftest import Server
from tests.console import test_mirror
from tests.console.test_mirror import Shown
from tests.serve.conftest import wait_until_nobody_listens
from tests.serve.stalled import DRIPS, MANY, STALLED, operation, page, said_and_never_read, wait_until_stuck
from tests.serve.test_log import FEW_WAIT, asked_until_lines_are_dropped

SOON = "import cosell.serve.stopping as s; s.STOP_TIMEOUT_S = 1"
BROKEN_OFF = 1
CREATE = operation("CreateOpportunity", json.dumps(complete(Catalog="Sandbox", ClientToken="waits")).encode())
SEED = (
    b"POST /_cosell/seed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n"
    b'{"count": 100000}'
)


def with_plenty_to_read(server: Server, database: Path) -> None:
    """Let there be opportunities, and more events than any buffer takes."""
    done(ask(server, "POST", "seed", {"count": 100}))
    server.client("000000000000").create_opportunity(Catalog="Sandbox", ClientToken="announced")
    columns = "account, catalog, subject, detail_type, event_id, time, event"
    with sqlite3.connect(database) as connection:
        for _ in range(15):
            connection.execute(f"INSERT INTO outbox ({columns}) SELECT {columns} FROM outbox")
        connection.execute(
            "UPDATE counter SET value = (SELECT max(position) FROM outbox) WHERE counter_id = ?", (EVENT_POSITION,)
        )
    connection.close()


@pytest.mark.parametrize("kind", STALLED)
def test_a_client_that_stalls_does_not_keep_the_server_from_its_end(
    serve_after: Callable[..., Server], tmp_path: Path, kind: str
) -> None:
    server = serve_after(SOON, "--db", "pipeline.db")
    with_plenty_to_read(server, tmp_path / "pipeline.db")
    with STALLED[kind](server) as connection, STALLED[kind](server):
        if kind != DRIPS:
            wait_until_stuck(server, connection)
        code, log = server.stop()
    assert code == BROKEN_OFF
    assert '"event": "broke off"' in log


@pytest.fixture
def hung_receiver() -> Iterator[socket.socket]:
    """Somebody who accepts connections and never answers."""
    listening = socket.create_server(("127.0.0.1", 0))
    yield listening
    listening.close()


def test_a_webhook_that_hangs_does_not_keep_the_server_from_its_end(
    serve: Callable[..., Server], hung_receiver: socket.socket
) -> None:
    address = f"http://127.0.0.1:{hung_receiver.getsockname()[1]}/"
    secret = {"COSELL_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    server = serve("--db", "pipeline.db", "--sink", address, environment=secret)
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="announced")
    connection, _ = hung_receiver.accept()
    with connection:
        assert server.stop()[0] == 0


def test_a_lock_that_another_program_holds_does_not_keep_the_server_from_its_end(
    serve_after: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve_after(SOON, "--db", "pipeline.db")
    lock = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with said_and_never_read(CREATE, 3)(server):
        done(ask(server, "GET", "clock"))
        assert server.stop()[0] == BROKEN_OFF
    lock.close()
    again = serve_after("", "--db", "pipeline.db").client("000000000000")
    assert again.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


def test_a_bulk_action_that_is_interrupted_has_done_nothing(serve_after: Callable[..., Server]) -> None:
    server = serve_after(SOON, "--db", "pipeline.db")
    with said_and_never_read(SEED, 1)(server):
        done(ask(server, "GET", "clock"))
        assert server.stop()[0] == BROKEN_OFF
    again = serve_after("", "--db", "pipeline.db").client("000000000000")
    assert again.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(
    serve: Callable[..., Server], tmp_path: Path, workers: str, number: signal.Signals
) -> None:
    server = serve("--db", "pipeline.db", "--workers", workers)
    with_plenty_to_read(server, tmp_path / "pipeline.db")
    stalled = STALLED["answers that are not read"]
    with stalled(server) as connection:
        wait_until_stuck(server, connection)
        server.process.terminate()
        wait_until_nobody_listens(server)
        server.process.send_signal(number)
        server.process.communicate(timeout=30)
    assert server.process.returncode == BROKEN_OFF


def test_a_worker_that_does_not_end_is_killed(serve_after: Callable[..., Server], tmp_path: Path) -> None:
    impatient = "import cosell.serve.workers as w; w.STOP_TIMEOUT_S = 0; w.KILL_DELAY_S = 0.5"
    server = serve_after(impatient, "--db", "pipeline.db", "--workers", "2")
    with_plenty_to_read(server, tmp_path / "pipeline.db")
    stalled = STALLED["answers that are not read"]
    with stalled(server) as connection:
        wait_until_stuck(server, connection)
        assert server.stop()[0] == BROKEN_OFF


def test_it_ends_although_nobody_reads_its_log(serve_after: Callable[..., Server]) -> None:
    server = serve_after(FEW_WAIT)
    asked_until_lines_are_dropped(server)
    server.process.terminate()
    assert server.process.wait(timeout=30) == 0
    server.process.communicate()


def test_a_console_over_a_mirror_ends_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = f"{SOON}\nfrom cosell.cli.main import main; main()"
    monkeypatch.setattr(test_mirror, "COSELL", [sys.executable, "-c", program])
    open_target(str(tmp_path / "mirror.db")).close()
    shown = Shown(str(tmp_path / "mirror.db"), tmp_path)
    server: Any = shown  # it has a port, too
    with said_and_never_read(page("/console/opportunities"), MANY)(server) as connection:
        wait_until_stuck(server, connection)
        assert shown.stop() == BROKEN_OFF


def test_nothing_acknowledged_is_lost_by_it(serve_after: Callable[..., Server], tmp_path: Path) -> None:
    server = serve_after(SOON, "--db", "pipeline.db")
    with_plenty_to_read(server, tmp_path / "pipeline.db")
    acknowledged: list[str] = []
    enough = threading.Event()

    def create(writer: int) -> None:
        client = server.client("000000000000")
        with suppress(Exception):  # until the server is gone
            for number in range(10_000):
                token = f"{writer} {number}"
                acknowledged.append(client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"])
                if len(acknowledged) > 20:
                    enough.set()

    writers = [threading.Thread(target=create, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    with STALLED["answers that are not read"](server) as connection:
        wait_until_stuck(server, connection)
        server.stop()
    for writer in writers:
        writer.join(60)
    with sqlite3.connect(tmp_path / "pipeline.db") as database:
        rows = database.execute("SELECT record FROM opportunity_record").fetchall()
    database.close()
    stored = {json.loads(record)["Id"] for (record,) in rows}
    assert set(acknowledged) <= stored
