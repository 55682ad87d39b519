"""The five orders of ListOpportunities: for each, one value that sorts as the service's order does.

A key is an integer, a text of ASCII or a byte string; all three compare alike in Python, SQLite and PostgreSQL.
Ties are broken by `identifiers.id_key`, in the same direction.

Source: service model, OpportunitySortName; our choice for case, ties and absent values (docs/fidelity.md).
"""

from typing import Final, Literal, TypeAlias, get_args

from cosell.wire.timestamps import Date

SortBy = Literal["LastModifiedDate", "Identifier", "CustomerCompanyName", "CreatedDate", "TargetCloseDate"]
SORT_NAMES: Final[tuple[SortBy, ...]] = get_args(SortBy)
Key: TypeAlias = int | str | bytes

NO_TARGET_CLOSE_DATE: Final = 0
"""Sorts before every day."""


def company_key(name: str | None) -> bytes:
    """Casefolded first, then by code points as written; an absent name sorts as an empty one."""
    name = name or ""
    return company_prefix(name) + name.encode()


def company_prefix(name: str) -> bytes:
    """The beginning that the keys of all names share that differ from `name` in case alone.

    NUL ends it; a NUL inside the name is escaped, so that no name's prefix is the beginning of another's.
    """
    return name.casefold().encode().replace(b"\0", b"\0\xff") + b"\0\0"


def company_prefix_end(name: str) -> bytes:
    """The first key after all those that begin with `company_prefix(name)`."""
    return company_prefix(name)[:-1] + b"\1"


def target_close_key(day: Date | None) -> int:
    """The day's number; an absent day sorts before all."""
    return NO_TARGET_CLOSE_DATE if day is None else day.ordinal
