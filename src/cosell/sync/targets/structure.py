"""Whether a mirror has all its tables, columns and views, and recreating those that somebody has removed.

Their contents are not restored here, except for keys: a full sync fetches them, except the history of changes.
"""

import re
from collections.abc import Iterator
from typing import Final

from cosell.errors import UserError
from cosell.suggestion import suggested
from cosell.sync.targets import keys
from cosell.sync.targets.database import Database
from cosell.sync.targets.schema import steps_of
from cosell.sync.targets.tables import SYNC_STATE, TABLES

MENDING: Final = "a cosell that makes its tables again"
_COMMENT: Final = re.compile(r"--[^\n]*")
_SUBJECT: Final = re.compile(
    r"\s*(?:CREATE TABLE|CREATE INDEX \w+ ON|ALTER TABLE|INSERT INTO|(CREATE|DROP) VIEW(?: IF EXISTS)?) (\w+)"
)


def missing(database: Database) -> list[str]:
    """What a mirror lacks, in words: `table opportunity`, `column opportunity.stage`, `view open_opportunity`."""
    found: dict[str, set[str]] = {}
    for name, column in database.rows(database.dialect.columns):
        found.setdefault(name, set()).add(column)
    lacks = []
    for table in TABLES:
        if table.name not in found:
            lacks.append(f"table {table.name}")
            continue
        lacks += [f"column {table.name}.{one.name}" for one in table.columns if one.name not in found[table.name]]
    lacks += [f"view {name}" for name in _views(database) if name not in found]
    if SYNC_STATE.name in found and database.rows(f"SELECT count(*) FROM {SYNC_STATE.name}") == [(0,)]:
        lacks.append(f"row of {SYNC_STATE.name}")
    return lacks


def check(database: Database) -> None:
    """Raises UserError if a mirror is not whole."""
    if lacks := missing(database):
        raise UserError(f"the mirror lacks its {', '.join(lacks)}", f"recreate it with: {suggested('sync', '--full')}")


def repair(database: Database) -> list[str]:
    """Recreate what is missing, and report it. Raises MirrorBusy if another process holds the mirror."""
    if not missing(database):
        return []
    with database.lock(MENDING), database.transaction():
        lacks = missing(database)
        for one in lacks:
            kind, _, name = one.partition(" ")
            if kind == "table":
                for statement in _about(database, name):
                    database.script(statement)
            elif kind == "column":
                database.script(_addition(database, name))
            elif kind == "row":
                database.script(next(each for each in _about(database, SYNC_STATE.name) if "INSERT" in each))
        views = _views(database)
        for one in lacks:
            if one.startswith("view "):
                database.script(views[one.removeprefix("view ")])
        keys.fill(database)
    return lacks


def _addition(database: Database, name: str) -> str:
    table_name, column_name = name.split(".")
    table = next(table for table in TABLES if table.name == table_name)
    column = next(column for column in table.columns if column.name == column_name)
    return f"ALTER TABLE {table_name} ADD COLUMN {column_name} {database.dialect.types[column.kind]}"


def _statements(database: Database) -> Iterator[tuple[str, str, str]]:
    """Each statement of all steps: what it does to a view, if to one, its table or view, and itself."""
    for _, script in steps_of(database.dialect):
        for statement in _COMMENT.sub("", script).split(";"):
            if subject := _SUBJECT.match(statement):
                yield subject[1] or "", subject[2], statement.strip()


def _about(database: Database, table: str) -> list[str]:
    return [statement for view, name, statement in _statements(database) if not view and name == table]


def _views(database: Database) -> dict[str, str]:
    """The statement that makes each view, in an order in which each finds those that it reads."""
    views: dict[str, str] = {}
    for what, name, statement in _statements(database):
        if what:
            views.pop(name, None)
        if what == "CREATE":
            views[name] = statement
    return views
