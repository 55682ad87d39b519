"""The terms by which a full-text index finds entries, and expressions over them.

A term is three characters: of a folded text, or those that stand for a code. So one expression says of texts and codes
together which entries may pass a test, and what is common separately and rare together is found without reading either.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cosell.rules.search.entry import SEPARATOR
from cosell.store.search_index import All, Any, Contains, Element, Empty, Equal, No, OneOf, Test, Words

MOST_TRIGRAMS: Final = 8
"""Of one text in an expression: beyond it, each further one costs more than it leaves out."""
MOST_TOGETHER: Final = 32
"""Of all texts in an expression, though each has two."""
_LOW, _HIGH, _BASE = 0xE000, 0xF0000, 4_096
"""Of the two characters of a code. No text keeps one of the second kind, so none has a code's term."""
_OF_CODES: Final = re.compile(f"[{chr(_HIGH)}-\U0010ffff]")
_READ_AS: Final = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
"""How FTS5 reads what is not a character, in texts as well as in expressions."""

Beginnings = Callable[[str], list[str] | None]
"""The trigrams that begin with one or two characters; None if they are many, for then many entries have them."""


class TooMany(Exception):
    """An expression would be longer than what it finds is worth."""


def terms_of(texts: Iterable[str], codes: Iterable[int]) -> str:
    """The text whose trigrams are the terms of an entry.

    Two separators stand behind the last text, so that its last characters begin trigrams, too.
    """
    text = _without_codes(SEPARATOR.join([text for text in texts if text]))
    return f"{text}{SEPARATOR}{SEPARATOR}{''.join(map(_code, codes))}"


def told(test: Test) -> Test | None:
    """As much of a test as terms can decide: whatever passes the whole passes it. None if they decide nothing."""
    match test:
        case OneOf() | Element() | Empty() | Contains() | Words() | Equal():
            return test
        case All(parts):
            known = [part for part in map(told, parts) if part is not None]
            refused = [part for part in parts if isinstance(part, No) and _is_exact(part.part)]
            return All((*known, *refused)) if known else None
        case Any(parts):
            every = [told(part) for part in parts]
            known = [part for part in every if part is not None]
            return Any(tuple(known)) if len(known) == len(every) else None
    return None


def _is_exact(test: Test) -> bool:
    """Whether terms decide all of it, and no more."""
    if isinstance(test, All | Any):
        return all(map(_is_exact, test.parts))
    return isinstance(test, OneOf | Element | Empty)


def expression(test: Test, beginnings: Beginnings) -> str:
    """What is told of a test, in the language of FTS5. Raises TooMany."""
    most = min(max(MOST_TOGETHER // max(_count_of_texts(test), 1), 2), MOST_TRIGRAMS)
    return _Expression(beginnings, most).of(test)


def _count_of_texts(test: Test) -> int:
    match test:
        case All(parts) | Any(parts):
            return sum(map(_count_of_texts, parts))
        case Contains(_, parts):
            return len(parts)
    return isinstance(test, Words | Equal)


class _Expression:
    def __init__(self, beginnings: Beginnings, most_trigrams: int) -> None:
        self._beginnings = beginnings
        self._most_trigrams = most_trigrams

    def of(self, test: Test) -> str:
        match test:
            case OneOf(_, codes):
                return _joined("OR", [_quoted(_code(code)) for code in codes])
            case Element(_, code) | Empty(_, code):
                return _quoted(_code(code))
            case Contains(_, parts):
                return _joined("OR", [self._text(part) for part in parts])
            case Words(keyword):
                return self._text(keyword)
            case Equal(_, text):
                return self._text(text.casefold())
            case All(parts):
                wanted = self._those_that_can_be([part for part in parts if not isinstance(part, No)])
                refused = [self.of(part.part) for part in parts if isinstance(part, No)]
                return f"({' NOT '.join([_joined('AND', wanted), *refused])})"
        assert isinstance(test, Any)
        return _joined("OR", [self.of(part) for part in test.parts])

    def _those_that_can_be(self, parts: Sequence[Test]) -> list[str]:
        found = []
        for part in parts:
            try:
                found.append(self.of(part))
            except TooMany:
                continue
        if not found:
            raise TooMany
        return found

    def _text(self, text: str) -> str:
        if "\0" in text:
            raise TooMany  # no expression can have it
        text = _without_codes(text).translate(_READ_AS)
        if len(text) < 3:
            trigrams = self._beginnings(text)
            if trigrams is None:
                raise TooMany
            return _joined("OR", map(_quoted, trigrams)) if trigrams else '""'
        starts = dict.fromkeys([*range(0, len(text) - 2, 3), len(text) - 3])
        distinct = list(dict.fromkeys(text[start : start + 3] for start in starts))
        return _joined("AND", map(_quoted, distinct[:: -(-len(distinct) // self._most_trigrams)]))


def _without_codes(text: str) -> str:
    """A text as terms have it."""
    return text if text.isascii() else _OF_CODES.sub("\ufffd", text)


def _code(code: int) -> str:
    high, low = divmod(code, _BASE)
    return f"{chr(_HIGH + high)}{chr(_LOW + low)}{SEPARATOR}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _joined(word: str, parts: Iterable[str]) -> str:
    return f"({f' {word} '.join(parts)})"
