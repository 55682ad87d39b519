"""What a file says, row by row, and what became of each row."""

from typing import Any, Final, Literal

import msgspec

KEY: Final = "PartnerOpportunityIdentifier"
"""The member by which a partner knows an opportunity before it has an Id."""

Outcome = Literal["created", "updated", "unchanged", "conflict", "refused", "failed"]
"""`conflict`: somebody else was first, and nothing was overwritten. `refused`: the row is wrong. `failed`: the
service did not do its part; running again goes on from there."""


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a row: the member's path, a code of the service or of ours, and a sentence."""

    field: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.code} {self.message}"


class Row(msgspec.Struct, frozen=True):
    """One opportunity of a file: where it begins, the members that it names as the API does, and what is wrong."""

    line: int
    members: dict[str, Any]
    problems: tuple[Problem, ...] = ()


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a row. With `dry_run` it is what would become of it."""

    line: int
    outcome: Outcome
    id: str | None = None
    key: str | None = None
    last_modified_date: str | None = None
    errors: tuple[Problem, ...] = ()
    dry_run: bool = False
