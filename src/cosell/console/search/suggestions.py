"""What the search box suggests as you type: conditions that the words could mean, and fields to ask about.

It knows the values that the model lists, and those of the most recently changed opportunities: one page of results,
so that no key press costs more than that. Pure; the page fetches them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

import msgspec

from cosell.console.search.chips import value_text
from cosell.console.search.form import condition, next_day
from cosell.console.search.meant import meant
from cosell.console.search.vocabulary import LABELS, phrase_of
from cosell.rules.search.fields import FIELDS, texts_of
from cosell.rules.search.listed import listed_values, near_value
from cosell.rules.search.sought import Sought

Values: TypeAlias = Mapping[str, Sequence[str]]
"""By field, texts that some opportunities have there, the most frequent first."""

MOST: Final = 8
"""Suggestions at a time."""
MOST_OF_A_FIELD: Final = 3
"""How many of them may be values of one field, as long as none is asked about."""
READ_FROM_ANSWERS: Final = (
    "CustomerCompanyName",
    "OpportunityOwner",
    "Tags",
    "Industry",
    "CountryCode",
    "ApnPrograms",
    "CosellMotion",
)
"""Fields whose values come from the most recently changed opportunities."""
PARTS: Final = ("CustomerCompanyName", "PartnerProjectTitle", "Tags", "NextStep", "OpportunityOwner")
"""Fields of which words may be a part."""
SHORTEST: Final = 2
"""Number of letters from which values of any field are suggested."""
_CODES: Final = frozenset({"CountryCode"})
"""Fields whose values are too short for partial matches."""
_SIGNS: Final = {
    "≥": "GreaterThanOrEquals",
    ">=": "GreaterThanOrEquals",
    "≤": "LessThanOrEquals",
    "<=": "LessThanOrEquals",
    ">": "GreaterThan",
    "<": "LessThan",
    "=": "",
    ":": "",
}
_ABOUT_A_FIELD: Final = re.compile(
    rf"\s*({'|'.join(re.escape(label) for label in sorted(LABELS.values(), key=len, reverse=True))}"
    rf"|{'|'.join(LABELS)})\s*({'|'.join(_SIGNS)})\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_FIELDS: Final = {label.casefold(): field for field, label in LABELS.items()} | {
    field.casefold(): field for field in LABELS
}
_AMOUNT: Final = re.compile(r"\d[\d,]*(\.\d*)?", re.ASCII)
_PART_OF_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


class Suggestion(msgspec.Struct, frozen=True):
    """One suggestion: a condition (`node`) and the remaining words, or a field (`fill`) to continue typing with."""

    words: str
    value: str
    node: Any = None
    keyword: str = ""
    fill: str = ""


def values_of(summaries: Sequence[Mapping[str, Any]]) -> Values:
    """The values that some OpportunitySearchSummaries have, by field."""
    counts: dict[str, dict[str, int]] = {field: {} for field in READ_FROM_ANSWERS}
    for summary in summaries:
        tags = {tag["Key"]: tag["Value"] for tag in summary.get("Tags") or ()}
        sought = Sought(
            msgspec.json.encode(summary),
            msgspec.json.encode(tags),
            msgspec.json.encode(summary.get("AwsOpportunitySummary") or {}),
        )
        for field, count in counts.items():
            for text in texts_of(field, sought):
                count[text] = count.get(text, 0) + 1
    return {field: sorted(count, key=lambda text: (-count[text], text)) for field, count in counts.items()}


def about_a_field(typed: str) -> tuple[str, str, str] | None:
    """Field, operator and value of a text such as `Stage: qual`; the last two may be empty. None for other texts."""
    about = _ABOUT_A_FIELD.fullmatch(typed)
    return None if about is None else (_FIELDS[about[1].casefold()], _SIGNS[about[2]], about[3].strip())


def suggestions(typed: str, values: Values, today: str) -> list[Suggestion]:
    """What to suggest for a text; `today` is a day such as `2026-05-01`."""
    about = about_a_field(typed)
    offered = _for_words(typed.strip(), values) if about is None else _for_field(*about, values, today)
    return list(islice(_each_once(offered), MOST))


def _for_words(typed: str, values: Values) -> Iterator[Suggestion]:
    rest, _, last = typed.rpartition(" ")
    yield from _known(typed, "", values)
    yield from map(_field, (field for field, label in LABELS.items() if _begins_a_word(typed, label)))
    if rest:
        yield from _known(last, rest.strip(), values)
    if _AMOUNT.fullmatch(typed):
        yield from _compared("EstimatedMrr", "", typed)
    if first_day(typed):
        for field in ("TargetCloseDate", "CreatedDate"):
            yield from _dated(field, "", typed)
    yield from (_condition(field, "", value) for field, value in meant(typed))
    if len(typed) >= SHORTEST:
        yield from (_condition(field, "ContainsAny", typed) for field in PARTS)


def _for_field(field: str, operator: str, typed: str, values: Values, today: str) -> Iterator[Suggestion]:
    kind = FIELDS[field].kind
    if kind == "number":
        yield from _compared(field, operator, typed or "1000")
    elif kind == "date":
        yield from _dated(field, operator, typed or today)
    else:
        known = [value for value in _values(field, values) if typed.casefold() in value.casefold()]
        known.sort(key=lambda value: not _begins_a_word(typed, value))
        close = None if known else near_value(field, typed)
        yield from (_condition(field, "EqualsTo", value) for value in [*known, *([close] if close else [])])
        if typed:
            yield _condition(field, "ContainsAny", typed)
            yield _condition(field, "EqualsTo", typed)


def _known(typed: str, keyword: str, values: Values) -> Iterator[Suggestion]:
    """Conditions about known values with these words in them."""
    if len(typed) < SHORTEST:
        return
    for field in LABELS:
        is_meant = str.__eq__ if field in _CODES else _begins_a_word
        meant = (value for value in _values(field, values) if is_meant(typed.casefold(), value.casefold()))
        yield from (_condition(field, "EqualsTo", value, keyword) for value in islice(meant, MOST_OF_A_FIELD))


def _values(field: str, values: Values) -> list[str]:
    return [*listed_values(field), *values.get(field, ())]


def _compared(field: str, operator: str, typed: str) -> Iterator[Suggestion]:
    if _AMOUNT.fullmatch(typed):
        for one in [operator] if operator else ("GreaterThanOrEquals", "LessThanOrEquals"):
            yield _condition(field, one, typed)


def _dated(field: str, operator: str, typed: str) -> Iterator[Suggestion]:
    day = first_day(typed)
    if day:
        for one in [operator] if operator else ("GreaterThanOrEquals", "LessThan"):
            yield _condition(field, one, day)


def first_day(typed: str) -> str:
    """The first day of a year, of a month, or the day itself, such as `2026-05`; none if it is invalid."""
    given = _PART_OF_DAY.fullmatch(typed)
    if given is None:
        return ""
    day = f"{given[1]}-{given[2] or '01':0>2}-{given[3] or '01':0>2}"
    return day if next_day(day) != day else ""


def _field(field: str) -> Suggestion:
    return Suggestion(LABELS[field], "", fill=f"{LABELS[field]}: ")


def _condition(field: str, operator: str, value: str, keyword: str = "") -> Suggestion:
    node = condition(field, operator, [value])
    ((meant, leaf),) = node.items()
    return Suggestion(phrase_of(field, meant), value_text(meant, leaf["Value"]), node, keyword)


def _each_once(offered: Iterator[Suggestion]) -> Iterator[Suggestion]:
    seen: set[tuple[str, str]] = set()
    for one in offered:
        if (one.words, one.value) not in seen:
            seen.add((one.words, one.value))
            yield one


def _begins_a_word(typed: str, text: str) -> bool:
    """Whether a word of a text, and what follows it, begins so."""
    folded, wanted = text.casefold(), typed.casefold()
    return any(
        folded.startswith(wanted, place)
        for place in range(len(folded))
        if place == 0 or not folded[place - 1].isalnum()
    )
