"""Pools of names in many languages, made once by mimesis for each run and then only drawn from."""

import random
import re
import unicodedata
from typing import Final, NamedTuple

from cosell.datasets.chance import one_of

POOL: Final = 240
"""Names of each kind and language."""
_NOT_LATIN: Final = re.compile("[^a-z0-9]+")
_LETTERS: Final = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "đ": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "þ": "th", "ð": "d"}
)
LONGEST_LOCAL_PART: Final = 30


class Names(NamedTuple):
    """What people and streets are called where one language is spoken."""

    first: list[str]
    last: list[str]
    streets: list[str]


def names_of(locale: str, seed: int) -> Names:
    """A pool of names, always the same for the same locale and seed (and version of mimesis)."""
    from mimesis import Address, Person  # slow to load; only seeding needs it
    from mimesis.locales import Locale

    person = Person(Locale(locale), seed=seed)
    address = Address(Locale(locale), seed=seed)
    return Names(
        [person.first_name() for _ in range(POOL)],
        [person.last_name() for _ in range(POOL)],
        [address.address() for _ in range(POOL)],
    )


def latin(text: str) -> str:
    """`Łódź & Söhne` → `lodz-sohne`; empty if the script is not Latin."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return _NOT_LATIN.sub("-", plain).strip("-")


def mailbox(chance: random.Random, first: str, last: str, domain: str) -> str:
    """An address at `domain`, of the name where it can be spelled in Latin letters, else of an office."""
    given, family = latin(first), latin(last)
    if given and family:
        local = f"{given}.{family}" if chance.random() < 0.7 else f"{given[0]}{family}"
    else:
        local = one_of(chance, ("it.planning", "procurement", "systems", "info", "digital.office"))
    return f"{local[:LONGEST_LOCAL_PART].strip('-.')}@{domain}"
