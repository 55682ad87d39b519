"""What a mirror remembers of its runs, and how much it holds."""

from cosell.sync.target import Counts, Run
from cosell.sync.targets.mirror import Mirror
from tests.store.caller import NOON_MS
from tests.sync.targets.rows import STATE, begin, ended, keep, row


def test_a_run_is_remembered_with_its_outcome(mirror: Mirror) -> None:
    run = begin(mirror, "full")
    assert mirror.runs(9) == [Run(run=1, mode="full", started_ms=NOON_MS, status="running", outcome=None)]
    numbers = dict.fromkeys(("calls", "pages", "new", "changed", "unchanged", "older", "vanished", "details"), 0)
    outcome = ended(watermark_ms=NOON_MS - 3, **{name: number for number, name in enumerate(numbers, start=1)})
    mirror.end_run(run, outcome, b'{"at":"rest"}')
    assert mirror.runs(9) == [Run(run=1, mode="full", started_ms=NOON_MS, status="complete", outcome=outcome)]
    assert mirror.state() == b'{"at":"rest"}'


def test_the_latest_runs_come_first(mirror: Mirror) -> None:
    for number in range(3):
        mirror.end_run(begin(mirror), ended("failed" if number == 1 else "complete", error="no route \0"), STATE)
    assert [(run.run, run.status) for run in mirror.runs(2)] == [(3, "complete"), (2, "failed")]
    outcome = mirror.runs(1)[0].outcome
    assert outcome is not None
    assert outcome.error == "no route \N{REPLACEMENT CHARACTER}"


def test_a_run_that_ended_without_a_word_is_found_out_by_the_next(mirror: Mirror) -> None:
    mirror.end_run(begin(mirror), ended("stopped"), STATE)
    begin(mirror)
    begin(mirror)
    assert [(run.run, run.status) for run in mirror.runs(9)] == [(3, "running"), (2, "interrupted"), (1, "stopped")]


def test_an_empty_mirror_counts_nothing(mirror: Mirror) -> None:
    assert mirror.counts() == Counts(
        opportunities=0, vanished=0, changes=0, details=0, details_wanted=0, details_failing=0, newest_ms=None
    )
    assert mirror.runs(9) == []


def test_a_mirror_counts_what_it_holds(mirror: Mirror) -> None:
    keep(mirror, row("O1"), row("O2", NOON_MS + 8), row("O3"), details=True)
    run = begin(mirror)
    keep(mirror, row("O1", NOON_MS + 1), run=run)
    mirror.mark_vanished(run, ["O3"], NOON_MS)
    mirror.keep_detail("O2", NOON_MS + 8, b"{}", None, NOON_MS)
    mirror.detail_failed("O1", "ThrottlingException", NOON_MS)
    assert mirror.counts() == Counts(
        opportunities=2,
        vanished=1,
        changes=2,
        details=1,
        details_wanted=1,
        details_failing=1,
        newest_ms=NOON_MS + 8,
    )
