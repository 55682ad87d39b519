"""Stalled readers of every kind, with writers going on: memory, open files and the log stay bounded, and it ends.

A few seconds of it run with the suite; COSELL_TEST_SOAK_SECONDS=60 runs a whole minute, which ends as it does for
everybody: 30 seconds after the signal.
"""

import http.client
import json
import logging
import os
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from time import monotonic

import msgspec
import pytest

from cosell.store.sqlite.connection import LOG_LIMIT_BYTES
from tests.admin.conftest import ask, done
from tests.complete_opportunity import complete
from tests.conftest import COSELL, Server
from tests.serve.conftest import get
from tests.serve.stalled import STALLED

SECONDS = float(os.environ.get("COSELL_TEST_SOAK_SECONDS", "6"))
WHOLE_S = 60
SOON = "import cosell.serve.stopping as s, cosell.serve.workers as w; s.STOP_TIMEOUT_S = w.STOP_TIMEOUT_S = 1"
LAST_WORD_S = 35
"""Seconds after which a server has ended, whatever its clients do."""
OF_EACH_KIND = 3
MOST_LOOKS = 500
WRITERS = 3
SEEDED = 2_000
MOST_MEMORY_GROWS = 64 * 1024 * 1024
MOST_FILES_GROW = 32
HEADERS = {
    "X-Amz-Target": "AWSPartnerCentralSelling.CreateOpportunity",
    "Content-Type": "application/x-amz-json-1.0",
}

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="sizes are read from Linux's /proc")


class Sizes(msgspec.Struct, frozen=True):
    """What a server takes: bytes of memory, open files, bytes of its log."""

    memory: int
    files: int
    log: int


class Soak:
    """A server over `database`, with everybody who is there."""

    def __init__(self, server: Server, database: Path) -> None:
        self.server = server
        self.database = database
        self.acknowledged: list[str] = []
        self.ending = threading.Event()

    def sizes(self) -> Sizes:
        """What the server's processes take now."""
        pid = self.server.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        processes = [Path("/proc", number) for number in (str(pid), *children)]
        memory = sum(int((process / "statm").read_text().split()[1]) for process in processes)
        files = sum(len(list((process / "fd").iterdir())) for process in processes)
        return Sizes(memory * os.sysconf("SC_PAGE_SIZE"), files, self.log())

    def log(self) -> int:
        """Bytes of the write-ahead log."""
        return Path(f"{self.database}-wal").stat().st_size

    def write(self, writer: int) -> None:
        """Create opportunities until the end."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as connection:
            number = 0
            while not self.ending.is_set():
                number += 1
                body = json.dumps(complete(Catalog="Sandbox", ClientToken=f"{writer} {number}"))
                with suppress(ConnectionError, http.client.HTTPException):
                    connection.request("POST", "/", body, HEADERS)
                    response = connection.getresponse()
                    answer = json.loads(response.read())
                    if response.status == 200:
                        self.acknowledged.append(answer["Id"])

    def read_a_former_state(self) -> int:
        """Hold one as a shell of SQLite may, until the log is longer than it should be; how long it was."""
        before = len(self.acknowledged)
        with closing(sqlite3.connect(self.database, isolation_level=None)) as shell:
            shell.execute("BEGIN")
            shell.execute("SELECT count(*) FROM opportunity").fetchall()
            while self.log() <= LOG_LIMIT_BYTES or len(self.acknowledged) == before:
                self.look()
            return self.log()

    def wait_until_the_log_is_cut(self) -> None:
        """Returns once it is, without our doing."""
        for _ in range(MOST_LOOKS):
            if self.log() <= LOG_LIMIT_BYTES:
                return
            self.look()
        pytest.fail(f"the log still has {self.log()} bytes")

    def look(self) -> None:
        """See that it still answers everybody who reads."""
        assert get(self.server, "/healthz")[0] == 200
        page = self.server.client("000000000000").list_opportunities(Catalog="Sandbox", MaxResults=5)
        assert len(page["OpportunitySummaries"]) == 5
        assert done(ask(self.server, "GET", "clock"))["mode"] == "real"


@pytest.fixture(params=["1", "2"])
def soak(
    request: pytest.FixtureRequest, tmp_path: Path, serve: Callable[..., Server], serve_after: Callable[..., Server]
) -> Iterator[Soak]:
    arguments = ("--db", "pipeline.db", "--workers", request.param)
    server = serve(*arguments) if SECONDS >= WHOLE_S else serve_after(SOON, *arguments)
    done(ask(server, "POST", "seed", {"count": SEEDED}))
    soak = Soak(server, tmp_path / "pipeline.db")
    writers = [threading.Thread(target=soak.write, args=(writer,)) for writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    yield soak
    soak.ending.set()
    for writer in writers:
        writer.join()


def stalled_readers(soak: Soak, there: ExitStack) -> None:
    """Some of every kind come."""
    for come in STALLED.values():
        for _ in range(OF_EACH_KIND):
            there.enter_context(come(soak.server))


def paused_dump(soak: Soak, there: ExitStack) -> None:
    """Somebody has begun to read a dump, and does not go on."""
    command = [*COSELL, "dump", "--db", str(soak.database), "--account", "000000000000"]
    dump = there.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
    there.callback(dump.kill)
    assert dump.stdout is not None
    assert dump.stdout.readline()


def test_stalled_readers_do_no_harm_however_long_they_stay(soak: Soak) -> None:
    seen: list[Sizes] = []
    longest_log = 0
    with ExitStack() as there:
        stalled_readers(soak, there)
        paused_dump(soak, there)
        until = monotonic() + SECONDS
        while monotonic() < until or not seen:
            with ExitStack() as passing:
                stalled_readers(soak, passing)
                longest_log = max(longest_log, soak.read_a_former_state())
                soak.wait_until_the_log_is_cut()
            seen.append(soak.sizes())
        soak.server.process.terminate()
        _, log = soak.server.process.communicate(timeout=LAST_WORD_S)
    first, last = seen[0], seen[-1]
    figures = f"{len(soak.acknowledged)} created; {first} at first, {last} at last; longest log {longest_log}"
    logging.getLogger(__name__).info(figures)  # shown with --log-cli-level=info
    assert '"event": "failed"' not in log
    assert last.memory - first.memory < MOST_MEMORY_GROWS
    assert last.files - first.files < MOST_FILES_GROW
    with closing(sqlite3.connect(soak.database)) as database:
        (stored,) = database.execute("SELECT count(*) FROM opportunity").fetchone()
    assert stored >= SEEDED + len(soak.acknowledged)
