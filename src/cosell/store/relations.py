"""The interface to what belongs to opportunities: solutions, tags, AWS's own view."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from cosell.rules.solution import Solution


class RelationReader(Protocol):
    """Sees what belongs to the opportunities of one scope."""

    def aws_summary(self, identifier: str) -> bytes | None:
        """The encoded GetAwsOpportunitySummary answer about an opportunity; None if AWS has no view of it yet."""

    def solutions(self) -> Iterable[Solution]:
        """Every stored solution, in the order of identifiers."""

    def solution(self, identifier: str) -> Solution | None:
        """A stored solution; None if the scope has no such one."""

    def tags(self, resource: str) -> Mapping[str, str]:
        """The tags of a resource, which is named by the end of its ARN (`opportunity/O1000001`), in their order."""


class RelationWriter(RelationReader, Protocol):
    """Changes what belongs to the opportunities of one scope."""

    def put_aws_summary(self, identifier: str, summary: bytes) -> None:
        """Store an encoded GetAwsOpportunitySummary answer, replacing the former one, if there is one."""

    def put_solutions(self, solutions: Iterable[Solution]) -> None:
        """Add solutions, each replacing the one with its identifier."""

    def put_tags(self, resource: str, tags: Mapping[str, str]) -> None:
        """Set a resource's tags to exactly these."""
