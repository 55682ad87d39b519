"""A log that a reader keeps from being cut is told of, as a figure and in the server's own log."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.conftest import Server
from tests.serve.conftest import get

LONG = 1_000_000
WATCHFUL = (
    "import cosell.store.sqlite.store as s, cosell.serve.write_ahead_log as w\n"
    f"s.LOG_LIMIT_BYTES = w.LONG_BYTES = {LONG}; w.LOOK_S = 0.05"
)


def log_bytes(server: Server) -> float:
    """The figure."""
    (line,) = (line for line in get(server, "/metrics")[1].splitlines() if line.startswith("cosell_log_bytes "))
    return float(line.split()[1])


def wait_for(server: Server, event: str) -> str:
    """The next line of the log that tells of it."""
    assert server.process.stderr is not None
    while event not in (line := server.process.stderr.readline()):
        assert line, "the server has ended"
    return line


def test_a_log_that_cannot_be_cut_is_reported_until_it_is(serve_after: Callable[..., Server], tmp_path: Path) -> None:
    server = serve_after(WATCHFUL, "--db", "pipeline.db")
    client = server.client()
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    shell = sqlite3.connect(tmp_path / "pipeline.db", isolation_level=None)
    shell.execute("BEGIN")
    shell.execute("SELECT count(*) FROM opportunity").fetchall()
    for number in range(10_000):
        if log_bytes(server) > LONG:
            break
        client.create_opportunity(Catalog="Sandbox", ClientToken=str(number))
    assert "somebody reads a former state" in wait_for(server, "the write-ahead log cannot be cut")
    shell.close()
    assert wait_for(server, "the write-ahead log is short again")
    assert log_bytes(server) <= LONG
    assert server.stop()[0] == 0


@pytest.mark.parametrize("fault", ["", "error=ConnectionDropped,operation=Create*,times=1"])
def test_another_program_that_comes_and_goes_leaves_the_log_to_the_server(
    serve: Callable[..., Server], tmp_path: Path, fault: str
) -> None:
    """Whoever closes a database last removes its log. A server whose locks are lost is not seen to be there."""
    server = serve("--db", "pipeline.db", environment={"COSELL_FAULT": fault} if fault else None)
    client = server.client()
    if fault:
        with pytest.raises(ConnectionClosedError):
            client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    first = client.create_opportunity(Catalog="Sandbox", ClientToken="first")["Id"]
    with closing(sqlite3.connect(tmp_path / "pipeline.db")) as stranger:
        assert stranger.execute("SELECT count(*) FROM opportunity").fetchone() == (1,)
    assert (tmp_path / "pipeline.db-wal").exists()
    second = client.create_opportunity(Catalog="Sandbox", ClientToken="second")["Id"]
    assert get(server, "/readyz") == (200, "ready\n")
    assert server.stop()[0] == 0
    with closing(sqlite3.connect(tmp_path / "pipeline.db")) as stranger:
        assert stranger.execute("SELECT count(*) FROM opportunity").fetchone() == (2,)
    assert first != second
