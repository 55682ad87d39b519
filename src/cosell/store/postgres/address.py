"""The address of a database as libpq reads it, judged before anybody is asked, so that no error repeats a password."""

import re
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from cosell.errors import UserError
from cosell.passwords import shown

_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_EXAMPLE: Final = "write it as postgresql://user@host/database with --db"


def parts_of(url: str) -> dict[str, Any]:
    """The parameters that an address gives. Raises UserError where it is none."""
    credentials, at, _ = url.partition("?")[0].partition("://")[2].rpartition("@")
    if at and ("@" in credentials or "/" in credentials):
        raise UserError(
            f"{shown(url)} has a user or a password with an @ or a / in it",
            "write them as %40 and %2F, or put the password into PGPASSFILE",
        )
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.Error as error:
        reason = _QUOTED.sub("…", str(error).strip())  # what is quoted may be of a password
        raise UserError(f"{shown(url)} is no address of a PostgreSQL database: {reason}", _EXAMPLE) from None
