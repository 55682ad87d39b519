"""Names of resources, and their order.

Source: service model (patterns), recorded answers (ARNs). That identifiers sort by number is our choice: AWS's own
grow by one digit now and then, and a text order would put O10 before O9.
"""

from typing import Final

REGION = "us-east-1"
FIRST_OPPORTUNITY = 1_000_001
"""The number of an installation's first opportunity: seven digits, as AWS's had in the recordings."""

_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def opportunity_id(number: int) -> str:
    """The identifier of the installation's `number`-th opportunity, counted from 0."""
    return f"O{FIRST_OPPORTUNITY + number}"


def id_key(identifier: str) -> str:
    """A text that sorts as the identifier's number does, and differs wherever the identifiers differ.

    Nineteen digits do not fit a signed 64-bit integer, and O07 is not O7, so the length comes first, as a letter.
    Serves solutions (`S-0051234`) as well as opportunities.
    """
    digits = identifier[1:]
    return chr(ord("a") + len(digits)) + digits


def identifier_of(key: str) -> str:
    """The identifier that an `id_key` was made from."""
    return f"O{key[1:]}"


def opportunity_arn(account: str, catalog: str, identifier: str) -> str:
    """The ARN of an opportunity."""
    return owned_arn(account, catalog, "opportunity", identifier)


def shared_arn(catalog: str, kind: str, identifier: str) -> str:
    """The ARN of something that accounts share, with an empty account: `kind` is its word, `engagement`."""
    return f"arn:aws:partnercentral:{REGION}::catalog/{catalog}/{kind}/{identifier}"


def owned_arn(account: str, catalog: str, kind: str, identifier: str) -> str:
    """The ARN of something that one account owns: `kind` is its word, `solution`."""
    return f"arn:aws:partnercentral:{REGION}:{account}:catalog/{catalog}/{kind}/{identifier}"


def bare_id(name: str, catalog: str, kind: str) -> str:
    """The identifier in a shared ARN of a catalog and kind; any other name is returned unchanged."""
    return name.removeprefix(shared_arn(catalog, kind, ""))


def random_id(prefix: str, length: int, bits: int) -> str:
    """`prefix` and `length` digits and lower-case letters, made of random bits: eight for each character and more."""
    characters = []
    for _ in range(length):
        bits, digit = divmod(bits, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return prefix + "".join(characters)


def uuid_of(bits: int) -> str:
    """A version 4 UUID made of 128 random bits, six of which give way to the version and the variant."""
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[bits & 3]}{digits[17:20]}-{digits[20:]}"
