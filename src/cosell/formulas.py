"""Texts that a spreadsheet would take for formulas: disarmed on their way into a CSV file, restored on their way back.

Source: OWASP, "CSV Injection": a cell is a formula by its first character, and an apostrophe before it makes it a text.
"""

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
"""Also behind apostrophes, so that a text that has one of its own is told from one that was given one."""


def disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with one apostrophe before what would begin one."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text that was `disarmed`; another one as it is."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
