"""What lists are sorted and filtered by: the keys that a server's store has (rules/list/sort_keys), for each database.

They are in a narrow table of their own, so that a list reads few bytes for each opportunity that it passes, and so that
a cosell that introduces them does not rewrite every opportunity. Vanished opportunities have no keys, and neither has
anything without one of the service's identifiers.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from cosell.rules.identifiers import id_key
from cosell.rules.list.sort_keys import NO_TARGET_CLOSE_DATE
from cosell.sync.moments import ms_of
from cosell.sync.target import Row
from cosell.sync.targets.database import Database
from cosell.sync.targets.page import Arrival
from cosell.sync.targets.tables import OPPORTUNITY, OPPORTUNITY_KEY
from cosell.sync.targets.values import Value, document_of, stored_text
from cosell.wire.timestamps import Date

AT_ONCE: Final = 2_000
"""How many opportunities' keys are computed together in a mirror that has none."""
ID_OF_KEY: Final = "'O' || substr(id_key, 2)"
STAGES: Final = (
    "Prospect",
    "Qualified",
    "Technical Validation",
    "Business Validation",
    "Committed",
    "Launched",
    "Closed Lost",
)
REVIEW_STATUSES: Final = ("Pending Submission", "Submitted", "In review", "Approved", "Rejected", "Action Required")
"""Stages and review statuses by their numbers. The first one is meant where there is none. Only appended to."""
_UNKNOWN: Final = -1
_NOBODYS: Final = -2
_IDENTIFIER: Final = re.compile(r"O[0-9]{1,19}", re.ASCII)
_ESCAPED: Final = str.maketrans({"\0": "\1\2", "\1": "\1\3"})
"""So that a text without NUL sorts as the one with it does."""
_END: Final = "\1\1"
"""Sorts before whatever a name may go on with."""
_NAME: Final = ("Customer", "Account", "CompanyName")
_PLACES: Final = tuple(
    next(place for place, column in enumerate(OPPORTUNITY.columns) if column.name == name)
    for name in ("created_date", "target_close_date", "stage", "review_status", "company_name")
)


def company_text(name: str) -> str:
    """A text that sorts as `sort_keys.company_key` does, in every database that compares code points."""
    return company_beginning(name) + name.translate(_ESCAPED)


def company_beginning(name: str) -> str:
    """The beginning that the texts of all names share that differ from `name` in case alone."""
    return name.casefold().translate(_ESCAPED) + _END


def company_end(name: str) -> str:
    """The first text after all those that begin with `company_beginning(name)`."""
    return company_beginning(name)[:-1] + "\2"


class Listed(NamedTuple):
    """What the keys of an opportunity are made of, in the forms that columns of `opportunity` have, but for moments."""

    identifier: str
    last_modified_ms: int
    created_ms: int | None
    target_close: str | None
    stage: str | None
    review_status: str | None
    company: str


def listed(arrival: Arrival, values: Sequence[Any]) -> Listed:
    """What an opportunity's keys are made of, whose row in `opportunity` has these values."""
    created, target_close, stage, review_status, company = (values[place] for place in _PLACES)
    return Listed(
        arrival.row.id,
        arrival.row.last_modified_ms,
        None if created is None else ms_of(created),
        target_close,
        stage,
        review_status,
        _name(arrival.document) if company is None else company,
    )


def keep(database: Database, opportunities: Iterable[Listed]) -> None:
    """Keep the keys of opportunities that are new or changed, in the transaction that keeps them."""
    _put(database, opportunities, _last_arrival(database))


def _last_arrival(database: Database) -> int:
    ((last,),) = database.rows("SELECT coalesce(max(arrival), 0) FROM opportunity_key")
    return int(last)


def _put(database: Database, opportunities: Iterable[Listed], last: int) -> int:
    """Put keys, those that are new with greater numbers than `last`: the greatest one now."""
    named = (one for one in opportunities if _IDENTIFIER.fullmatch(one.identifier))
    rows = [[*_row(one), number] for number, one in enumerate(named, start=last + 1)]
    database.put(OPPORTUNITY_KEY, rows)
    return last + len(rows)


def remove(database: Database, rows: Iterable[Row]) -> None:
    """Remove the keys of opportunities that have vanished."""
    among = database.dialect.among("id_key")
    database.run(f"DELETE FROM opportunity_key WHERE {among}", (database.listed([id_key(row.id) for row in rows]),))


def fill(database: Database) -> None:
    """Compute missing keys, and remove those of opportunities that do not exist."""
    ms, text = database.dialect.ms, database.dialect.types["text"]
    database.run(
        "DELETE FROM opportunity_key WHERE NOT EXISTS"
        f" (SELECT 1 FROM opportunity WHERE vanished_at IS NULL AND id = {ID_OF_KEY})"
    )
    created, modified = ms("created_date"), ms("last_modified_date")
    find = (
        f"SELECT id, {modified}, {created}, CAST(target_close_date AS {text}), stage, review_status, company_name,"
        f" CASE WHEN company_name IS NULL THEN CAST(raw AS {text}) END"
        " FROM opportunity WHERE vanished_at IS NULL AND id > ? ORDER BY id LIMIT ?"
    )
    after, last = "", _last_arrival(database)
    while found := database.rows(find, (after, AT_ONCE)):
        opportunities = [
            Listed._make([*columns, company if raw is None else _name(document_of(raw.encode()))])
            for *columns, company, raw in found
        ]
        last = _put(database, opportunities, last)
        after = found[-1][0]


def _row(opportunity: Listed) -> list[Value]:
    """The keys of an opportunity, but for its arrival."""
    day = opportunity.target_close
    return [
        id_key(opportunity.identifier),
        opportunity.last_modified_ms,
        opportunity.last_modified_ms if opportunity.created_ms is None else opportunity.created_ms,
        NO_TARGET_CLOSE_DATE if day is None else Date(day).ordinal,
        stored_text(company_text(opportunity.company)),
        _number(STAGES, opportunity.stage),
        _number(REVIEW_STATUSES, opportunity.review_status),
    ]


def numbers(names: Sequence[str], wanted: Iterable[str]) -> list[int]:
    """The numbers of some stages or review statuses; never none, though nothing may have them."""
    return [names.index(name) for name in wanted if name in names] or [_NOBODYS]


def _number(names: Sequence[str], name: str | None) -> int:
    if name is None:
        return 0
    return names.index(name) if name in names else _UNKNOWN


def _name(document: Any) -> str:
    for member in _NAME:
        document = document.get(member) if isinstance(document, dict) else None
    return document if isinstance(document, str) else ""
