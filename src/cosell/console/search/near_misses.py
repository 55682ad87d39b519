"""When a search finds nothing: similar queries that may. Pure."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from cosell.console.search import tree
from cosell.console.search.chips import parts_of
from cosell.console.search.form import condition, with_condition, with_filter, with_keyword
from cosell.console.search.meant import meant
from cosell.console.search.vocabulary import LABELS, phrase_of
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.listed import unlisted
from cosell.rules.search.question import KEYWORD_FIELDS
from cosell.rules.search.violations import MOST_LEAVES

LONGEST_TEXT: Final = 255
"""Characters of a text in a condition [model]."""
BESIDE_THE_KEYWORD: Final = ("Tags", "Industry", "ApnPrograms", "AwsAccountId", "CosellMotion", "OfferId", "OfferSetId")
"""Fields with free text that keywords do not cover."""
BESIDE_IN_WORDS: Final = "tags, industry, APN programs, AWS account, co-sell motion and marketplace offers"

Offer = tuple[str, dict[str, Any]]
"""Its label, and the query."""


def near_misses(request: Mapping[str, Any]) -> Iterator[Offer]:
    """Queries that correct a misspelling, ask for less, or look elsewhere; `request` is a valid one."""
    node, keyword = request.get("Filter"), request.get("Keyword", "")
    yield from _corrected(request, node)
    for field, value in meant(keyword):
        right = condition(field, "", [value])
        yield f"{phrase_of(field, next(iter(right)))} {value}", with_condition(with_keyword(request, ""), right)
    parts = parts_of(node)
    for part in parts[-1:]:
        less = with_filter(request, tree.without_part(node, part.path))
        yield f"Without “{part.text}”", less
        text = "" if keyword else _text_in(tree.part_at(node, part.path))
        if text:
            yield f"“{text}” in all fields that people search", with_keyword(less, text)
    if keyword and parts:
        yield f"Without the words “{keyword}”", with_keyword(request, "")
    if keyword:
        yield from _keyword_elsewhere(request, keyword)


def _corrected(request: Mapping[str, Any], node: Any) -> Iterator[Offer]:
    """For each value that its field cannot have, the most similar one that it can."""
    for wrong in unlisted(node) if node is not None else ():
        right = wrong.meant
        if right is not None:
            corrected = tree.changed(node, wrong.path, partial(_put, right))
            yield f"{LABELS[wrong.field]} “{right}” instead of “{wrong.text}”", with_filter(request, corrected)


def _put(text: str, _: Any) -> str:
    return text


def _keyword_elsewhere(request: Mapping[str, Any], keyword: str) -> Iterator[Offer]:
    words = keyword.split()
    rest = with_keyword(request, "")
    if 1 < len(words) <= MOST_LEAVES // len(KEYWORD_FIELDS):
        for word in words:
            rest = with_condition(rest, _in_any(KEYWORD_FIELDS, word))
        yield f"Each of the words {' and '.join(f'“{word}”' for word in words)}, wherever it stands", rest
    if len(keyword) <= LONGEST_TEXT:
        elsewhere = _in_any(BESIDE_THE_KEYWORD, keyword)
        yield f"“{keyword}” in {BESIDE_IN_WORDS}", with_condition(with_keyword(request, ""), elsewhere)


def _in_any(fields: tuple[str, ...], text: str) -> dict[str, Any]:
    return {tree.ANY: [condition(field, "ContainsAny", [text]) for field in fields]}


def _text_in(leaf: Any) -> str:
    """The text that a condition looks for; none if it looks for something else."""
    match leaf:
        case {"EqualsTo": {"Key": key, "Value": {"StringValue": str(text)}}}:
            pass
        case {"ContainsAny": {"Key": key, "Value": {"StringValue": str(text)}}}:
            pass
        case _:
            return ""
    return text if key in LABELS and FIELDS[key].kind in ("text", "list") else ""
