"""The terms by which a full-text index finds entries, and expressions over them.

A term is three characters: of a folded text, or those that stand for a code. So one expression says of texts and codes
together which entries may pass a test, and what is common separately and rare together is found without reading either.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from cosell.rules.search.entry import SEPARATOR
from cosell.store.search_index import All, Any, Contains, Element, Empty, Equal, No, OneOf, Test, Words

MOST_TRIGRAMS: Final = 8
"""Of one text in an expression: beyond it, each further one costs more than it leaves out."""
MOST_TOGETHER: Final = 32
"""Of all texts in an expression, though each has two."""
_LOW, _HIGH, _BASE = 0xE000, 0xF0000, 4_096
"""Of the two characters of a code. No text keeps one of the second kind, so none has a code's term."""
_OF_CODES: Final = re.compile(f"[{chr(_HIGH)}-\U0010ffff]")


class TooMany(Exception):
    """An expression would be longer than what it finds is worth, or cannot say what it should."""


class Language(Protocol):
    """In which an index is asked by expressions over terms."""

    both: str
    either: str
    but_not: str
    """What stands between expressions."""
    read_as: Mapping[int, int]
    """Characters that stand for others in terms, as in `str.translate`."""

    def term(self, term: str) -> str:
        """What has a term."""

    def beginning(self, text: str) -> str:
        """What has a trigram that begins with one or two characters. Raises TooMany."""


def terms_of(texts: Iterable[str], codes: Iterable[int]) -> str:
    """The text whose trigrams are the terms of an entry.

    Two separators stand behind the last text, so that its last characters begin trigrams, too.
    """
    text = _without_codes(SEPARATOR.join([text for text in texts if text]))
    return f"{text}{SEPARATOR}{SEPARATOR}{''.join(map(_code, codes))}"


def lexemes_of(texts: Iterable[str], codes: Iterable[int], read_as: Mapping[int, int]) -> list[str]:
    """The terms of an entry, one by one, for an index that makes none itself."""
    text = (
        f"{_without_codes(SEPARATOR.join([text for text in texts if text])).translate(read_as)}{SEPARATOR}{SEPARATOR}"
    )
    return list(dict.fromkeys([*[text[start : start + 3] for start in range(len(text) - 2)], *map(_code, codes)]))


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


def expression(test: Test, language: Language) -> str:
    """What is told of a test. Raises TooMany."""
    most = min(max(MOST_TOGETHER // max(_count_of_texts(test), 1), 2), MOST_TRIGRAMS)
    return _Expression(language, most).of(test)


def _count_of_texts(test: Test) -> int:
    match test:
        case All(parts) | Any(parts):
            return sum(map(_count_of_texts, parts))
        case Contains(_, parts):
            return len(parts)
    return isinstance(test, Words | Equal)


class _Expression:
    def __init__(self, language: Language, most_trigrams: int) -> None:
        self._language = language
        self._most_trigrams = most_trigrams

    def of(self, test: Test) -> str:
        match test:
            case OneOf(_, codes):
                return self._either([self._language.term(_code(code)) for code in codes])
            case Element(_, code) | Empty(_, code):
                return self._language.term(_code(code))
            case Contains(_, parts):
                return self._either([self._text(part) for part in parts])
            case Words(keyword):
                return self._text(keyword)
            case Equal(_, text):
                return self._text(text.casefold())
            case All(parts):
                wanted = self._those_that_can_be([part for part in parts if not isinstance(part, No)])
                refused = [self.of(part.part) for part in parts if isinstance(part, No)]
                return f"({f' {self._language.but_not} '.join([self._both(wanted), *refused])})"
        assert isinstance(test, Any)
        return self._either([self.of(part) for part in test.parts])

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
        text = _without_codes(text).translate(self._language.read_as)
        if "\0" in text:
            raise TooMany  # no expression can have it
        if len(text) < 3:
            return self._language.beginning(text)
        starts = dict.fromkeys([*range(0, len(text) - 2, 3), len(text) - 3])
        distinct = list(dict.fromkeys(text[start : start + 3] for start in starts))
        return self._both([self._language.term(term) for term in distinct[:: -(-len(distinct) // self._most_trigrams)]])

    def _both(self, parts: Iterable[str]) -> str:
        return joined(self._language.both, parts)

    def _either(self, parts: Iterable[str]) -> str:
        return joined(self._language.either, parts)


def joined(word: str, parts: Iterable[str]) -> str:
    """Expressions with a word of their language between them."""
    return f"({f' {word} '.join(parts)})"


def _without_codes(text: str) -> str:
    """A text as terms have it."""
    return text if text.isascii() else _OF_CODES.sub("\ufffd", text)


def _code(code: int) -> str:
    high, low = divmod(code, _BASE)
    return f"{chr(_HIGH + high)}{chr(_LOW + low)}{SEPARATOR}"
