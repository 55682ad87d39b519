"""Uncaught errors are logged in the log's own form: nothing else appears between its lines."""

import asyncio
import logging
import sys
import threading
from types import TracebackType
from typing import Any

from cosell.serve.log import log_defect, log_of_library


def tell_uncaught() -> None:
    """Log what is raised in threads and at the end of this process, what cannot be raised, and what libraries say. Only
    for a process that does nothing but serve."""
    sys.excepthook = _at_the_end
    threading.excepthook = _in_a_thread
    sys.unraisablehook = _where_nothing_can_be_raised
    logging.captureWarnings(True)
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


def tell_uncaught_of(loop: asyncio.AbstractEventLoop) -> None:
    """Log what a loop's tasks and callbacks have raised."""
    loop.set_exception_handler(_in_a_loop)


class _Libraries(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log_of_library(record)


def _at_the_end(_: type[BaseException], defect: BaseException, __: TracebackType | None) -> None:
    log_defect("the process", defect)


def _in_a_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        log_defect(f"thread {told.thread.name if told.thread else ''}", told.exc_value)


def _where_nothing_can_be_raised(told: "sys.UnraisableHookArgs") -> None:
    if told.exc_value is not None:
        log_defect("where nothing can be raised", told.exc_value)


def _in_a_loop(_: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    log_defect("the event loop", told.get("exception") or RuntimeError())  # its message may quote arguments
