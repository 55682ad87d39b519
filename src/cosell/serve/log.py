"""The log: one JSON object per line on stderr, or plain text for a person at a terminal, and no line over 8 KiB.

No content of a request or a record is ever logged, so nothing that the model marks as sensitive can be: only names of
operations, members, codes and places in the code. What clients choose, such as a path or an identifier, is truncated.
"""

import atexit
import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

import structlog

from cosell.errors import ValidationException
from cosell.events.deliverer import SINK_RECOVERS
from cosell.flow import Answer, Call
from cosell.outage import reason_of
from cosell.serve.log_writer import LogWriter
from cosell.serve.origin import Objection

Written: TypeAlias = Callable[[Mapping[str, Any]], str]
"""How the facts of a line are written."""

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

LONGEST_LINE: Final = 8 * 1024
"""Bytes. Any log collector can take a line as a whole."""
CUTS: Final = (256, 64, 16, 4)
"""Characters that are left of each text, and entries of each list; the first pair that fits is used."""
DEEPEST_PLACES: Final = 30
"""How many places of a defect are logged, those nearest to it."""
LAST_WORDS_S: Final = 1.0
"""Seconds that a log reader has for the last lines, before the process ends."""

_QUOTED: Final = re.compile(r"""(?<!\w)'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_for_people: Final = structlog.dev.ConsoleRenderer(colors=False)
_log: Any = structlog.get_logger("cosell")
_writer: Final = LogWriter(lambda count: _log.error("lines were dropped", lines=count))  # errors may be among them
_logs_every_call = False


def configure_log(level: str, form: str) -> None:
    """Log from `level` on, to stderr.

    `form` is `json`, `text`, or `auto`: text if stderr is a terminal.
    """
    global _logs_every_call  # read once per request, on the fast path
    _logs_every_call = level == "debug"
    is_text = form == "text" or (form == "auto" and _is_terminal())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            partial(_line, _text if is_text else _json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_: _writer,
        cache_logger_on_first_use=True,
    )
    _writer.start(_destination())
    atexit.register(write_out_log)


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # it is closed
        return False


def _destination() -> int:
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError):  # it is closed, or what has taken its place is not a file
        return os.open(os.devnull, os.O_WRONLY)


def write_out_log() -> None:
    """Wait until all lines so far are written, or nobody has read them for LAST_WORDS_S."""
    _writer.write_out(LAST_WORDS_S)


def count_dropped_lines(count: Callable[[], object]) -> None:
    """Have `count` called for each line that could not be written."""
    _writer.on_drop = count


def _line(written: Written, _: object, __: str, facts: Mapping[str, Any]) -> str:
    """A log line, shortened until it fits."""
    line = ""
    for cut in CUTS:
        line = written(_cut(facts, cut))
        if len(line) < LONGEST_LINE:
            break
    return line


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, default=lambda value: type(value).__name__)


def _text(facts: Mapping[str, Any]) -> str:
    return _for_people(None, "", dict(facts))


def _cut(value: Any, limit: int) -> Any:
    if isinstance(value, str) and len(value) > limit:
        return f"{value[:limit]}…"
    if isinstance(value, list | tuple):
        more = [f"and {len(value) - limit} more"] if len(value) > limit else []
        return [*(_cut(item, limit) for item in value[:limit]), *more]
    if isinstance(value, Mapping):
        return {name: _cut(member, limit) for name, member in value.items()}
    return value


def log_event(event: str, **facts: object) -> None:
    """Log something about the server itself."""
    _log.info(event, **facts)


def log_misfortune(event: str, **facts: object) -> None:
    """Log something about the server that needs attention."""
    _log.warning(event, **facts)


def log_answer(call: Call, answer: Answer, seconds: float) -> None:
    """Log a call: refused ones as warnings, failed ones as errors, the rest at debug."""
    if answer.error is None and not _logs_every_call:
        return
    facts: dict[str, object] = {
        "operation": call.operation.name if hasattr(call, "operation") else None,
        "account": getattr(call, "account", None),
        "status": answer.status,
        "seconds": round(seconds, 6),
        "request_id": dict(answer.headers)[b"x-amzn-requestid"].decode(),
        "invocation_id": call.headers.get(b"amz-sdk-invocation-id", b"").decode("latin-1"),
    }
    if call.fault is not None:
        facts["faults"] = call.fault.names
    if answer.error is None:
        _log.debug("answered", **facts)
        return
    facts["error"] = answer.error.name
    if isinstance(answer.error, ValidationException):
        facts["violations"] = [f"{entry.field_name} {entry.code}" for entry in answer.error.error_list]
    if answer.defect is None:
        _log.warning("refused", **facts)
    else:
        _log.error("failed", **_explained(answer.defect), **facts)


def log_unknown_name(kind: str, name: str) -> None:
    """Log that a client uses the name of an operation, or of a member, which the served model does not have."""
    _log.warning(f"unknown {kind}", name=name)


def log_turned_away(scope: Mapping[str, Any], against: Objection) -> None:
    """Log a request that was refused before it was read."""
    action = f"{scope['method']} {scope['path']}"
    _log.warning("turned away", action=action, status=against.status, reason=against.reason)


def log_change(action: str, **facts: object) -> None:
    """Log a change through the admin API, and its account and catalog if it is about one."""
    _log.info("changed", action=action, **facts)


def log_refusal(method: str, path: str, status: int, reason: str) -> None:
    """Log that the admin API or the console has refused a request. Values that the reason quotes are left out."""
    _log.warning("refused", action=f"{method} {path}", status=status, reason=_QUOTED.sub("…", reason))


def log_delivery(event: str, **facts: object) -> None:
    """Log what happens to a sink. All but its recovery is a warning."""
    (_log.info if event == SINK_RECOVERS else _log.warning)(event, **facts)


def log_defect(place: str, defect: BaseException) -> None:
    """Log that cosell failed outside of a call."""
    _log.error("failed", place=place, **_explained(defect))


def log_outage(what: str, error: Exception | None, **facts: object) -> None:
    """Log that something fails, or works again. See `outage.Tell`."""
    if error is None:
        _log.info(f"{what} works again", **facts)
    else:
        _log.error(f"{what} fails", **_explained(error), **facts)


def _explained(defect: BaseException) -> dict[str, object]:
    """What is logged about a defect, including its message if that is a reason in our own words."""
    reason = reason_of(defect)
    told = {} if reason is None else {"reason": reason}
    return {"defect": type(defect).__name__, **told, "where": _where(defect)}


def log_of_library(record: logging.LogRecord) -> None:
    """Log what a library logs: who, and where. Its words may quote an address or a value, so they are left out."""
    defect = record.exc_info[0] if record.exc_info else None
    told = {"library": record.name, "where": [f"{record.filename}:{record.lineno} {record.funcName}"]}
    log = _log.error if record.levelno >= logging.ERROR else _log.warning
    log("a library tells", **told, **({"defect": defect.__name__} if defect else {}))


def _where(defect: BaseException) -> list[str]:
    """The places in the code that a defect passed, innermost last. Its message is left out: it may quote a value."""
    frames = traceback.extract_tb(defect.__traceback__)[-DEEPEST_PLACES:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
