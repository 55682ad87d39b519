"""The interface of a mirror: a database that `cosell sync` keeps in step. Each database implements it.

A target is one open connection, used by one thread at a time. Every method that writes is one transaction, durable
when it returns: a page's rows, the history of what changed, the position and the queue of details are stored together
or not at all (docs/decisions/0009). Times are milliseconds since 1970 UTC; JSON is text in UTF-8.

A target never reopens its connection by itself. The lock belongs to the connection, so a process that has lost one has
lost both, and cannot write into a mirror that another process may hold by now.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol, Self

import msgspec

from cosell.errors import UserError

Status = Literal["running", "complete", "stopped", "failed", "interrupted"]
"""Of a run. `interrupted`: its process ended without a word, as the next run finds out."""


class MirrorBusy(UserError):
    """Another process holds the mirror; `holder` is what that process said of itself."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"the mirror is held by {holder}", "wait for it, or sync into another mirror with --mirror")
        self.holder = holder


class ForeignMirror(UserError):
    """The mirror belongs to another account or catalog. Nothing was written."""

    def __init__(self, kept: "Identity", given: "Identity") -> None:
        super().__init__(
            f"this is the mirror of {_name(kept)}, not of {_name(given)}", "name another one with --mirror"
        )
        self.kept = kept
        self.given = given


class NoMirror(UserError):
    """There is no mirror yet, although one was expected."""


class MirrorUnavailable(Exception):
    """The database does not answer now: locked, out of space, or gone. What was to be written was not.

    Unless a connection broke at the very commit: then it was written completely, or not at all.
    """


class Identity(msgspec.Struct, frozen=True):
    """Whose opportunities a mirror has. `account` is learnt from the first Arn: None until then.

    `endpoint` is where they were first read from. It is shown, not compared: the same account has several endpoints.
    """

    account: str | None
    catalog: str
    endpoint: str


class Row(msgspec.Struct, frozen=True):
    """A summary as received: `raw` is its JSON text with every member, unknown ones too, and without nulls."""

    id: str
    last_modified_ms: int
    raw: bytes


class Kept(msgspec.Struct, frozen=True):
    """The result of a page's rows. `older`: left out, since the mirror has a later LastModifiedDate."""

    new: int
    changed: int
    unchanged: int
    older: int


class RunOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended, as `cosell sync status` tells it. `watermark_ms` is None before the first complete pass."""

    status: Literal["complete", "stopped", "failed"]
    ended_ms: int
    watermark_ms: int | None
    calls: int = 0
    pages: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    vanished: int = 0
    details: int = 0
    error: str | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as the mirror remembers it. `outcome` is None while it runs, and for good if it was interrupted."""

    run: int
    mode: str
    started_ms: int
    status: Status
    outcome: RunOutcome | None


class DetailWanted(msgspec.Struct, frozen=True):
    """An opportunity whose details are to be fetched. `attempts` failed before, the last one with `error`."""

    id: str
    last_modified_ms: int
    attempts: int = 0
    error: str | None = None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much a mirror holds. `details_failing` of `details_wanted` have failed at least once."""

    opportunities: int
    vanished: int
    changes: int
    details: int
    details_wanted: int
    details_failing: int
    newest_ms: int | None
    """The newest LastModifiedDate in the mirror; None if it is empty."""


DifferenceKind = Literal["missing", "stale", "ahead", "different", "vanished"]


class Difference(msgspec.Struct, frozen=True):
    """A row that is not the same on both sides, although no sync is due that would repair it.

    `missing`: the mirror lacks it. `stale`: the mirror's is older. `ahead`: the mirror's is newer. `different`: equally
    old, but `members` differ. `vanished`: the service does not have it.
    """

    kind: DifferenceKind
    id: str
    mirror_ms: int | None
    service_ms: int | None
    members: tuple[str, ...] = ()


class Verification(msgspec.Struct, frozen=True):
    """The result of a comparison with the service. The next sync fetches `behind` rows, so they do not differ.

    `differences` are the first of `different`, in the order in which they were found.
    """

    at_ms: int
    compared: int
    equal: int
    behind: int
    different: int
    differences: list[Difference]


class Target(Protocol):
    """An open mirror. As a context manager it closes itself at the end.

    Methods raise MirrorUnavailable if the database does not answer.
    """

    def __enter__(self) -> Self:
        """The target itself."""

    def __exit__(self, *_: object) -> None:
        """Close."""

    def close(self) -> None:
        """Close the database. Idempotent."""

    def lock(self, holder: str) -> AbstractContextManager[None]:
        """Hold the mirror for the block. Raises MirrorBusy, with what the other one gave as `holder`, if it is held.

        `targets.holder.this_process` makes a `holder`. The operating system or the database lets go of the lock when
        the process ends, however it ends.
        """

    def identity(self) -> Identity | None:
        """Whose mirror this is; None if nothing was ever written to it."""

    def state(self) -> bytes | None:
        """Where the sync stands: what was last given as `state`, which means nothing to a target. None at first."""

    def begin_run(self, mode: str, started_ms: int, identity: Identity) -> int:
        """A new run's number. A run that is still `running` was cut off, and becomes `interrupted`.

        Raises ForeignMirror, so a caller that asks the service for its newest opportunity first, and so knows the
        account, leaves a foreign mirror as it was.
        """

    def keep_page(
        self,
        run: int,
        identity: Identity,
        rows: Sequence[Row],
        state: bytes,
        seen_ms: int,
        *,
        want_details: bool,
        repair: bool = False,
    ) -> Kept:
        """Store a page, what it changes, and the new state. A row is never replaced by an older one.

        With `repair` the service wins: a row is replaced even by an older one, and columns that disagree with the row
        are written anew.

        The first page binds the mirror to `identity`, the first one with an account to that account. With
        `want_details` new and changed rows enter the queue of details. A row that had vanished is there again.
        Raises ForeignMirror.
        """

    def end_run(self, run: int, outcome: RunOutcome, state: bytes) -> None:
        """Store how a run ended, and the new state."""

    def summaries(self, after_id: str | None, limit: int) -> list[Row]:
        """Up to `limit` rows after `after_id` in the order of the identifiers' texts, without vanished ones."""

    def summaries_of(self, ids: Iterable[str]) -> list[Row]:
        """The rows of these identifiers, in no order, without vanished ones."""

    def newest(self, limit: int) -> list[Row]:
        """Up to `limit` most recently modified rows, newest first, without vanished ones."""

    def wrong_columns(self, rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
        """For rows that the mirror has, by identifier: the columns that disagree with the row."""

    def mark_vanished(self, run: int, ids: Sequence[str], seen_ms: int) -> int:
        """Note that the service no longer has these. They stay, with the time; returns how many were newly noted."""

    def queue_details(self, seen_ms: int) -> int:
        """Queue every opportunity with missing or outdated details. Returns how many were not yet queued."""

    def details_wanted(self, limit: int, now_ms: int) -> list[DetailWanted]:
        """The next details to fetch, longest wait first, without those to be retried after `now_ms`."""

    def details_failing(self, limit: int) -> list[DetailWanted]:
        """Details that could not be fetched yet, most attempts first."""

    def keep_detail(
        self,
        identifier: str,
        last_modified_ms: int,
        opportunity: bytes | None,
        aws_summary: bytes | None,
        seen_ms: int,
    ) -> None:
        """Keep the answers of GetOpportunity and GetAwsOpportunitySummary; None if the service has none.

        `last_modified_ms` is that of `opportunity`, or what was wanted where there is none. Details that are older
        than those kept are dropped. What was queued with a later LastModifiedDate stays queued.
        """

    def detail_failed(self, identifier: str, error: str, retry_at_ms: int) -> None:
        """Note that details could not be fetched, and when to try again."""

    def runs(self, limit: int) -> list[Run]:
        """The latest runs, the newest first."""

    def counts(self) -> Counts:
        """How much the mirror holds."""


def check_identity(kept: Identity | None, given: Identity) -> None:
    """Raises ForeignMirror if two identities cannot be the same. An account that is not known yet fits every one."""
    if kept is None:
        return
    accounts = {kept.account, given.account} - {None}
    if kept.catalog != given.catalog or len(accounts) > 1:
        raise ForeignMirror(kept, given)


def _name(identity: Identity) -> str:
    return f"account {identity.account or 'unknown'}, catalog {identity.catalog}"
