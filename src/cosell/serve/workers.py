"""Several processes on one port: each is a whole server, and the kernel spreads connections over them."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Final

from cosell.engine import Engine
from cosell.errors import UserError
from cosell.serve.log import configure_log, log_event
from cosell.serve.metrics import FOLDER_VARIABLE
from cosell.serve.server import run

READY: Final = b"ready\n"
RESTART_DELAY_S: Final = 1
"""Before a worker is put in the place of one that died, so that a lasting mistake does not spin."""


def supervise(workers: int, db: str, host: str, port: int, log_level: str, on_ready: Callable[[], None]) -> None:
    """Run the workers until SIGTERM or SIGINT, and put a new one in the place of one that dies.

    Raises UserError for a database that every process would have for itself alone.
    """
    if db == ":memory:":
        raise UserError("several workers cannot share :memory:", "name a file with --db, or take --workers 1")
    Engine.open(db).close()  # the schema is made once, and a mistake in --db is told once
    with tempfile.TemporaryDirectory(prefix="cosell-metrics-") as figures:
        os.environ[FOLDER_VARIABLE] = figures  # for the workers, which inherit it
        asyncio.run(_supervise(workers, [db, host, str(port), log_level], on_ready))


async def _supervise(workers: int, arguments: list[str], on_ready: Callable[[], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    started = [asyncio.Event() for _ in range(workers)]
    announcing = asyncio.create_task(_announce(started, on_ready))
    await asyncio.gather(*(_keep(arguments, stopping, event) for event in started))
    announcing.cancel()


async def _announce(started: list[asyncio.Event], on_ready: Callable[[], None]) -> None:
    for event in started:
        await event.wait()
    on_ready()


async def _keep(arguments: list[str], stopping: asyncio.Event, started: asyncio.Event) -> None:
    while not stopping.is_set():
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            *arguments,
            stdin=subprocess.PIPE,  # closed by our end, whatever it is: a worker never outlives us
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert worker.stdout is not None
        ended = asyncio.create_task(worker.wait())
        stopped = asyncio.create_task(stopping.wait())
        ready = asyncio.create_task(_ready(worker.stdout, started))
        await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            if worker.returncode is None:
                worker.terminate()
            await ended
        else:
            log_event("worker died", exit_code=worker.returncode)
            await asyncio.wait([stopped], timeout=RESTART_DELAY_S)
        await ready
        stopped.cancel()


async def _ready(stdout: asyncio.StreamReader, started: asyncio.Event) -> None:
    if await stdout.readline() == READY:
        started.set()


def _work(db: str, host: str, port: str, log_level: str) -> None:
    configure_log(log_level)
    threading.Thread(target=_stop_with_supervisor, daemon=True).start()
    run(Engine.open(db), host, int(port), lambda: print(READY.decode(), end="", flush=True))  # noqa: T201


def _stop_with_supervisor() -> None:
    os.read(sys.stdin.fileno(), 1)  # gives nothing, once the supervisor is gone
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _work(*sys.argv[1:])
