"""What the model requires of a value, in terms that Python can check exactly and in linear time.

The model's patterns are Java's, anchored at both ends in the Smithy source although botocore's copy lost the
anchors. Three things have to be translated, and each row says why.
"""

import functools
import re
from typing import Final

import msgspec

from cosell.wire.model import Shape

_LENGTH_ONLY = re.compile(r"\(\?s\)\.\{(\d+),(\d+)\}")
"""`(?s).{a,b}` says nothing but a length, in code points; a length is cheaper and cannot backtrack."""

_LINE_SEPARATORS: Final = r"\u2028\u2029"
_SEPARATORS: Final = r" \u00a0\u1680\u2000-\u200a" + _LINE_SEPARATORS + r"\u202f\u205f\u3000"

REWRITTEN: Final[dict[str, str]] = {
    # Unicode classes that Python's re lacks: \w is \p{L}, \p{N} and the underscore; \p{Z} is spelled out.
    r"(?=.{1,128}$)([\p{L}\p{Z}\p{N}_.:/=+\-@]*)": rf"[\w{_SEPARATORS}.:/=+\-@]{{1,128}}",
    r"(?=.{0,256}$)([\p{L}\p{Z}\p{N}_.:/=+\-@]*)": rf"[\w{_SEPARATORS}.:/=+\-@]{{0,256}}",
    # Nested repetition that takes exponential time on a hostile text. The same language, without ambiguity:
    # `(-|` is a range that holds the dot, the letters and the digits, so one run of it is as good as many.
    r"(?=.{4,255}$)((http|https)://)??(www[.])??([a-zA-Z0-9]|-)+?([.][a-zA-Z0-9(-|/|=|?)??]+?)+?": (
        r"(?=[^\n]{4,255}\Z)(https?://)?[a-zA-Z0-9-]+[.][(-|]+"
    ),
    # The dot before the last labels is not escaped, so it may also be a letter: again one way to match instead of many.
    r"(?=.{1,80}$)[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]+@[a-zA-Z0-9-]+(?:.[a-zA-Z0-9-]+)*": (
        r"(?=[^\n]{1,80}\Z)[a-zA-Z0-9.!#$%&'*+/=?^_{|}~-]+@[a-zA-Z0-9-]+(?:[^a-zA-Z0-9\n-][a-zA-Z0-9-]+)*"
    ),
}
UNICODE_WORDS: Final = frozenset(pattern for pattern in REWRITTEN if r"\p{L}" in pattern)

DATE_PATTERN: Final = "[1-9][0-9]{3}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])"
"""The model's only way of saying that a string is a day of the calendar."""

CLOSED_VALUES: Final[dict[str, tuple[str, ...]]] = {
    # The developer guide names these two catalogs and no other; the model has only the pattern.
    "CatalogIdentifier": ("AWS", "Sandbox"),
}


MORE_VALUES: Final[dict[str, tuple[str, ...]]] = {
    # Values that the service answers, or that its documentation names, and that its enumerations lack.
    "PrimaryNeedFromAws": ("Do Not Need Support from AWS Sales Rep",),  # [recorded answer]
    "PaymentFrequency": ("None",),  # [model, documentation of ExpectedCustomerSpend.Frequency]
}


class TextConstraint(msgspec.Struct, frozen=True):
    """What a string must be: a length in code points, a whole match of `pattern`, or one of `values`."""

    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    """Python source that matches a whole text, also under `re.search`."""
    values: tuple[str, ...] = ()
    is_date: bool = False

    def matches_pattern(self, text: str) -> bool:
        """Whether the text has the form that the model asks for, its length included."""
        if len(text) < self.min_length or (self.max_length is not None and len(text) > self.max_length):
            return False
        return self.pattern is None or _compiled(self.pattern).search(text) is not None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def text_constraint(name: str, shape: Shape) -> TextConstraint:
    """The constraint of the string shape `name`."""
    values = CLOSED_VALUES.get(name, shape.enum) + MORE_VALUES.get(name, ())
    if shape.pattern is None:
        return TextConstraint(shape.min or 0, shape.max, values=values)
    if only_length := _LENGTH_ONLY.fullmatch(shape.pattern):
        return TextConstraint(int(only_length[1]), int(only_length[2]), values=values)
    return TextConstraint(
        shape.min or 0,
        shape.max,
        _whole(shape.pattern),
        values,
        is_date=shape.pattern == DATE_PATTERN,
    )


def _whole(pattern: str) -> str:
    flags = "" if pattern in UNICODE_WORDS else "a"  # Java's \d and \w are ASCII
    dot_all = pattern.startswith("(?s)")
    source = REWRITTEN.get(pattern, pattern.removeprefix("(?s)"))
    flags += "s" if dot_all else ""
    return rf"\A(?{flags}:{source})\Z" if flags else rf"\A(?:{source})\Z"
