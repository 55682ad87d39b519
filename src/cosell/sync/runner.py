"""A run: the passes that bring a mirror in step, and the details that it still wants.

`plan` decides, `Service` asks, a target stores; here they meet. Whatever interrupts a run, the mirror is as it was
after the last stored page, and the next run continues from there.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal

import msgspec

from cosell.errors import UserError
from cosell.sync.answers import PageOfRows
from cosell.sync.continuity import Continuity
from cosell.sync.details import work_off
from cosell.sync.plan import SyncState
from cosell.sync.report import Report
from cosell.sync.seen import Seen, unseen
from cosell.sync.service import Service, Surroundings, Unavailable
from cosell.sync.stopping import Stopped
from cosell.sync.target import ForeignMirror, Identity, MirrorUnavailable, RunOutcome, Target
from cosell.sync.walk import Head, Walk

DEFAULT_OVERLAP_MS: Final = 5 * 60 * 1000

_encode = msgspec.json.Encoder().encode
_decode_state = msgspec.json.Decoder(SyncState).decode


class Options(msgspec.Struct, frozen=True):
    """How to run. `details_until_ms`: leave the details that are still queued then to the next run."""

    full: bool = False
    details: bool = False
    overlap_ms: int = DEFAULT_OVERLAP_MS
    details_until_ms: int | None = None


def state_of(target: Target) -> SyncState:
    """Where the sync of a mirror stands."""
    kept = target.state()
    return SyncState() if kept is None else _decode_state(kept)


class Run:
    """One run, to be called once. `tell` receives the report after each page and at the end, `check` may stop it.

    Raises Refused or another UserError, Unavailable, MirrorUnavailable, Stopped: told and noted in the mirror before.
    """

    def __init__(
        self,
        service: Service,
        target: Target,
        world: Surroundings,
        options: Options,
        *,
        tell: Callable[[Report], None] = lambda _: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._service = service
        self._target = target
        self._world = world
        self._options = options
        self._tell = tell
        self._check = check
        self._number: int | None = None
        self._identity = Identity(None, service.catalog, service.endpoint)
        self._state = SyncState()
        self._calls_before = (service.calls, service.retries)
        self.report = Report(mode="full" if options.full else "sync", catalog=service.catalog, started_ms=world.clock())

    def __call__(self) -> Report:
        """Bring the mirror in step."""
        try:
            self._state = state_of(self._target)
            self._passes()
            if self._options.details:
                self._details()
        except Stopped:
            self._end("stopped")
            raise
        except ForeignMirror as foreign:
            self._finish_report("failed", foreign.message)
            raise
        except (UserError, Unavailable, MirrorUnavailable) as error:
            with suppress(MirrorUnavailable):  # the run is told of as failed in any case, and that is the reason
                self._end("failed", getattr(error, "message", None) or str(error))
            raise
        self._end("complete")
        return self.report

    def _passes(self) -> None:
        head = self._service.head()
        self._identity = self._identity_with(head[0])
        self.report.account = self._identity.account
        self.report.newest_ms = head[0].rows[0].last_modified_ms if head[0].rows else None
        self._number = self._target.begin_run(self.report.mode, self.report.started_ms, self._identity)
        if self._options.full:
            self._state = msgspec.structs.replace(self._state, listing=None)
        self.report.resumed = self._state.listing is not None
        if not self._pass(head) and self.report.resumed:  # what changed since the break is newer than its floor
            self._pass(None)

    def _pass(self, head: Head | None) -> bool:
        """Whether it was a full one."""
        walk = Walk(
            self._service,
            self._state,
            head,
            overlap_ms=self._options.overlap_ms,
            full=self._options.full,
            doubts=Continuity(self._service, self._target),
            check=self._check,
        )
        with Seen() as seen:
            for page in walk:
                self._keep(page, walk.kept_state, repair=walk.full)
                if walk.full:
                    seen.add(row.id for row in page.rows)
            self.report.because = walk.because
            if walk.full:
                self._note_vanished(seen, walk.kept_state)
        self._state = walk.state
        return walk.full

    def _keep(self, page: PageOfRows, state: SyncState, *, repair: bool) -> None:
        assert self._number is not None, "a run has begun before it keeps pages"
        self._identity = self._identity_with(page)
        kept = self._target.keep_page(
            self._number,
            self._identity,
            page.rows,
            _encode(state),
            self._world.clock(),
            want_details=self._options.details,
            repair=repair,
        )
        self._state = state
        report = self.report
        report.pages += 1
        report.new += kept.new
        report.changed += kept.changed
        report.unchanged += kept.unchanged
        report.older += kept.older
        report.created_ms = page.created_ms
        report.unknown_members |= page.unknown
        self._tell_so_far()

    def _identity_with(self, page: PageOfRows) -> Identity:
        return msgspec.structs.replace(self._identity, account=self._identity.account or page.account)

    def _note_vanished(self, seen: Seen, state: SyncState) -> None:
        """Ask for each row that the pass did not meet. Some moved meanwhile; the others are gone."""
        assert self._number is not None, "a run has begun"
        for asked in unseen(self._target, seen):
            self._check()
            page = self._service.present([row.id for row in asked])
            self._keep(page, state, repair=True)
            present = {row.id for row in page.rows}
            gone = [row.id for row in asked if row.id not in present]
            self.report.vanished += self._target.mark_vanished(self._number, gone, self._world.clock())

    def _details(self) -> None:
        def between() -> None:
            self._tell_so_far()
            self._check()

        self._target.queue_details(self._world.clock())
        work_off(self._service, self._target, self._world.clock, self.report, between, self._options.details_until_ms)

    def _end(self, status: Literal["complete", "stopped", "failed"], error: str | None = None) -> None:
        try:
            if self._number is None and self._is_of_this_catalog():
                self._number = self._target.begin_run(self.report.mode, self.report.started_ms, self._identity)
            if self._number is not None:
                self._target.end_run(self._number, self._outcome(status, error), _encode(self._state))
                counts = self._target.counts()
                self.report.details_wanted = counts.details_wanted
                self.report.details_failing = counts.details_failing
        finally:
            self._finish_report(status, error)

    def _is_of_this_catalog(self) -> bool:
        """Whether a run that never reached the service is worth noting in the mirror."""
        identity = self._target.identity()
        return identity is not None and identity.catalog == self._service.catalog

    def _outcome(self, status: Literal["complete", "stopped", "failed"], error: str | None) -> RunOutcome:
        report = self.report
        self._count_calls()
        return RunOutcome(
            status=status,
            ended_ms=self._world.clock(),
            watermark_ms=self._state.watermark_ms,
            calls=report.calls,
            pages=report.pages,
            new=report.new,
            changed=report.changed,
            unchanged=report.unchanged,
            older=report.older,
            vanished=report.vanished,
            details=report.details,
            error=error,
        )

    def _tell_so_far(self) -> None:
        self._count_calls()
        self.report.ended_ms = self._world.clock()
        self.report.watermark_ms = self._state.watermark_ms
        self._tell(self.report)

    def _finish_report(self, status: Literal["complete", "stopped", "failed"], error: str | None) -> None:
        self.report.status = status
        self.report.error = error
        self._tell_so_far()

    def _count_calls(self) -> None:
        self.report.calls = self._service.calls - self._calls_before[0]
        self.report.retries = self._service.retries - self._calls_before[1]
