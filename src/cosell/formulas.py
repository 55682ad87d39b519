"""Texts that a spreadsheet would take for formulas: escaped on their way into a CSV file, restored on their way back.

Source: OWASP, "CSV Injection": a cell is a formula by its first character, and an apostrophe before it makes it a text.
"""

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
"""Also after apostrophes, so that a text with an apostrophe of its own can be told from one that was escaped."""


def disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before anything that would start one."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The original of a `disarmed` text; any other one is unchanged."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
