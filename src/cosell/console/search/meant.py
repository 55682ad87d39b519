"""Conditions of which a text may be a slip: `Stge: Qualifed`, or `Qualifed` alone. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from cosell.console.search.vocabulary import LABELS
from cosell.nearest import closest
from cosell.rules.search.fields import FIELDS
from cosell.rules.search.listed import LISTED_BY, listed_values, near_value

VERY_ALIKE: Final = 0.8
"""How much of a value has to be there where the field was not named."""
ALIKE: Final = 0.7
"""How much of a field's name has to be there."""
_ABOUT: Final = re.compile(r"\s*(\w[\w '-]*?)\s*[=:]\s*(\S.*?)\s*", re.DOTALL)


def meant(typed: str) -> Iterator[tuple[str, str]]:
    """Fields, each with the value that may have been meant, which the model lists or the field can hold."""
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
