"""The interface of a store. Each database implements it; nothing else of it is visible.

A transaction belongs to one scope, the data set of one account and catalog. Stamps are taken inside a writing
transaction, while no other one of the scope can commit: so stamps follow the order of commits, and a reader who has
seen a stamp will never meet an earlier one that it has not seen (docs/decisions/0004).
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from cosell.clock import Course
from cosell.context import Scope
from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.store.appearances import AppearanceKeeper, DueAppearance
from cosell.store.changes import ChangeReader, CountKeeper
from cosell.store.due_reviews import DueReview, ReviewReader, ReviewWriter
from cosell.store.engagement import DueTask, EngagementReader, EngagementWriter
from cosell.store.invitations import DueInvitation, InvitationReader, InvitationWriter
from cosell.store.opportunity import StoredOpportunity
from cosell.store.outbox import Event, Outbox
from cosell.store.page import Page
from cosell.store.relations import RelationReader, RelationWriter
from cosell.store.saved_states import SavedStates
from cosell.store.search import SearchReader


class StoreUnavailable(Exception):
    """The database does not answer now: locked for too long, out of space, or gone. Nothing was changed.

    The message is the reason in a few words, without a path or a value, so that callers and logs may be told.
    """


class StoreBusy(StoreUnavailable):
    """Other writers were not done before the deadline (`cosell.store.patience`). Nothing was changed: try again."""


class GroupSpoilt(Exception):
    """One of several transactions would have to be undone by itself. Nothing was changed: repeat each alone."""


class Coming(msgspec.Struct, frozen=True):
    """A writing transaction that is about to come, and the token that it asks about first; None where it has none."""

    scope: Scope
    operation: str
    client_token: str | None


class Remembered(msgspec.Struct, frozen=True):
    """The first answer to a ClientToken: the digest of its request, and the answer's body."""

    request_digest: bytes
    answer: bytes


class ReadTransaction(
    RelationReader, EngagementReader, ChangeReader, ReviewReader, InvitationReader, SearchReader, Protocol
):
    """Sees one committed state of one scope."""

    def page(self, selector: Selector, after: Position | None, limit: int) -> Page:
        """Up to `limit` opportunities after `after`. The cost does not grow with the scope or the depth."""

    def record(self, identifier: str) -> bytes | None:
        """The encoded GetOpportunity answer; None if the scope has no such opportunity."""

    def records(self) -> Iterable[bytes]:
        """Every encoded record, in the order of identifiers."""

    def count(self) -> int:
        """How many opportunities the scope has."""


class WriteTransaction(
    ReadTransaction,
    RelationWriter,
    EngagementWriter,
    InvitationWriter,
    ReviewWriter,
    AppearanceKeeper,
    CountKeeper,
    Protocol,
):
    """Changes one scope, completely or not at all."""

    def stamp(self, now_ms: int) -> int:
        """The moment of a change: now, or just after the scope's latest stamp, whichever is later."""

    def raise_stamp(self, stamp_ms: int) -> None:
        """Make all coming stamps later than `stamp_ms`."""

    def last_stamp(self) -> int:
        """The scope's latest stamp; 0 before the first."""

    def next_number(self) -> int:
        """A number that the installation has not used before, from 0 up."""

    def reserve_numbers(self, upto: int) -> None:
        """Never use `upto` or a lower number again."""

    def insert(self, opportunities: Iterable[StoredOpportunity]) -> None:
        """Add opportunities whose identifiers are new to the scope.

        Raises KeyError with the first that is not; the transaction must then be rolled back.
        """

    def replace(self, opportunity: StoredOpportunity) -> None:
        """Replace the opportunity with the same identifier."""

    def remove(self, identifiers: Iterable[str]) -> None:
        """Remove opportunities, those that exist. Whoever follows the changes must start over if any did."""

    def remembered(self, operation: str, client_token: str, now_ms: int) -> Remembered | None:
        """The answer that was given to this token, unless it is forgotten."""

    def remember(self, operation: str, client_token: str, answer: Remembered, now_ms: int, until_ms: int) -> None:
        """Keep an answer until `until_ms`; drop what was to be kept until the day before `now_ms`."""

    def announce(self, event: Event) -> None:
        """Put an event into the outbox, to be delivered after the commit. Its receiver may be another account."""

    def clear(self) -> int:
        """Remove everything from the scope, tokens and events too; its stamps continue. Returns the number removed."""


class Store(Protocol):
    """A database of opportunities. Safe to use from many threads."""

    token_key: bytes
    """Signs page tokens; kept with the data, so that every worker reads every other's tokens."""

    states: SavedStates
    """Named states of the database, to return to."""

    shared: bool
    """Whether other processes may have the database open, too."""

    reads_at_once: bool
    """Whether a read takes microseconds and waits for nobody, so that it may run on an event loop."""

    outbox: Outbox
    """The events of every account, and how far they are delivered."""

    def read(self, scope: Scope) -> AbstractContextManager[ReadTransaction]:
        """A reading transaction."""

    def write(self, scope: Scope) -> AbstractContextManager[WriteTransaction]:
        """A writing transaction: committed durably at the end of the block, rolled back if the block raises."""

    def write_for_aws(self, scope: Scope, *, waits: bool) -> AbstractContextManager[WriteTransaction | None]:
        """As `write`, for what AWS's side does by itself.

        While another process is doing such a thing, or has the scope, it waits for it as for a writer, or gives None.
        """

    def group_commit(self, coming: Sequence[Coming]) -> AbstractContextManager[None]:
        """Make the writing transactions of this thread durable at the end of the block, all in one go.

        Those that are `coming` may be prepared together; others may come, and some of them may not.

        Each is visible to the next ones. Raises GroupSpoilt out of the block where one raised after it had written,
        and StoreUnavailable where the end fails: either way nothing is changed. No other thread may write meanwhile,
        and others see nothing before the end.
        """

    def bulk_load(
        self, scopes: Sequence[Scope], expected: int
    ) -> AbstractContextManager[Mapping[Scope, WriteTransaction]]:
        """One writing transaction over several scopes, for loads of about `expected` opportunities in all.

        Committed durably at the end of the block, rolled back in every scope if the block raises. Other writers wait
        until the end. A load that is large for the database may drop whatever makes pages and look-ups fast until its
        own end, so query what you need before the first `insert`. An identifier that is not new to its scope may be
        detected only there, as a KeyError out of the block.
        """

    def due_reviews(self, until_ms: int, limit: int) -> list[DueReview]:
        """Up to `limit` things that AWS's side has to do by `until_ms`, in any scope, earliest first."""

    def due_appearances(self, until_ms: int, limit: int) -> list[DueAppearance]:
        """Up to `limit` things that appear by `until_ms`, in any scope, earliest first."""

    def due_tasks(self, until_ms: int, limit: int) -> list[DueTask]:
        """Up to `limit` tasks in progress that continue by `until_ms`, in any scope, earliest first."""

    def due_invitations(self, until_ms: int, limit: int) -> list[DueInvitation]:
        """Up to `limit` pending invitations that expire by `until_ms`, in any scope, earliest first."""

    def course(self) -> Course:
        """How the engine's time runs, as last committed."""

    def put_course(self, course: Course) -> None:
        """Change how the engine's time runs, durably, for every process of the database."""

    def scopes(self) -> list[Scope]:
        """Every scope that was ever written to."""

    def pending_in_search(self, most: int = ...) -> int:
        """How many opportunities are not in the search index yet, counted up to `most`, or all."""

    def feed_search(self, most: int) -> int:
        """Index up to `most` of them for searches, in few transactions; returns how many it were."""

    def trim_history(self, before_ms: int) -> int:
        """Remove some of the changes made before then, oldest first. Returns how many; 0 once none are left.

        They are removed in commit order, so a change stays while an earlier one, from a clock that was ahead, stays.
        """

    def log_bytes(self) -> int:
        """The size of the write-ahead log; 0 if there is none."""

    def shorten_log(self) -> int:
        """Truncate that file if it is longer than necessary, without blocking anybody; returns its size then.

        It stays as it is while somebody reads an older state, here or in another program.
        """

    def check(self) -> float:
        """Write as much as a change does, and roll it back: 0. For one thread at a time; it does not wait for writers.

        If a writer is active nothing is tried: returns for how many seconds it has been. Raises StoreUnavailable, with
        the reason, if the database cannot be read and written, or the writer is active for longer than others wait.
        """

    def close(self) -> None:
        """Close the database. Idempotent."""
