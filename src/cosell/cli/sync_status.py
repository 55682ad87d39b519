"""What `cosell sync status` shows of a mirror."""

import json
from typing import Any, Final

import click

from cosell.sync.mirroring import now_ms
from cosell.sync.moments import text_of
from cosell.sync.runner import state_of
from cosell.sync.target import Run, Verification
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from cosell.time_texts import span_text

RUNS: Final = 50
"""How far back to look for the last complete run."""
RUNS_SHOWN: Final = 5
FAILING_SHOWN: Final = 5


def show_status(mirror: str, *, as_json: bool, max_age_ms: int | None) -> int:
    """Print the status; the exit code. Raises UserError if there is no mirror."""
    with open_target(mirror, create=False) as target:
        status = status_of(target, now_ms())
    if as_json:
        click.echo(json.dumps(status))
    else:
        for line in _lines(status):
            click.echo(line)
    age_s = status["age_seconds"]
    too_old = max_age_ms is not None and (age_s is None or age_s * 1000 > max_age_ms)
    return int(too_old or status["last_run"] in ("failed", "interrupted"))


def status_of(target: Mirror, at_ms: int) -> dict[str, Any]:
    """Everything that is shown. `age_seconds`: since the start of the last run that left the mirror in step."""
    identity, state, counts = target.identity(), state_of(target), target.counts()
    runs = target.runs(RUNS)
    complete = next((run for run in runs if run.status == "complete"), None)
    return {
        "account": identity and identity.account,
        "catalog": identity and identity.catalog,
        "endpoint": identity and identity.endpoint,
        "in_step": complete and text_of(complete.started_ms),
        "age_seconds": complete and max(at_ms - complete.started_ms, 0) // 1000,
        "watermark": None if state.watermark_ms is None else text_of(state.watermark_ms),
        "pass_under_way": state.listing is not None,
        "opportunities": counts.opportunities,
        "vanished": counts.vanished,
        "changes": counts.changes,
        "details": counts.details,
        "details_wanted": counts.details_wanted,
        "details_failing": [
            {"id": each.id, "attempts": each.attempts, "error": each.error}
            for each in target.details_failing(FAILING_SHOWN)
        ],
        "verified": _verified(target.verification(), at_ms),
        "last_run": runs[0].status if runs else None,
        "runs": [_run(run) for run in runs[:RUNS_SHOWN]],
    }


def _run(run: Run) -> dict[str, Any]:
    outcome = run.outcome
    return {
        "started": text_of(run.started_ms),
        "mode": run.mode,
        "status": run.status,
        "seconds": outcome and max(outcome.ended_ms - run.started_ms, 0) / 1000,
        "calls": outcome and outcome.calls,
        "new": outcome and outcome.new,
        "changed": outcome and outcome.changed,
        "error": outcome and outcome.error,
    }


def _verified(verification: Verification | None, at_ms: int) -> dict[str, Any] | None:
    if verification is None:
        return None
    return {
        "at": text_of(verification.at_ms),
        "age_seconds": max(at_ms - verification.at_ms, 0) // 1000,
        "compared": verification.compared,
        "equal": verification.equal,
        "behind": verification.behind,
        "different": verification.different,
        "differences": [
            {
                "id": one.id,
                "difference": one.kind,
                "mirror": None if one.mirror_ms is None else text_of(one.mirror_ms),
                "service": None if one.service_ms is None else text_of(one.service_ms),
                "members": list(one.members),
            }
            for one in verification.differences
        ],
    }


def _lines(status: dict[str, Any]) -> list[str]:
    whose = f"account {status['account'] or 'unknown'}, catalog {status['catalog'] or 'unknown'}"
    ago = None if status["age_seconds"] is None else span_text(status["age_seconds"] * 1000)
    details = f"{status['details']:,} kept, {status['details_wanted']:,} to do"
    lines = [
        f"mirror of     {whose}",
        f"in step       {ago} ago" if ago else "in step       never yet",
        f"watermark     {status['watermark'] or 'none'}",
        f"opportunities {status['opportunities']:,}, {status['vanished']:,} vanished, {status['changes']:,} changes",
        f"details       {details}",
    ]
    if (verified := status["verified"]) is not None:
        ago = span_text(verified["age_seconds"] * 1000)
        lines.append(f"verified      {ago} ago: {verified['different']:,} of {verified['compared']:,} differ")
    if status["pass_under_way"]:
        lines.append("a pass is in progress, or was interrupted; the next run resumes it")
    lines += [f"  {each['id']}: {each['error']} ({each['attempts']} attempts)" for each in status["details_failing"]]
    for run in status["runs"]:
        did = "" if run["calls"] is None else f"{run['new']:,} new, {run['changed']:,} changed, {run['calls']:,} calls"
        lines.append(f"{run['started']}  {run['mode']:5} {run['status']:11} {run['error'] or did}")
    return lines
