"""What the commands of `cosell sync` do: the runs, with the options' values and the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cosell.sync.comparison import Comparison, what_would_change
from cosell.sync.follow import follow
from cosell.sync.mirroring import asking, now_ms
from cosell.sync.runner import Options, Run
from cosell.sync.target import Difference, NoMirror, Target, Verification
from cosell.sync.targets.holder import this_process
from cosell.sync.targets.lock_file import MEMORY
from cosell.sync.targets.open import open_target

if TYPE_CHECKING:
    from cosell.cli.sync_output import Output
    from cosell.cli.sync_source import Source
    from cosell.sync.stopping import Stopping

DIFFERENCES_KEPT: Final = 100


@contextmanager
def locked(mirror: str, output: "Output", *, repair: bool) -> Iterator[Target]:
    """The mirror, open and locked. With `repair`, missing tables and columns are recreated.

    Raises UserError if it cannot be opened, MirrorBusy if another holds it.
    """
    with open_target(mirror, repair=repair, tell=output.repaired) as target, target.lock(this_process(now_ms())):
        yield target


def one_run(
    source: "Source", mirror: str, output: "Output", stopping: "Stopping", *, full: bool, details: bool
) -> None:
    """Bring the mirror in step once."""
    client = source.client()
    with (
        locked(mirror, output, repair=full) as target,
        asking(client, source.catalog, sleep=stopping.sleep, wait=stopping.wait, **source.quota) as asked,
    ):
        options = Options(full=full, details=details, overlap_ms=source.overlap_ms)
        with output.progress() as tell:
            Run(asked[0], target, asked[1], options, tell=tell, check=stopping.check)()
        output.finish(target)


def following(
    source: "Source",
    mirror: str,
    output: "Output",
    stopping: "Stopping",
    *,
    full: bool,
    details: bool,
    interval_ms: int,
    queue_url: str | None,
) -> None:
    """Bring the mirror in step again and again. Ends with Stopped, or a UserError."""
    client = source.client()
    wait = stopping.sleep if queue_url is None else _until_woken(source, queue_url, stopping)
    with asking(client, source.catalog, sleep=stopping.sleep, wait=stopping.wait, **source.quota) as (service, world):

        def run(target: Target, until_ms: int) -> None:
            options = Options(full=full, details=details, overlap_ms=source.overlap_ms, details_until_ms=until_ms)
            try:
                Run(service, target, world, options, tell=output.hear, check=stopping.check)()
            finally:
                output.finish(target)

        follow(
            lambda: locked(mirror, output, repair=full),
            run,
            interval_ms=interval_ms,
            clock=now_ms,
            wait=wait,
            trouble=output.trouble,
        )


def rehearsal(source: "Source", mirror: str, output: "Output", stopping: "Stopping", *, full: bool) -> None:
    """Say what a run would change."""
    try:
        target = open_target(mirror, create=False)
    except NoMirror:
        target = open_target(MEMORY)
    with (
        target,
        asking(source.client(), source.catalog, sleep=stopping.sleep, wait=stopping.wait, **source.quota) as (
            service,
            _,
        ),
    ):
        output.rehearsed(
            what_would_change(service, target, overlap_ms=source.overlap_ms, full=full, check=stopping.check)
        )


def verification(source: "Source", mirror: str, output: "Output", stopping: "Stopping", *, as_json: bool) -> int:
    """Show each difference, then how many there are, and store that in the mirror; returns the number."""
    client = source.client()
    found = 0
    first: list[Difference] = []
    with (
        open_target(mirror, create=False) as target,
        asking(client, source.catalog, sleep=stopping.sleep, wait=stopping.wait, **source.quota) as (service, _),
    ):
        comparison = Comparison(service, target, overlap_ms=source.overlap_ms, check=stopping.check)
        for difference in comparison.differences():
            found += 1
            if found <= DIFFERENCES_KEPT:
                first.append(difference)
            output.difference(difference, as_json=as_json)
        output.compared(comparison, found)
        counts = comparison.compared, comparison.equal, comparison.behind
        target.keep_verification(Verification(now_ms(), *counts, found, first))
    return found


def _until_woken(source: "Source", queue_url: str, stopping: "Stopping") -> Callable[[float], None]:
    from cosell.sync.wake import Queue

    queue = Queue(source.session, queue_url)

    def wait(seconds: float) -> None:
        with stopping.waiting():
            queue.wait(seconds)

    return wait
