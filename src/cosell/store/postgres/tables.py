"""The tables of a database, by what becomes of them. Others that an operator has put beside them are let alone."""

from typing import Final

from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.store.sql.bringing_back import BY_RECORD, GOES_ON, SEARCH

SAVED_STATE: Final = "saved_state"
"""The list of saved states. The names of the copies begin so, too."""
KEPT: Final = (
    *("client_token", "solution", "tag_set", "aws_summary", "aws_referral", "appearance", "review_agenda"),
    *("engagement", "engagement_member", "engagement_invitation", "engagement_task", "snapshot_job", "snapshot"),
)
"""Those that a saved state has copies of, beside the records of opportunities."""
OURS: Final = GOES_ON | BY_RECORD | {*KEPT, SAVED_STATE, "event_position", "delivery_lease", "schema_version"}
"""All but those of the index of searches."""
_TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) "
    "AND relkind IN ('r', 'p')"
)


def tables(connection: PostgresConnection) -> frozenset[str]:
    """The names of all tables that are there."""
    return frozenset(name for (name,) in connection.rows(_TABLES))


def wanted(there: frozenset[str]) -> frozenset[str]:
    """Those that may not be lost, where these are there at the start."""
    return OURS | {name for name in there if name.startswith(SEARCH)}
