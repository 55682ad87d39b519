"""What a look at a PostgreSQL database says. Nothing is made or changed by it."""

from collections.abc import Iterator
from contextlib import closing

import psycopg

from cosell.errors import UserError
from cosell.passwords import shown
from cosell.store.diagnosis import Diagnosis
from cosell.store.postgres.migrate import check_origin, schema_versions
from cosell.store.postgres.mishaps import reason_of
from cosell.store.postgres.opening import connected
from cosell.store.postgres.server_facts import facts_of
from cosell.store.postgres.server_rules import RULES
from cosell.store.postgres.sql_connection import PostgresConnection
from cosell.suggestion import suggested


def diagnoses(url: str) -> list[Diagnosis]:
    """See `store.open.diagnose`. Raises UserError where nobody answers at the URL."""
    with closing(connected(url)) as connection:
        try:
            return list(_found(connection, url))
        except UserError as mistake:
            return [Diagnosis(mistake.message, mistake.next_step)]
        except psycopg.Error as error:
            reason = reason_of(error) or str(error).strip().partition("\n")[0]
            return [Diagnosis(f"{shown(url)} cannot be used: {reason}", "see the server's log")]


def _found(connection: PostgresConnection, url: str) -> Iterator[Diagnosis]:
    name = shown(url)
    check_origin(connection, name)
    version, newest = schema_versions(connection)
    if not version:
        make_one = f"make it with: {suggested('seed', db=url)}; or with: {suggested('serve', db=url)}"
        yield Diagnosis(f"there is no database of cosell's in {name} yet; {make_one}")
        return
    if version < newest:
        yield Diagnosis(f"{name} has schema {version}, which becomes {newest} when it is next used")
        return
    facts = facts_of(connection, url, name)
    yield from filter(None, (rule(facts) for rule in RULES))
    if facts.is_read_only or facts.lost_tables or not facts.may_write:
        return
    connection.begin()
    connection.run("UPDATE installation SET one = 1")
    connection.roll_back()
    yield Diagnosis(f"{name} is writable, schema {version}")
