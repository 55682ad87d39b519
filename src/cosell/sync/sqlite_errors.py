"""What SQLite says of a file, in words for people, whichever library says it."""

from typing import Final

_WORDS: Final = {
    "unable to open": "it cannot be opened",
    "not a database": "it is not a SQLite database",
    "malformed": "it is damaged",
    "is full": "the disk is full",
    "readonly": "it cannot be written",
    "locked": "another program holds it",
    "disk I/O error": "its disk does not read or write",
}
"""By what the message contains."""


def in_words(error: Exception) -> str:
    """Why a file cannot be used; the library's own words where there are no better ones."""
    text = str(error)
    return next((words for part, words in _WORDS.items() if part in text), text)
