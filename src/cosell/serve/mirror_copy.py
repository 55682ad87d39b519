"""A copy of a mirror in a store, as a server has one, so that pages answer over AWS's data exactly as over a server.

It lies in a temporary file, so memory does not grow with the mirror, and goes when the console ends. The first time all
of the mirror is read; later, what was written since.
"""

import os
import random
import secrets
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import msgspec

from cosell.context import Scope
from cosell.datasets.answers import Refused, record_of
from cosell.engine import Engine
from cosell.serve.folder import OwnFolder
from cosell.store.interface import WriteTransaction
from cosell.store.opportunity import StoredOpportunity, stored

BATCH: Final = 500
"""Opportunities that are brought up to date in one transaction."""
OVERLAP_MS: Final = 60_000
"""How far back a mirror is read again, in case a clock that it was written by is set back."""
ROOMY: Final = Path("/var/tmp")  # noqa: S108  # a folder with an unforeseeable name is made in it
"""For large temporary files [File Hierarchy Standard 3.0]: /tmp often lies in memory."""


class Answers(Protocol):
    """What a mirror keeps about one opportunity: JSON texts, None for those that it lacks."""

    @property
    def id(self) -> str: ...

    @property
    def has_vanished(self) -> bool: ...

    @property
    def summary(self) -> bytes: ...

    @property
    def opportunity(self) -> bytes | None: ...

    @property
    def aws_summary(self) -> bytes | None: ...


class MirrorState(msgspec.Struct, frozen=True):
    """Whose mirror it is, how many opportunities it has without vanished ones, and when it was written last."""

    scope: Scope
    opportunities: int
    last_change_ms: int


class Source(Protocol):
    """The mirror that is copied. Each method opens it anew, and may be called in any thread."""

    def state(self) -> MirrorState:
        """How it is now."""

    def answers(self, since_ms: int) -> Iterable[Answers]:
        """What was written at `since_ms` or later."""


class Interrupted(Exception):
    """The copy was closed while it was made."""


class MirrorCopy:
    """The copy. One thread at a time may `renew` it, while others read it from the `engine`'s store."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._folder = OwnFolder(_where())
        chance = random.Random(secrets.randbits(128))  # noqa: S311  # as long as the seed is secret
        self.engine = Engine.open(str(Path(self._folder.name) / "mirror.db"), chance=chance)
        self.copying: tuple[int, int] | None = None
        """While all of the mirror is read: how many opportunities were, of how many."""
        self._scope: Scope | None = None
        self._state: MirrorState | None = None
        self._refused: set[str] = set()
        self._is_closed = False

    @property
    def refused(self) -> int:
        """Opportunities of the mirror that no store would take."""
        return len(self._refused)

    @property
    def is_there(self) -> bool:
        """Whether it was made: not before the first `renew` has ended, nor while another mirror is copied."""
        return self._state is not None

    def scopes(self) -> list[Scope]:
        """Whose mirror it is; none before anybody has looked."""
        return [] if self._scope is None else [self._scope]

    def interrupt(self) -> None:
        """Let `renew` end soon."""
        self._is_closed = True

    def close(self) -> None:
        """Let go of the copy, and remove it."""
        self.engine.close()
        self.remove()

    def remove(self) -> None:
        """Remove the files of the copy, also under who still works with them."""
        self._folder.cleanup()

    def look(self) -> MirrorState:
        """How the mirror is now. From then on a copy that is to be made first is `copying`."""
        state = self._source.state()
        if self._state is None:
            self._scope, self.copying = state.scope, (0, state.opportunities)
        return state

    def renew(self, state: MirrorState) -> None:
        """Bring the copy up to date with a mirror that was just in this state. Raises Interrupted."""
        before = self._state
        if state == before:
            return
        self._scope = state.scope
        if before is None or before.scope != state.scope or before.last_change_ms > state.last_change_ms:
            self._read_whole(state)
        else:  # should this fail half-way, the next one follows from where this one began
            self._follow(state.scope, before.last_change_ms - OVERLAP_MS)
            if self._count(state.scope) != state.opportunities and self._source.state() == state:
                self._read_whole(state)  # it is another mirror by now
        self._state = state

    def _count(self, scope: Scope) -> int:
        with self.engine.store.read(scope) as tx:
            return tx.count() + self.refused

    def _read_whole(self, state: MirrorState) -> None:
        scope, store = state.scope, self.engine.store
        self._state = None  # should this fail half-way, the next one begins anew
        self.copying = (0, state.opportunities)
        try:
            for former in store.scopes():
                with store.write(former) as tx:
                    tx.clear()
            self._refused.clear()
            with store.bulk_load([scope], state.opportunities) as transactions:
                transactions[scope].insert(self._all(transactions[scope], state))
        finally:
            self.copying = None

    def _all(self, tx: WriteTransaction, state: MirrorState) -> Iterator[StoredOpportunity]:
        for number, answers in enumerate(self._answers(0), start=1):
            self.copying = (min(number, state.opportunities), state.opportunities)
            opportunity = self._taken(answers, state.scope)
            if opportunity is not None:
                yield opportunity
            if answers.aws_summary is not None:
                tx.put_aws_summary(answers.id, answers.aws_summary)

    def _follow(self, scope: Scope, since_ms: int) -> None:
        answers = self._answers(since_ms)
        while batch := list(islice(answers, BATCH)):
            with self.engine.store.write(scope) as tx:
                tx.remove([one.id for one in batch if one.has_vanished])
                for one in batch:
                    self._bring(tx, one, scope)

    def _bring(self, tx: WriteTransaction, answers: Answers, scope: Scope) -> None:
        opportunity = self._taken(answers, scope)
        if opportunity is not None:
            before = tx.record(answers.id)
            if before is None:
                tx.insert([opportunity])
            elif before != opportunity.record:
                tx.replace(opportunity)
        if answers.aws_summary is not None:
            tx.put_aws_summary(answers.id, answers.aws_summary)

    def _answers(self, since_ms: int) -> Iterator[Answers]:
        for answers in self._source.answers(since_ms):
            if self._is_closed:
                raise Interrupted
            yield answers

    def _taken(self, answers: Answers, scope: Scope) -> StoredOpportunity | None:
        """What is shown of an opportunity; None where it has vanished or is refused."""
        self._refused.discard(answers.id)
        if answers.has_vanished:
            return None
        opportunity = _newest(answers, scope)
        if opportunity is None:
            self._refused.add(answers.id)
        return opportunity


def _newest(answers: Answers, scope: Scope) -> StoredOpportunity | None:
    """The whole opportunity, unless the summary is newer or nothing else can be stored."""
    found = [opportunity for text in (answers.opportunity, answers.summary) if (opportunity := _stored(text, scope))]
    return max(found, key=lambda one: one.last_modified_ms, default=None)


def _stored(text: bytes | None, scope: Scope) -> StoredOpportunity | None:
    if text is None:
        return None
    try:
        return stored(record_of(msgspec.json.decode(text), scope.account, scope.catalog)[0])
    except (Refused, UnicodeEncodeError, msgspec.DecodeError):  # a text may hold half of a surrogate pair
        return None


def _where() -> Path | None:
    """Where the user wants temporary files, or where there is room for large ones."""
    return ROOMY if "TMPDIR" not in os.environ and ROOMY.is_dir() else None
