"""The history of runs, and how much a mirror holds. Each function is part of its caller's transaction."""

from typing import Any, Final

from cosell.sync.target import Counts, Run, RunOutcome
from cosell.sync.targets.database import Database
from cosell.sync.targets.values import moment, stored_text

_OUTCOME: Final = {
    "calls": "calls",
    "pages": "pages",
    "new_rows": "new",
    "changed_rows": "changed",
    "unchanged_rows": "unchanged",
    "older_rows": "older",
    "vanished_rows": "vanished",
    "details": "details",
    "error": "error",
}
"""Columns of sync_run, and the members of RunOutcome that they have."""


def begin(database: Database, mode: str, started_ms: int) -> int:
    """See `Target.begin_run`."""
    database.run("UPDATE sync_run SET status = 'interrupted' WHERE status = 'running'")
    ((last,),) = database.rows("SELECT coalesce(max(run_id), 0) FROM sync_run")
    run = int(last) + 1
    database.run(
        "INSERT INTO sync_run (run_id, mode, started_at, status) VALUES (?, ?, ?, 'running')",
        (run, mode, moment(started_ms)),
    )
    return run


def end(database: Database, run: int, outcome: RunOutcome) -> None:
    """See `Target.end_run`."""
    watermark = None if outcome.watermark_ms is None else moment(outcome.watermark_ms)
    values = [getattr(outcome, member) for member in _OUTCOME.values()]
    values[-1] = None if outcome.error is None else stored_text(outcome.error)
    assignments = ", ".join(f"{column} = ?" for column in ("status", "ended_at", "watermark", *_OUTCOME))
    database.run(
        f"UPDATE sync_run SET {assignments} WHERE run_id = ?",
        (outcome.status, moment(outcome.ended_ms), watermark, *values, run),
    )


def latest(database: Database, limit: int) -> list[Run]:
    """See `Target.runs`."""
    ms = database.dialect.ms
    columns = ["run_id", "mode", ms("started_at"), "status", ms("ended_at"), ms("watermark"), *_OUTCOME]
    found = database.rows(f"SELECT {', '.join(columns)} FROM sync_run ORDER BY run_id DESC LIMIT ?", (limit,))
    return [_run(*row) for row in found]


def _run(run: int, mode: str, started_ms: int, status: Any, ended_ms: int | None, watermark: Any, *rest: Any) -> Run:
    outcome = None
    if ended_ms is not None:
        members = dict(zip(_OUTCOME.values(), rest, strict=True))
        outcome = RunOutcome(status=status, ended_ms=ended_ms, watermark_ms=watermark, **members)
    return Run(run=run, mode=mode, started_ms=started_ms, status=status, outcome=outcome)


def counts(database: Database) -> Counts:
    """See `Target.counts`."""
    newest = database.dialect.ms("max(last_modified_date)")
    ((present, vanished, changes, details, wanted, failing, newest_ms),) = database.rows(
        "SELECT (SELECT count(*) FROM opportunity WHERE vanished_at IS NULL),"
        " (SELECT count(*) FROM opportunity WHERE vanished_at IS NOT NULL),"
        " (SELECT count(*) FROM opportunity_change),"
        " (SELECT count(*) FROM opportunity_detail),"
        " (SELECT count(*) FROM detail_queue),"
        " (SELECT count(*) FROM detail_queue WHERE attempts > 0),"
        f" (SELECT {newest} FROM opportunity)"
    )
    return Counts(
        opportunities=present,
        vanished=vanished,
        changes=changes,
        details=details,
        details_wanted=wanted,
        details_failing=failing,
        newest_ms=newest_ms,
    )
