"""What the store keeps of AWS's pending actions, in the order in which they are due."""

from typing import Protocol

import msgspec

from cosell.context import Scope


class DueReview(msgspec.Struct, frozen=True):
    """Something that is due with an opportunity, at a moment in milliseconds since 1970 UTC."""

    due_ms: int
    scope: Scope
    identifier: str


class ReviewEntry(msgspec.Struct, frozen=True):
    """How far AWS's side has got with an opportunity.

    `submission` counts from 1. `rule` is the number of the script's rule that it follows, None until one was chosen;
    -1 where none fits. `step` is the next of the rule's steps, and `due_ms` its moment, None if nothing is left.
    """

    identifier: str
    submission: int
    rule: int | None
    step: int
    due_ms: int | None


class ReviewReader(Protocol):
    """Sees the reviews of one scope."""

    def review_entry(self, identifier: str) -> ReviewEntry | None:
        """The entry of an opportunity; None if it was never submitted."""


class ReviewWriter(ReviewReader, Protocol):
    """Changes the reviews of one scope. A trigger adds whatever is submitted."""

    def put_review_entry(self, entry: ReviewEntry) -> None:
        """Replace the entry of the same opportunity."""
