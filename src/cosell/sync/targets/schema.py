"""Migrating a mirror's tables: numbered files in migrations/, each applied once, in one transaction.

A file is for every database (`0001_tables.sql`) or for one (`0002_ages.sqlite.sql`). `$words` in it are types of the
dialect. Steps are never changed once they are released: a later one changes what they made.
"""

import re
from collections.abc import Callable, Mapping
from importlib import resources
from string import Template
from typing import Final

from cosell.errors import UserError
from cosell.suggestion import suggested
from cosell.sync.target import NoMirror
from cosell.sync.targets import keys
from cosell.sync.targets.database import Database, Dialect

MIGRATING: Final = "a cosell that brings its tables up to date"
FILLED: Final[Mapping[str, Callable[[Database], None]]] = {"keys": keys.fill}
"""What follows a step, by its name, where SQL alone cannot tell what its tables hold."""
_FILE: Final = re.compile(r"(\d{4})_([a-z_]+)(?:\.([a-z]+))?\.sql", re.ASCII)


def migrate(database: Database, steps: list[tuple[str, str]], *, create: bool = True) -> None:
    """Take the database through the steps that it has not been through. It is locked only if there are any.

    Raises UserError, and leaves everything as it was, if the database belongs to another program or to a newer cosell,
    or is empty and must not become a mirror; MirrorBusy if another process holds it.
    """
    made = version(database)
    if made > len(steps):
        raise UserError("this mirror was written by a newer cosell", "upgrade cosell, or name another with --mirror")
    if made == len(steps):
        return
    if not made and not create:
        raise NoMirror("this database is empty, not a mirror", f"make one with: {suggested('sync')}")
    with database.lock(MIGRATING), database.transaction():
        for number in range(version(database) + 1, len(steps) + 1):
            name, statements = steps[number - 1]
            database.script(statements)
            if name in FILLED:
                FILLED[name](database)
            database.run("INSERT INTO mirror_migration (number, name) VALUES (?, ?)", (number, name))


def version(database: Database) -> int:
    """The schema's version; 0 if there are no tables. Raises UserError if there are only foreign ones."""
    ((any_table, is_mirror),) = database.rows(database.dialect.has_table, ("mirror_migration",))
    if is_mirror:
        ((number,),) = database.rows("SELECT max(number) FROM mirror_migration")
        return int(number)
    if any_table:
        raise UserError("this database has tables, but is not a mirror", "name another one with --mirror")
    return 0


def steps_of(dialect: Dialect) -> list[tuple[str, str]]:
    """The names and the statements of the dialect's migrations, in order."""
    steps, types = {}, {str(kind): type_ for kind, type_ in dialect.types.items()}
    for file in resources.files(__package__).joinpath("migrations").iterdir():
        parts = _FILE.fullmatch(file.name)
        if parts and parts[3] in (None, dialect.name):
            steps[int(parts[1])] = parts[2], Template(file.read_text(encoding="utf-8")).substitute(types)
    return [steps[number] for number in range(1, len(steps) + 1)]
