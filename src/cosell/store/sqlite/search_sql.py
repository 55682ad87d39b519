"""Tests of entries, and expressions of the two full-text indexes, in SQL. See `store/search_index.py`."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from cosell.store.search_index import (
    All,
    Any,
    Contains,
    Element,
    Equal,
    Identified,
    No,
    OneOf,
    Test,
    Within,
    Words,
)
from cosell.store.sqlite.search_columns import COLUMNS, amount

if TYPE_CHECKING:
    from apsw import SQLiteValue

_IDENTIFIER: Final = "('o' || substr(e.id_key, 2))"
_IN_WORDS: Final = (
    *(f"e.{COLUMNS[field]}_folded" for field in ("PartnerProjectTitle", "CustomerCompanyName", "NextStep")),
    *("e.partner_opportunity_identifier_folded", "e.opportunity_owner_folded", _IDENTIFIER, "e.spaced"),
)
"""Where a keyword is looked for: `rules/search/question.py`."""
MOST_TRIGRAMS: Final = 8
"""Of one text in an expression: beyond it, each further one costs more than it leaves out."""
_READ_AS: Final = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
"""How FTS5 reads what is no character, in texts as well as in expressions."""

Beginnings = Callable[[str], list[str] | None]
"""The trigrams that begin with one or two characters; None where they are many, for then many entries have them."""


class TooMany(Exception):
    """An expression would be longer than what it finds is worth."""


def condition_sql(test: Test, bindings: "list[SQLiteValue]") -> str:
    """A condition on the entry `e`, which is 0 or 1 and never null. Its values are added to `bindings`."""
    match test:
        case OneOf(field, codes):
            return one_of_sql(f"e.{COLUMNS[field]}", codes, bindings)
        case Element(field, code):
            bindings.append(f" {code} ")
            return f"instr(e.{COLUMNS[field]}_codes, ?) > 0"
        case Equal(field, text):
            bindings.append(text)
            return f"e.{COLUMNS[field]} = ?"
        case Identified(id_key):
            bindings.append(id_key)
            return "e.id_key = ?"
        case Contains(field, parts):
            text = _IDENTIFIER if field == "OpportunityId" else f"e.{COLUMNS[field]}_folded"
            bindings += parts
            return f"({' OR '.join([f'instr({text}, ?) > 0'] * len(parts))})"
        case Within():
            return within_sql(f"e.{COLUMNS[test.field]}", test, bindings)
        case Words(keyword):
            bindings += [keyword] * len(_IN_WORDS)
            return f"({' OR '.join(f'instr({text}, ?) > 0' for text in _IN_WORDS)})"
        case All(parts):
            return f"({' AND '.join(condition_sql(part, bindings) for part in parts) or '1'})"
        case Any(parts):
            return f"({' OR '.join(condition_sql(part, bindings) for part in parts) or '0'})"
    return f"NOT {condition_sql(test.part, bindings)}"


def one_of_sql(column: str, codes: tuple[int, ...], bindings: "list[SQLiteValue]") -> str:
    """A condition on a column that has codes."""
    bindings += codes
    return f"{column} IN ({', '.join('?' * len(codes))})"


def within_sql(column: str, test: Within, bindings: "list[SQLiteValue]") -> str:
    """A condition on a column that has the values of a span."""
    bounds = [(">=", test.span.low), *([] if test.span.high is None else [("<", test.span.high)])]
    bindings += [amount(bound) for _, bound in bounds]
    return f"({' AND '.join(f'{column} {sign} ?' for sign, _ in bounds)})"


def codes_match(test: Test) -> str:
    """An expression of search_codes."""
    match test:
        case OneOf(_, codes):
            return _joined("OR", (f'"{code}"' for code in codes))
        case Element(_, code):
            return f'"{code}"'
        case All(parts):
            wanted = _joined("AND", (codes_match(part) for part in parts if not isinstance(part, No)))
            refused = [codes_match(part.part) for part in parts if isinstance(part, No)]
            return f"({' NOT '.join([wanted, *refused])})" if refused else wanted
    assert isinstance(test, Any)
    return _joined("OR", map(codes_match, test.parts))


def words_match(test: Test, beginnings: Beginnings) -> str:
    """An expression of search_words. Raises TooMany."""
    match test:
        case Contains(_, parts):
            return _joined("OR", (_text_match(part, beginnings) for part in parts))
        case Words(keyword):
            return _text_match(keyword, beginnings)
        case All(parts):
            return _joined("AND", _those_that_can_be(parts, beginnings))
    assert isinstance(test, Any)
    return _joined("OR", (words_match(part, beginnings) for part in test.parts))


def _those_that_can_be(parts: Iterable[Test], beginnings: Beginnings) -> list[str]:
    found = []
    for part in parts:
        try:
            found.append(words_match(part, beginnings))
        except TooMany:
            continue
    if not found:
        raise TooMany
    return found


def _text_match(text: str, beginnings: Beginnings) -> str:
    if "\0" in text:
        raise TooMany  # no expression can have it
    text = text.translate(_READ_AS)
    if len(text) < 3:
        trigrams = beginnings(text)
        if trigrams is None:
            raise TooMany
        return _joined("OR", map(_quoted, trigrams)) if trigrams else '""'
    starts = dict.fromkeys([*range(0, len(text) - 2, 3), len(text) - 3])
    distinct = list(dict.fromkeys(text[start : start + 3] for start in starts))
    return _joined("AND", map(_quoted, distinct[:: -(-len(distinct) // MOST_TRIGRAMS)]))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _joined(word: str, parts: Iterable[str]) -> str:
    return f"({f' {word} '.join(parts)})"
