"""How far the schema of a database is, and what is missing."""

import msgspec


class SchemaState(msgspec.Struct, frozen=True):
    """The version of a schema, 0 where there is none yet, and the names of the migrations that are missing."""

    version: int
    missing: list[str]
