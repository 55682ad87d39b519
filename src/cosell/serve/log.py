"""The log: one JSON object a line on stderr.

Nothing that a request or a record holds is ever logged, so nothing that the model marks sensitive can be: only names
of operations, members, codes and places in the code.
"""

import logging
import sys
import traceback
from typing import Any, Final

import structlog

from cosell.errors import ValidationException
from cosell.flow import Answer, Call
from cosell.outage import reason_of

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_log: Any = structlog.get_logger("cosell")
_logs_every_call = False


def configure_log(level: str) -> None:
    """Log from `level` on, to stderr."""
    global _logs_every_call  # read once per request, on the fast path
    _logs_every_call = level == "debug"
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def log_event(event: str, **facts: object) -> None:
    """Log something about the server itself."""
    _log.info(event, **facts)


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


def log_defect(place: str, defect: Exception) -> None:
    """Log that cosell failed outside of a call."""
    _log.error("failed", place=place, **_explained(defect))


def log_outage(what: str, error: Exception | None, **facts: object) -> None:
    """Log that something fails, or works again. See `outage.Tell`."""
    if error is None:
        _log.info(f"{what} works again", **facts)
    else:
        _log.error(f"{what} fails", **_explained(error), **facts)


def _explained(defect: Exception) -> dict[str, object]:
    """What is told of a defect: also its message, where that is a reason in our own words."""
    reason = reason_of(defect)
    told = {} if reason is None else {"reason": reason}
    return {"defect": type(defect).__name__, **told, "where": _where(defect)}


def _where(defect: BaseException) -> list[str]:
    """The places in the code that a defect passed, innermost last. Its message is left out: it may quote a value."""
    frames = traceback.extract_tb(defect.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
