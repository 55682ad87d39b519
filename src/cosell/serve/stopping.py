"""Ending when told to: gracefully at the first signal, at once at the second, and always within a time limit.

A thread of its own waits for the signals, because the event loop may be blocked, and because granian waits for every
client that has not read its answer. What is aborted was not acknowledged, and an uncommitted transaction is rolled
back when the database is next opened.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from cosell.serve.log import LAST_WORDS_S, log_event, write_out_log

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
STOP_TIMEOUT_S: Final = 30
"""Seconds that requests in progress have, once the server is told to stop."""
BROKEN_OFF: Final = 1
"""The exit code of a server that had to abort something."""


def stop_with_parent() -> None:
    """Have SIGTERM sent once stdin ends: the parent process holds its other end, and writes nothing more."""

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)  # gives nothing, once the parent is gone
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def leave(exit_code: int) -> NoReturn:
    """End the process without shutting down the interpreter, which granian's threads would abort.

    They may still be about to call into Python, and waiting threads would keep it from ending.
    """
    sys.stdout.flush()
    write_out_log()
    os._exit(exit_code)


@contextmanager
def ending_on_signals(begin: Callable[[], object]) -> Iterator[None]:
    """Within the block, SIGTERM or SIGINT calls `begin`, in another thread. Enter it in the main thread.

    At a second signal, or if the block has not ended STOP_TIMEOUT_S later, the process exits with the code
    BROKEN_OFF.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    for number in SIGNALS:
        signal.signal(number, _noted)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(heard, begin), name="signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()


def _noted(_: int, __: FrameType | None) -> None:
    """Python needs a handler, or it reports no signal."""


def _wait(heard: socket.socket, begin: Callable[[], object]) -> None:
    """Each signal is a byte; there is none where the block has ended."""
    if not heard.recv(1):
        return
    begin()
    heard.settimeout(STOP_TIMEOUT_S)
    try:
        reason = "a second signal" if heard.recv(1) else ""
    except TimeoutError:
        reason = f"{STOP_TIMEOUT_S} seconds have passed"
    if reason:
        _leave(reason)


def _leave(reason: str) -> NoReturn:
    def say() -> None:
        log_event("broke off", reason=reason)
        write_out_log()

    last = threading.Thread(target=say, daemon=True)
    last.start()
    last.join(LAST_WORDS_S)
    os._exit(BROKEN_OFF)
