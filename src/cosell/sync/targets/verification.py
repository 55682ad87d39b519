"""The outcome of the last verification. Each function is part of its caller's transaction."""

from typing import Final

import msgspec

from cosell.sync.target import Difference, Verification
from cosell.sync.targets.database import Database
from cosell.sync.targets.tables import SYNC_VERIFICATION
from cosell.sync.targets.values import moment

_ONE: Final = 1
_differences: Final = msgspec.json.Decoder(list[Difference])


def keep(database: Database, verification: Verification) -> None:
    """See `Mirror.keep_verification`."""
    at_ms, *counts, differences = msgspec.structs.astuple(verification)
    database.put(SYNC_VERIFICATION, [(_ONE, moment(at_ms), *counts, msgspec.json.encode(differences).decode())])


def last(database: Database) -> Verification | None:
    """See `Mirror.verification`."""
    at, text = database.dialect.ms("verified_at"), database.dialect.types["text"]
    found = database.rows(
        f"SELECT {at}, compared_rows, equal_rows, behind_rows, different_rows, CAST(differences AS {text})"
        " FROM sync_verification"
    )
    if not found:
        return None
    ((at_ms, compared, equal, behind, different, differences),) = found
    return Verification(at_ms, compared, equal, behind, different, _differences.decode(differences))
