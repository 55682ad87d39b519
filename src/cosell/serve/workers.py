"""Several processes on one port: each is a complete server, and the kernel spreads connections over them."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from cosell.clock import Course, wall_clock
from cosell.engine import Engine, clock_of
from cosell.errors import UserError
from cosell.events.file_sink import STDOUT
from cosell.events.sink import address_of, addressed
from cosell.faults import Faults, Rule
from cosell.faults.memory import shared_memory
from cosell.outage import Outage
from cosell.serve.admin.colleagues import LONGEST_FOLDER, socket_of
from cosell.serve.folder import OwnFolder
from cosell.serve.log import configure_log, log_misfortune, log_outage
from cosell.serve.metrics import FOLDER_VARIABLE
from cosell.serve.options import ServeOptions
from cosell.serve.server import run
from cosell.serve.stopping import BROKEN_OFF, SIGNALS, STOP_TIMEOUT_S, stop_with_parent
from cosell.serve.uncaught import tell_uncaught, tell_uncaught_of
from cosell.store.interface import StoreUnavailable

READY: Final = b"ready\n"
RESTART_DELAY_S: Final = 1
"""The pause before a dead worker is replaced, so that a lasting mistake does not spin."""

KILL_DELAY_S: Final = 3
"""The time between the deadline by which a worker should have ended by itself, and its being killed."""


def check_sinks(texts: Sequence[str], webhook_secret: str) -> None:
    """Raises UserError for an impossible sink."""
    for named in addressed(texts, webhook_secret, wall_clock):
        try:
            named.open().close()
        except UserError as mistake:
            raise UserError(f"{named.name!r} {mistake.message}", mistake.next_step) from None


def check_sharing(options: ServeOptions, workers: int) -> None:
    """Raises UserError for what several workers cannot share."""
    if workers > 1 and options.db == ":memory:":
        raise UserError("several workers cannot share :memory:", "name a file with --db, or take --workers 1")
    if workers > 1 and any(address_of(text).name == f"file:{STDOUT}" for text in options.sinks):
        raise UserError("several workers cannot share stdout", "name a file with --sink, or take --workers 1")


def serve(
    options: ServeOptions, workers: int, course: Course | None, faults: Sequence[Rule], on_ready: Callable[[], None]
) -> int:
    """Answer until SIGTERM or SIGINT, then end the process. Time runs as `course` says; None: as the database has it.

    Raises UserError for a database that cannot be opened.
    """
    # Opened here first: the schema is created once, and a mistake in --db is reported once.
    engine = Engine.open(options.db, readings=options.readings, model=options.model)
    if course is not None:
        clock_of(engine).follow(course)
    if workers == 1:
        _add(faults, engine.faults)
        run(engine, options, on_ready)
    with closing(engine):
        may_serve = partial(_may_serve, engine, Outage(log_outage, "database"))
        return _supervise_all(options, workers, faults, on_ready, may_serve)


def _may_serve(engine: Engine, outage: Outage) -> bool:
    """Whether a new worker would open the database that the others have, and not create or find another one."""
    try:
        engine.store.check()
    except StoreUnavailable as reason:
        outage.met(reason)
        return False
    outage.over()
    return True


def _add(rules: Sequence[Rule], faults: Faults) -> None:
    for rule in rules:
        faults.put(rule)


def _faults_in(folder: str) -> Faults:
    return Faults(shared_memory(Path(folder, "faults")))


def _supervise_all(
    options: ServeOptions,
    workers: int,
    faults: Sequence[Rule],
    on_ready: Callable[[], None],
    may_serve: Callable[[], bool],
) -> int:
    with OwnFolder() as folder:
        if len(os.fsencode(folder)) > LONGEST_FOLDER:
            raise UserError(f"the path of {folder} is too long for sockets", "name a shorter folder in TMPDIR")
        _add(faults, _faults_in(folder))
        os.environ[FOLDER_VARIABLE] = folder  # for the workers, which inherit it
        return asyncio.run(_supervise(workers, msgspec.structs.replace(options, folder=folder), on_ready, may_serve))


class _Told:
    """What signals have told the supervisor: to stop, and then to do so at once."""

    def __init__(self) -> None:
        self.to_stop = asyncio.Event()
        self.at_once = asyncio.Event()

    def hear(self) -> None:
        """Take note of a signal."""
        (self.at_once if self.to_stop.is_set() else self.to_stop).set()


async def _supervise(
    workers: int, options: ServeOptions, on_ready: Callable[[], None], may_serve: Callable[[], bool]
) -> int:
    """Run the workers until SIGTERM or SIGINT, and replace those that die; returns the exit code."""
    told = _Told()
    tell_uncaught()
    loop = asyncio.get_running_loop()
    tell_uncaught_of(loop)
    for number in SIGNALS:
        loop.add_signal_handler(number, told.hear)
    started = [asyncio.Event() for _ in range(workers)]
    announcing = asyncio.create_task(_announce(started, on_ready))
    ended_well = await asyncio.gather(*(_keep(options, told, event, may_serve) for event in started))
    announcing.cancel()
    return 0 if all(ended_well) else BROKEN_OFF


async def _announce(started: list[asyncio.Event], on_ready: Callable[[], None]) -> None:
    for event in started:
        await event.wait()
    on_ready()


async def _keep(options: ServeOptions, told: _Told, started: asyncio.Event, may_serve: Callable[[], bool]) -> bool:
    """Keep a worker running until all are to stop. Returns whether the last one finished what was in progress."""
    while not told.to_stop.is_set():
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            stdin=subprocess.PIPE,  # closed by our end, whatever it is: a worker never outlives us
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(msgspec.json.encode(options) + b"\n")
        ended = asyncio.create_task(worker.wait())
        stopped = asyncio.create_task(told.to_stop.wait())
        ready = asyncio.create_task(_ready(worker.stdout, started))
        await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        if told.to_stop.is_set():
            await _stop(worker, ended, told)
            await ready
            return worker.returncode in (0, -signal.SIGTERM)  # the latter has not begun to answer
        log_misfortune("worker died", exit_code=worker.returncode)
        assert options.folder is not None
        socket_of(options.folder, worker.pid).unlink(missing_ok=True)
        await asyncio.wait([stopped], timeout=RESTART_DELAY_S)
        while not told.to_stop.is_set() and not may_serve():
            await asyncio.wait([stopped], timeout=RESTART_DELAY_S)
        await ready
        stopped.cancel()
    return True


async def _stop(worker: asyncio.subprocess.Process, ended: "asyncio.Task[int]", told: _Told) -> None:
    """Pass on the order to stop; the worker itself has STOP_TIMEOUT_S for that."""
    with suppress(ProcessLookupError):  # it has just ended
        worker.terminate()
    at_once = asyncio.create_task(told.at_once.wait())
    await asyncio.wait([ended, at_once], timeout=STOP_TIMEOUT_S + KILL_DELAY_S, return_when=asyncio.FIRST_COMPLETED)
    at_once.cancel()
    with suppress(ProcessLookupError):
        worker.kill()
    await ended


async def _ready(stdout: asyncio.StreamReader, started: asyncio.Event) -> None:
    if await stdout.readline() == READY:
        started.set()


def _work(options: ServeOptions) -> None:
    configure_log(options.log_level, options.log_format)
    tell_uncaught()
    stop_with_parent()
    assert options.folder is not None
    engine = Engine.open(options.db, readings=options.readings, model=options.model, faults=_faults_in(options.folder))
    run(engine, options, lambda: print(READY.decode(), end="", flush=True))  # noqa: T201


if __name__ == "__main__":
    _work(msgspec.json.decode(sys.stdin.buffer.readline(), type=ServeOptions))
