"""A mirror as a read-only store, so that the console's pages work over it as over a server.

Each transaction opens the mirror only while it reads, so that a sync never has to wait. The last answers are
remembered, for the time when the mirror cannot be read.
"""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final, TypeVar

from cosell.context import Scope
from cosell.errors import ServiceError
from cosell.rules.identifiers import id_key
from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.rules.search.question import Question
from cosell.serve.mirror_search import searched_page
from cosell.serve.mirror_source import Answers, Reading, Source, listed, newest
from cosell.serve.mirror_steps import step_of
from cosell.store.changes import Change, Course, Reached, Step
from cosell.store.interface import StoreUnavailable
from cosell.store.opportunity import StoredOpportunity
from cosell.store.outbox import Waiting
from cosell.store.page import Page

REMEMBERED: Final = 64
"""Queries whose answers are remembered."""
_TOKEN_KEY_BYTES: Final = 32

T = TypeVar("T")
Asked = tuple[Any, ...]


class MirrorStore:
    """The part of a `Store` that the console's pages use over a mirror. Safe to use from many threads.

    `scope` is whose mirror it is, and `reason` why it cannot be read now: the owner sets both, and is told of failures
    by `failed`.
    """

    shared = False
    reads_at_once = False

    def __init__(self, source: Source, failed: Callable[[Exception], None]) -> None:
        self.token_key = secrets.token_bytes(_TOKEN_KEY_BYTES)
        self.outbox = NoEvents()
        self.source = source
        self.failed = failed
        self.scope: Scope | None = None
        self.reason: str | None = None
        self.refused: set[str] = set()
        """Opportunities that were met and cannot be shown."""
        self.counted: Reached | None = None
        """How far a count had come that was up to date."""
        self._remembered: dict[Asked, Any] = {}
        self._lock = threading.Lock()

    @contextmanager
    def read(self, scope: Scope) -> Iterator["MirrorTransaction"]:
        """See `Store.read`."""
        with ExitStack() as stack:
            yield MirrorTransaction(self, scope, stack)

    @contextmanager
    def write(self, _: Scope) -> Iterator["CountsInMemory"]:
        """A transaction in which a count is kept, by whoever has made it."""
        yield CountsInMemory()

    def remember(self, question: Asked, answer: Any) -> None:
        """Keep an answer for the time when the mirror cannot be read."""
        with self._lock:
            self._remembered.pop(question, None)
            self._remembered[question] = answer
            while len(self._remembered) > REMEMBERED:
                del self._remembered[next(iter(self._remembered))]

    def remembered(self, question: Asked) -> Any:
        """The answer that was given last. Raises StoreUnavailable if none was."""
        with self._lock:
            if question not in self._remembered:
                raise StoreUnavailable(self.reason or "the mirror cannot be read")
            return self._remembered[question]


class MirrorTransaction:
    """What a `ReadTransaction` sees, as far as pages over a mirror use it. Any scope but the mirror's is empty."""

    def __init__(self, store: MirrorStore, scope: Scope, stack: ExitStack) -> None:
        self._store = store
        self._scope = scope
        self._stack = stack
        self._opened: Reading | None = None

    def page(self, selector: Selector, after: Position | None, limit: int) -> Page:
        """See `ReadTransaction.page`. What cannot be shown is left out."""
        question = ("page", self._scope, selector, after, limit)
        return self._asked(question, Page([], None), lambda reading: self._page(reading, selector, after, limit))

    def _page(self, reading: Reading, selector: Selector, after: Position | None, limit: int) -> Page:
        found: list[tuple[Position, bytes]] = []
        while len(found) <= limit:
            wanted = limit + 1 - len(found)
            places = reading.places(selector, after, wanted)
            answers = reading.answers([place.id_key for place in places])
            for place in places:
                if place.id_key in answers:
                    summary = self._summary(place.id_key, answers[place.id_key].summary)
                    if summary is not None:
                        found.append((place, summary))
            if len(places) < wanted:
                break
            after = places[-1]
        last = found[limit - 1][0] if len(found) > limit else None
        return Page([summary for _, summary in found[:limit]], last)

    def record(self, identifier: str) -> bytes | None:
        """See `ReadTransaction.record`."""

        def ask(reading: Reading) -> bytes | None:
            kept = _kept(reading, identifier)
            return None if kept is None else self._shown_record(id_key(identifier), kept)

        return self._asked(("record", self._scope, identifier), None, ask)

    def _shown_record(self, key: str, kept: Answers) -> bytes | None:
        opportunity = self._met(key, newest(kept, self._scope))
        return None if opportunity is None else opportunity.record

    def aws_summary(self, identifier: str) -> bytes | None:
        """See `RelationReader.aws_summary`."""

        def ask(reading: Reading) -> bytes | None:
            kept = _kept(reading, identifier)
            return None if kept is None else kept.aws_summary

        return self._asked(("aws_summary", self._scope, identifier), None, ask)

    def count(self) -> int:
        """See `ReadTransaction.count`, without those that were met and cannot be shown."""
        return self._asked(("count", self._scope), 0, lambda reading: reading.count() - len(self._store.refused))

    def search(self, question: Question, after: Position | None, limit: int) -> Page:
        """See `SearchReader.search`."""
        return self._asked(
            ("search", self._scope, question, after, limit),
            Page([], None),
            lambda reading: searched_page(reading, self._scope, question, after, limit),
        )

    def step(self, reached: Reached | None, *, whole: bool = False) -> Step:
        """See `ChangeReader.step`. While the mirror cannot be read, a count that was up to date is good enough."""

        def ask(reading: Reading) -> Step:
            step = step_of(reading, reached, self._summary, self._shown_record if whole else None)
            if step.is_last:
                self._store.counted = step.reached
            return step

        nothing = Step(Reached(0, 0, "0"), True, True, [], [])
        try:
            return self._asked(None, nothing, ask)
        except StoreUnavailable:
            if reached is None or reached != self._store.counted:
                raise
            return Step(reached, False, True, [], [])

    def kept_count(self) -> None:
        """See `ChangeReader.kept_count`. A mirror has none."""

    def history(self, _: str, __: int) -> list[Change]:
        """See `ChangeReader.history`. What a mirror knows of it are members, not records."""
        return []

    def trimmed_ms(self) -> int:
        """See `ChangeReader.trimmed_ms`."""
        return 0

    def courses(self, _: int) -> list[Course]:
        """See `ChangeReader.courses`. As `history`."""
        return []

    def tags(self, _: str) -> Mapping[str, str]:
        """See `RelationReader.tags`. A mirror has none."""
        return {}

    def _asked(self, question: Asked | None, empty: T, ask: Callable[[Reading], T]) -> T:
        """The answer of the mirror; while it cannot be read, the last answer to the same query."""
        if self._scope != self._store.scope:
            return empty
        if self._store.reason is None:
            try:
                answer = ask(self._reading())
            except ServiceError:
                raise
            except Exception as error:  # noqa: BLE001  # the pages show the reason, the log what happened
                self._store.failed(error)
            else:
                if question is not None:
                    self._store.remember(question, answer)
                return answer
        kept: T = self._store.remembered(question or ())
        return kept

    def _reading(self) -> Reading:
        if self._opened is None:
            self._opened = self._stack.enter_context(self._store.source.reading())
        return self._opened

    def _summary(self, key: str, text: bytes) -> bytes | None:
        opportunity = self._met(key, listed(text, self._scope))
        return None if opportunity is None else opportunity.summary

    def _met(self, key: str, opportunity: StoredOpportunity | None) -> StoredOpportunity | None:
        """Notes whether it can be shown."""
        if opportunity is None:
            self._store.refused.add(key)
        else:
            self._store.refused.discard(key)
        return opportunity


def _kept(reading: Reading, identifier: str) -> Answers | None:
    key = id_key(identifier)
    return reading.answers([key]).get(key)


class CountsInMemory:
    """Keeps a count that is of no use to anybody else."""

    def keep_count(self, _: Reached, __: bytes) -> bool:
        """See `CountKeeper.keep_count`."""
        return True


class NoEvents:
    """The outbox of a mirror."""

    def about(self, *_: object) -> Sequence[Waiting]:
        """See `Outbox.about`."""
        return ()
