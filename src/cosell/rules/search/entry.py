"""What a search index stores of an opportunity: enough to judge it, and to place it in any order, without its record.

Texts with few distinct values, such as stages, are *coded*: a database gives each a number. Texts with nearly as many
values as opportunities are *written* down, as they are and casefolded, because databases fold differently from Python,
and a newer Python differently from an older one. Elements of a list are coded, and written folded.

Moments and identifiers are columns of every opportunity anyway; an amount is a whole number of cents.
"""

import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor
from typing import Final, NamedTuple

from cosell.rules.list.sort_keys import NO_TARGET_CLOSE_DATE
from cosell.rules.search.condition import Compared
from cosell.rules.search.fields import DAY_MS, FIELDS, FIRST_DAY, texts_of
from cosell.rules.search.question import KEYWORD_FIELDS, as_words
from cosell.rules.search.sought import Sought

READING: Final = f"2 {unicodedata.unidata_version}"
"""What entries depend on besides their opportunities: the rules below, and how letters are casefolded. Raise the number
whenever a field's meaning, this module, terms or the summary of a search change, and every entry is rebuilt."""

WRITTEN: Final = (
    "CustomerCompanyName",
    "PartnerProjectTitle",
    "NextStep",
    "PartnerOpportunityIdentifier",
    "AwsAccountId",
)
LISTS: Final = tuple(name for name, field in FIELDS.items() if field.kind == "list")
CODED: Final = tuple(
    name
    for name, field in FIELDS.items()
    if field.kind == "text" and field.order != "Identifier" and name not in WRITTEN
)
FOLDED: Final = (*WRITTEN, "OpportunityOwner", *LISTS)
"""Fields whose texts are written casefolded."""
_TEXTS: Final = ("OpportunityId", *CODED, *WRITTEN, *LISTS)
SEPARATOR: Final = "\x1f"
"""Separates texts that are written as one. White space, so no keyword has it."""
NO_AMOUNT: Final = -1
MOST_CENTS: Final = 10**33 - 1
"""Of the largest amount [model]."""
_EARLIEST: Final = -(2**63)


class Entry(NamedTuple):
    """The texts of one opportunity, each tuple in the order of its constant above, and its amount."""

    coded: tuple[str, ...]
    written: tuple[str, ...]
    lists: tuple[tuple[str, ...], ...]
    cents: int
    spaced: str
    """What a keyword is looked for in, where that is another text than the folded ones."""


def entry_of(sought: Sought) -> Entry:
    """The entry of an opportunity that was read in full."""
    texts = {field: texts_of(field, sought) for field in _TEXTS}
    words = [text for field in KEYWORD_FIELDS for text in texts[field]]
    return Entry(
        coded=tuple([texts[field][0] if texts[field] else "" for field in CODED]),
        written=tuple([texts[field][0] if texts[field] else "" for field in WRITTEN]),
        lists=tuple([texts[field] for field in LISTS]),
        cents=cents_of(FIELDS["EstimatedMrr"].key(sought)),
        spaced=joined([spaced for text in words if (spaced := as_words(text)) != text.casefold()]),
    )


def joined(texts: Iterable[str]) -> str:
    """Texts as one, in which every part of each is found."""
    return SEPARATOR.join(texts)


def cents_of(key: object) -> int:
    """The amount for a key of EstimatedMrr."""
    return int(key) if isinstance(key, str) and key else NO_AMOUNT


class Span(NamedTuple):
    """Values from `low` up to below `high`. An opportunity without a value is in no span."""

    low: int
    high: int | None


def span_of(condition: Compared) -> Span:
    """The values that a comparison allows, as entries have them: milliseconds, days, or cents."""
    if condition.field == "EstimatedMrr":
        scale, zero, least = Fraction(100), 0, NO_AMOUNT + 1
    elif condition.field == "TargetCloseDate":
        scale, zero, least = Fraction(1, DAY_MS), FIRST_DAY, NO_TARGET_CLOSE_DATE + 1
    else:
        scale, zero, least = Fraction(1), 0, _EARLIEST
    bound = Fraction(condition.bound) * scale + zero
    at_least = ceil(bound) if condition.sign in (">=", "<") else floor(bound) + 1
    if condition.sign in (">", ">="):
        return Span(max(at_least, least), None)
    return Span(least, max(at_least, least))
