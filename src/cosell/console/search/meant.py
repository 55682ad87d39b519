"""Conditions that may have been meant by a misspelled text: `Stge: Qualifed`, or `Qualifed` alone. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from cosell.console.search.vocabulary import LABELS
from cosell.nearest import closest
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.listed import LISTED_BY, listed_values, near_value

VERY_ALIKE: Final = 0.8
"""How similar a value must be if the field was not named, from 0 to 1."""
ALIKE: Final = 0.7
"""How similar a field's name must be."""
_ABOUT: Final = re.compile(r"\s*(\w[\w '-]*?)\s*[=:]\s*(\S.*?)\s*", re.DOTALL)


def meant(typed: str) -> Iterator[tuple[str, str]]:
    """Fields, each with a value that may have been meant: one that the model lists, or any text if it lists none."""
    about = _ABOUT.fullmatch(typed)
    if about is None:
        for field in LISTED_BY:
            value = near_value(field, typed.strip(), VERY_ALIKE)
            if value is not None:
                yield field, value
        return
    named = {label: field for field, label in LABELS.items()} | {field: field for field in LABELS}
    close = closest(about[1], named, cutoff=ALIKE)
    field = named[close] if close is not None else ""
    if field and FIELDS[field].kind in ("text", "list"):
        value = near_value(field, about[2]) if listed_values(field) else about[2]
        if value is not None:
            yield field, value
