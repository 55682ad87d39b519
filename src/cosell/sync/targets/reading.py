"""What a mirror offers its readers: pages in the service's own orders, what it keeps of opportunities, changes.

All at a single moment, if it is read within one snapshot of the database.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from cosell.rules.identifiers import id_key, identifier_of
from cosell.rules.list.page_token import Position
from cosell.rules.list.selector import Selector
from cosell.rules.list.sort_keys import SortBy
from cosell.sync.targets.changes import undo
from cosell.sync.targets.database import Database
from cosell.sync.targets.keys import REVIEW_STATUSES, STAGES, company_beginning, company_end, numbers
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.values import document_of

COLUMNS: Final[dict[SortBy, str]] = {
    "LastModifiedDate": "last_modified",
    "CreatedDate": "created",
    "TargetCloseDate": "target_close",
    "CustomerCompanyName": "company",
    "Identifier": "id_key",
}
"""The column of each order."""


class KeptAnswers(msgspec.Struct, frozen=True):
    """The answers about one opportunity, as JSON texts; None for those that the mirror lacks.

    `is_in_step`: the whole opportunity is of the version that the summary is of.
    """

    summary: bytes
    opportunity: bytes | None
    aws_summary: bytes | None
    is_in_step: bool


class KeptChange(msgspec.Struct, frozen=True):
    """What a member of an opportunity was before a change; None: absent."""

    number: int
    opportunity: str
    member: str
    old: str | None


class Reading:
    """An open mirror that is looked at."""

    def __init__(self, mirror: Mirror) -> None:
        self._database: Database = mirror.database

    def count(self) -> int:
        """How many opportunities there are, without vanished ones."""
        return self._number("SELECT count(*) FROM opportunity_key")

    def origin(self) -> int:
        """A number that another mirror does not have: when its first run began."""
        return self._number(f"SELECT coalesce(min({self._database.dialect.ms('started_at')}), 0) FROM sync_run")

    def places(self, selector: Selector, after: Position | None, limit: int) -> list[Position]:
        """Where up to `limit` opportunities stand in the asked order behind `after`, as ListOpportunities has it."""
        column = COLUMNS[selector.sort_by]
        order = tuple(dict.fromkeys((column, "id_key")))  # an identifier breaks its own ties
        direction, behind = ("DESC", "<") if selector.descending else ("ASC", ">")
        conditions, values = self._filters(selector)
        if after is not None:
            conditions.append(f"({', '.join(order)}) {behind} ({', '.join('?' * len(order))})")
            values += (after.key, after.id_key)[-len(order) :]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        found = self._database.rows(
            f"SELECT {column}, id_key FROM opportunity_key{where}"
            f" ORDER BY {', '.join(f'{one} {direction}' for one in order)} LIMIT ?",
            (*values, limit),
        )
        return [Position(*row) for row in found]

    def _filters(self, selector: Selector) -> tuple[list[str], list[Any]]:
        conditions: list[str] = []
        values: list[Any] = []
        if selector.id_keys:
            conditions.append(self._database.dialect.among("id_key"))
            values.append(self._database.listed(selector.id_keys))
        if selector.companies:
            conditions.append(f"({' OR '.join(['company >= ? AND company < ?'] * len(selector.companies))})")
            for name in selector.companies:
                values += (company_beginning(name), company_end(name))
        for column, names, wanted in (
            ("stage", STAGES, selector.stages),
            ("review_status", REVIEW_STATUSES, selector.review_statuses),
        ):
            if wanted:
                conditions.append(f"{column} IN ({', '.join(map(str, numbers(names, wanted)))})")
        for key, span in selector.ranges:
            for sign, bound in ((">=", span.low), ("<", span.high)):
                if bound is not None:
                    conditions.append(f"{COLUMNS[key]} {sign} ?")
                    values.append(bound)
        return conditions, values

    def answers(self, id_keys: Sequence[str]) -> dict[str, KeptAnswers]:
        """What is kept of opportunities that have not vanished, by their `id_key`."""
        words = self._database.dialect
        text = words.types["text"]
        found = self._database.rows(
            f"SELECT o.id, CAST(o.raw AS {text}), CAST(d.opportunity AS {text}), CAST(d.aws_summary AS {text}),"
            " d.last_modified_date = o.last_modified_date"
            " FROM opportunity o LEFT JOIN opportunity_detail d ON d.opportunity_id = o.id"
            f" WHERE o.vanished_at IS NULL AND {words.among('o.id')}",
            (self._database.listed([identifier_of(key) for key in id_keys]),),
        )
        return {
            id_key(identifier): KeptAnswers(summary.encode(), _encoded(opportunity), _encoded(view), bool(is_in_step))
            for identifier, summary, opportunity, view, is_in_step in found
        }

    def arrived(self, after: int, limit: int) -> list[tuple[int, str]]:
        """The next opportunities in the order in which they were first seen: their numbers in it, and `id_key`."""
        found = self._database.rows(
            "SELECT arrival, id_key FROM opportunity_key WHERE arrival > ? ORDER BY arrival LIMIT ?", (after, limit)
        )
        return [(arrival, key) for arrival, key in found]

    def arrivals(self, id_keys: Sequence[str]) -> dict[str, int]:
        """The numbers of some opportunities in the order in which they were first seen."""
        among = self._database.dialect.among("id_key")
        found = self._database.rows(
            f"SELECT id_key, arrival FROM opportunity_key WHERE {among}", (self._database.listed(id_keys),)
        )
        return dict(found)

    def last_change(self) -> int:
        """The number of the last change that was seen; 0 where none was."""
        return self._number("SELECT coalesce(max(change_id), 0) FROM opportunity_change")

    def changes(self, after: int, limit: int) -> list[KeptChange]:
        """The next changes, in the order in which they were seen."""
        return self._changes("change_id > ? ORDER BY change_id LIMIT ?", after, limit)

    def changes_of(self, identifiers: Sequence[str], after: int) -> list[KeptChange]:
        """Every later change of some opportunities, the last one first."""
        among = self._database.dialect.among("opportunity_id")
        listed = self._database.listed(identifiers)
        return self._changes(f"{among} AND change_id > ? ORDER BY change_id DESC", listed, after)

    def before(self, summary: bytes, olds: Iterable[tuple[str, str | None]]) -> bytes:
        """What a summary was before changes, whose members and old values are given, the last change first."""
        document = document_of(summary)
        undo(document, olds)
        return json.dumps(document).encode()

    def _changes(self, which: str, *values: Any) -> list[KeptChange]:
        found = self._database.rows(
            f"SELECT change_id, opportunity_id, member, old_value FROM opportunity_change WHERE {which}", values
        )
        return [KeptChange(*row) for row in found]

    def _number(self, statement: str) -> int:
        ((number,),) = self._database.rows(statement)
        return int(number)


def _encoded(text: Any) -> bytes | None:
    return None if text is None else str(text).encode()
