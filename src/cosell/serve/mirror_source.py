"""The mirror behind a console, and how an opportunity is read from the answers that it keeps."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec

from cosell.context import Scope
from cosell.datasets.answers import Refused, record_of
from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.store.opportunity import StoredOpportunity, stored


class Answers(Protocol):
    """What a mirror keeps about one opportunity: JSON texts, None for those that it lacks.

    `is_in_step`: the full record is of the same version as the summary.
    """

    @property
    def summary(self) -> bytes: ...

    @property
    def opportunity(self) -> bytes | None: ...

    @property
    def aws_summary(self) -> bytes | None: ...

    @property
    def is_in_step(self) -> bool: ...


class KeptChange(Protocol):
    """What a member of an opportunity was before a change; None: absent."""

    @property
    def number(self) -> int: ...

    @property
    def opportunity(self) -> str: ...

    @property
    def member(self) -> str: ...

    @property
    def old(self) -> str | None: ...


class Reading(Protocol):
    """A mirror at a single moment. Identifiers are given as `id_key`, except those of changes."""

    def count(self) -> int:
        """How many opportunities there are, without vanished ones."""

    def origin(self) -> int:
        """A number that another mirror does not have."""

    def places(self, selector: Selector, after: Position | None, limit: int) -> Sequence[Position]:
        """The positions of up to `limit` opportunities in the requested order, after `after`."""

    def answers(self, id_keys: Sequence[str]) -> Mapping[str, Answers]:
        """What is kept of opportunities that have not vanished."""

    def arrived(self, after: int, limit: int) -> Sequence[tuple[int, str]]:
        """The next opportunities in the order in which they were first seen, with their numbers in it."""

    def arrivals(self, id_keys: Sequence[str]) -> Mapping[str, int]:
        """The numbers of some opportunities in that order."""

    def last_change(self) -> int:
        """The number of the last change that was seen; 0 if there was none."""

    def changes(self, after: int, limit: int) -> Sequence[KeptChange]:
        """The next changes, in the order in which they were seen."""

    def changes_of(self, identifiers: Sequence[str], after: int) -> Sequence[KeptChange]:
        """Every later change of some opportunities, the last one first."""

    def before(self, summary: bytes, olds: Iterable[tuple[str, str | None]]) -> bytes:
        """What a summary was before changes, whose members and old values are given, the last change first."""


class Source(Protocol):
    """The mirror. Each method opens it anew, and may be called in any thread."""

    def scope(self) -> Scope:
        """Whose it is."""

    def reading(self) -> AbstractContextManager[Reading]:
        """The mirror at a single moment, within the block."""

    def health(self) -> dict[str, Any]:
        """The state of the mirror."""


def listed(summary: bytes, scope: Scope) -> StoredOpportunity | None:
    """What a list shows of an opportunity; None if it cannot be shown."""
    return _stored(summary, scope)


def searched(answers: Answers, scope: Scope) -> StoredOpportunity | None:
    """What a search sees: all that is known of the version that the list has. None if it cannot be shown."""
    whole = _stored(answers.opportunity, scope) if answers.is_in_step else None
    return whole or _stored(answers.summary, scope)


def newest(answers: Answers, scope: Scope) -> StoredOpportunity | None:
    """The whole opportunity, unless the summary is newer or nothing else can be shown."""
    found = [one for text in (answers.opportunity, answers.summary) if (one := _stored(text, scope))]
    return max(found, key=lambda one: one.last_modified_ms, default=None)


def _stored(text: bytes | None, scope: Scope) -> StoredOpportunity | None:
    if text is None:
        return None
    try:
        return stored(record_of(msgspec.json.decode(text), scope.account, scope.catalog)[0])
    except (Refused, UnicodeEncodeError, msgspec.DecodeError):  # a text may hold half of a surrogate pair
        return None
