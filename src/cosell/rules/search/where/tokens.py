"""The words of the language, each with its position.

A bare word extends to the next space, sign or quote. A text in quotes, single or double, has everything in it as it is;
its own quote is written twice.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["word", "text", "sign", "end", "unknown"]

RESERVED: Final = frozenset({"and", "or", "not", "in", "contains", "has", "any", "all", "of"})
"""Words that are no values unless they are in quotes. Case is ignored."""

_SPACE: Final = re.compile(r"\s*")
_TOKEN: Final = re.compile(
    r"""
    (?P<sign> != | >= | <= | [=<>(),] )
    | (?P<text> "[^"]*(?:""[^"]*)*" | '[^']*(?:''[^']*)*' )
    | (?P<word> [^\s()=<>!,"']+ )
    | (?P<end> \Z )
    | (?P<unknown> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word, at `source[start:end]`. `unknown` is a quote that is never closed, or an exclamation mark alone."""

    kind: Kind
    written: str
    source: str
    start: int
    end: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these words or signs."""
        return self.kind in ("word", "sign") and self.written.lower() in words

    @property
    def value(self) -> str:
        """What it stands for."""
        if self.kind != "text":
            return self.written
        quote = self.written[0]
        return self.written[1:-1].replace(quote * 2, quote)


def tokens_of(source: str) -> Iterator[Token]:
    """The words of a text; the last one is its end."""
    place = 0
    while True:
        space = _SPACE.match(source, place)
        assert space is not None
        found = _TOKEN.match(source, space.end())
        assert found is not None
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups have the names of the kinds
        yield Token(kind, found[0], source, found.start(), found.end())
        if kind == "end":
            return
        place = found.end()


def quoted(text: str) -> str:
    """A value as the language writes it: bare where that is possible."""
    if _BARE.fullmatch(text) and text.lower() not in RESERVED:
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


_BARE: Final = re.compile(r"""[^\s()=<>!,"']+""")
