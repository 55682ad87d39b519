"""What a file says, row by row, and what became of each row."""

import json
from typing import Any, Final, Literal

import msgspec

KEY: Final = "PartnerOpportunityIdentifier"
"""The member by which a partner identifies an opportunity before it has an Id."""

Outcome = Literal["created", "updated", "unchanged", "conflict", "refused", "failed"]
"""`conflict`: somebody else was first, and nothing was overwritten. `refused`: the row is wrong. `failed`: the
service did not do its part; running again resumes from there."""


LONGEST_VALUE: Final = 80
"""How many characters are shown of an invalid value."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with a row: the member's path, a code of the service or of ours, a sentence, and the value."""

    field: str
    code: str
    message: str
    value: Any = None

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.field}: {self.code} {self.message}"
        text = json.dumps(self.value, ensure_ascii=False)
        shown = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
        return f"{self.field} {shown}: {self.code} {self.message}"


class Row(msgspec.Struct, frozen=True):
    """One opportunity of a file: where it begins, the members that it names as the API does, and what is wrong."""

    line: int
    members: dict[str, Any]
    problems: tuple[Problem, ...] = ()


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of a row. With `dry_run`, what it would be."""

    line: int
    outcome: Outcome
    id: str | None = None
    key: str | None = None
    last_modified_date: str | None = None
    errors: tuple[Problem, ...] = ()
    dry_run: bool = False
