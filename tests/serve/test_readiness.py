"""`GET /readyz` tells whether the database can be written, at once, whatever else is under way."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from cosell.engine import Engine
from cosell.serve import readiness
from cosell.serve.readiness import Readiness, Verdict
from cosell.store import patience
from cosell.store.interface import StoreUnavailable
from cosell.store.postgres import write_check as postgres_write_check
from cosell.store.sqlite import write_check
from tests.conftest import Server
from tests.event_loop import run_apart
from tests.misfortunes.conftest import until_ready, until_unready
from tests.serve.conftest import get
from tests.store.caller import Caller

BUSY = "ready, but busy: the writer has been at work for "


def test_it_answers_while_another_program_writes_and_tells_when_that_takes_too_long(
    serve_after: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve_after("import cosell.store.patience as p; p.LOCK_TIMEOUT_S = 1.5", "--db", "pipeline.db")
    lock = apsw.Connection(str(tmp_path / "pipeline.db"))
    lock.execute("BEGIN IMMEDIATE")
    status, told = get(server, "/readyz")
    assert status == 200
    assert told.startswith(BUSY)
    assert until_unready(server).startswith("database: the writer has been at work for 2 s, longer than others wait")
    lock.execute("ROLLBACK")
    lock.close()
    until_ready(server)


@pytest.fixture(params=[":memory:", "pipeline.db", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").new_schema()
    else:
        url = request.param if request.param == ":memory:" else str(tmp_path / request.param)
    engine = Engine.open(url)
    yield engine
    engine.close()


def test_it_does_not_stand_in_line_behind_a_writer_of_its_own_process(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_check, "PATIENCE_MS", 20)
    monkeypatch.setattr(postgres_write_check, "BUSY_FROM_S", 0)
    scope = Caller(engine).scope
    found: list[float] = []
    with engine.store.write(scope):
        other = threading.Thread(target=lambda: found.append(engine.store.check()))
        other.start()
        other.join(timeout=60)
        assert found[0] > 0
        monkeypatch.setattr(patience, "LOCK_TIMEOUT_S", 0.001)
        refused: list[StoreUnavailable] = []

        def check() -> None:
            try:
                engine.store.check()
            except StoreUnavailable as reason:
                refused.append(reason)

        other = threading.Thread(target=check)
        other.start()
        other.join(timeout=60)
        assert "the writer has been at work for" in str(refused[0])
    assert engine.store.check() == 0


def test_a_check_changes_nothing(tmp_path: Path) -> None:
    engine = Engine.open(str(tmp_path / "pipeline.db"))
    Caller(engine).create("first")
    stranger = apsw.Connection(str(tmp_path / "pipeline.db"))
    everything = "SELECT group_concat(name || coalesce(sql, '')) FROM sqlite_schema"
    before = stranger.execute(everything).get, stranger.execute("PRAGMA data_version").get
    for _ in range(3):
        assert engine.store.check() == 0
    assert (stranger.execute(everything).get, stranger.execute("PRAGMA data_version").get) == before
    stranger.close()
    engine.close()


class Told:
    """A log of outages."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str | None]] = []

    def __call__(self, what: str, error: Exception | None, **_: object) -> None:
        self.lines.append((what, None if error is None else type(error).__name__))


def asked(ready: Readiness, times: int = 1) -> list[Verdict]:
    """The answers to so many who ask at once."""

    async def ask() -> list[Verdict]:
        return await asyncio.gather(*(ready() for _ in range(times)))

    return run_apart(ask())


def test_whatever_goes_wrong_is_an_answer_and_reported_once() -> None:
    told = Told()
    results: list[Any] = [RuntimeError("secret"), RuntimeError("secret"), 2.4, 0.0, 2.4, 0.0]

    def check() -> float:
        result = results.pop(0)
        if isinstance(result, Exception):
            raise result
        return float(result)

    moments = iter(range(100))
    ready = Readiness(check, told, clock=lambda: float(next(moments)))
    failed = (503, "database: cosell fails (RuntimeError), and its log says where")
    busy = (200, f"{BUSY}2 s")
    answers = [asked(ready)[0] for _ in range(6)]
    assert answers == [failed, failed, failed, (200, "ready"), busy, (200, "ready")]
    assert told.lines == [("database", "RuntimeError"), ("database", None)]
    ready.close()


def test_many_who_ask_at_once_cost_one_check() -> None:
    checks: list[int] = []

    def check() -> float:
        checks.append(1)
        return 0.0

    ready = Readiness(check, Told(), clock=lambda: 0.0)
    assert asked(ready, 100) == [(200, "ready")] * 100
    assert asked(ready, 100) == [(200, "ready")] * 100, "a good answer is kept for a moment"
    assert len(checks) == 1
    ready.close()


def test_a_disk_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_S", 0.01)
    goes_on = threading.Event()

    def check() -> float:
        assert goes_on.wait(60)
        return 0.0

    ready = Readiness(check, Told())
    assert asked(ready) == [(503, "database: it has not answered for 0 s")]
    goes_on.set()
    ready.close()
