"""Summaries as the service sends them, for mirrors to keep."""

import json
from typing import Any

from cosell.sync.target import Identity, Kept, Row, RunOutcome, Target
from tests.store.caller import NOON_MS, moment

Summary = dict[str, Any]

IDENTITY = Identity("111122223333", "Sandbox", "http://127.0.0.1:4280")
STATE = b'{"watermark":7}'


def summary(identifier: str, ms: int = NOON_MS, **members: Any) -> Summary:
    """A summary with the members that each one has, and `members`."""
    arn = f"arn:aws:partnercentral:us-east-1:111122223333:catalog/Sandbox/opportunity/{identifier}"
    return {
        "Catalog": "Sandbox",
        "Id": identifier,
        "Arn": arn,
        "LastModifiedDate": moment(ms),
        "CreatedDate": moment(NOON_MS),
    } | members


def row(identifier: str, ms: int = NOON_MS, **members: Any) -> Row:
    """A summary as a sync hands it on."""
    return row_of(identifier, ms, summary(identifier, ms, **members))


def row_of(identifier: str, ms: int, document: Summary) -> Row:
    """Any document as a row."""
    return Row(identifier, ms, json.dumps(document).encode())


def begin(target: Target, mode: str = "once") -> int:
    """A new run."""
    return target.begin_run(mode, NOON_MS, IDENTITY)


def keep(target: Target, *rows: Row, run: int | None = None, details: bool = False) -> Kept:
    """Keep a page, in a run of its own unless `run` names one."""
    number = begin(target) if run is None else run
    return target.keep_page(number, IDENTITY, rows, STATE, NOON_MS, want_details=details)


def ended(status: Any = "complete", **members: Any) -> RunOutcome:
    """An outcome."""
    return RunOutcome(status=status, **{"ended_ms": NOON_MS + 5, "watermark_ms": None} | members)


def documents(target: Target) -> list[Summary]:
    """Every summary of a mirror, in the order of identifiers, read in pages of two."""
    found: list[Row] = []
    while page := target.summaries(found[-1].id if found else None, 2):
        found += page
    return [json.loads(one.raw) for one in found]
