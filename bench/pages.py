"""(b) The time of a page over every sort key, order and kind of filter, at two sizes, shallow and deep.

Pages go through the whole flow in this process, so that the store's part is not hidden behind the network's.
"""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from bench.databases import ACCOUNT, CATALOG, seeded
from bench.figures import Figure, at_most, seconds_in_turn
from cosell import flow
from cosell.engine import Engine
from cosell.rules.list.sort_keys import SORT_NAMES, SortBy
from cosell.wire.timestamps import Timestamp

DEEP: Final = 100
ROUNDS: Final = 7
REPEAT: Final = 5
HEADERS: Final = {
    b"x-amz-target": b"AWSPartnerCentralSelling.ListOpportunities",
    b"authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/x".encode(),
}
NARROW_ROWS: Final = 100
GROWING: Final = "TargetCloseDate narrow"
"""A day is the narrowest range of days, and holds more rows the more there are."""
RANGE_MEMBERS: Final = {
    "LastModifiedDate": ("last_modified", "AfterLastModifiedDate", "BeforeLastModifiedDate"),
    "CreatedDate": ("created", "AfterCreatedDate", "BeforeCreatedDate"),
    "TargetCloseDate": ("target_close", "AfterTargetCloseDate", "BeforeTargetCloseDate"),
}


class Cell(msgspec.Struct, frozen=True):
    """One line of the table: milliseconds of the first and the deep page at the small and the large size."""

    sort_by: SortBy
    order: str
    filter: str
    served_by_one_index: bool
    first_ms: tuple[float, float]
    deep_ms: tuple[float, float] | None

    @property
    def growth(self) -> float:
        """How many times longer the worse of the two pages takes at the large size."""
        return max(large / small for small, large in filter(None, (self.first_ms, self.deep_ms)))

    @property
    def slowest_ms(self) -> float:
        """The longest page of the cell."""
        return max(*self.first_ms, *(self.deep_ms or ()))


def page_times(rows: int, small_rows: int) -> tuple[list[Figure], list[Cell]]:
    """The whole table, and the figures that it comes to."""
    databases = [_Database(seeded(small_rows)), _Database(seeded(rows))]
    default_ms = databases[1].ms_of_default_page()
    cells = [
        _cell(databases, sort_by, order, name)
        for sort_by in SORT_NAMES
        for order in ("ASCENDING", "DESCENDING")
        for name in databases[0].filters
    ]
    served = [cell for cell in cells if cell.served_by_one_index]
    growing = max(served, key=lambda cell: cell.growth)
    slowest = max(cells, key=lambda cell: cell.slowest_ms)
    return [
        at_most(
            f"page at {rows:,} rows ÷ at {small_rows:,}, where one index serves it: the worst of {len(served)} cells",
            growing.growth,
            1.5,
            _name(growing),
        ),
        at_most(
            f"the slowest page of all {len(cells)} cells ÷ the default page",
            slowest.slowest_ms / default_ms,
            20,
            f"{_name(slowest)}: {slowest.slowest_ms:.2f} ms; the default page: {default_ms:.3f} ms",
        ),
    ], cells


def _cell(databases: "list[_Database]", sort_by: SortBy, order: str, name: str) -> Cell:
    questions = [{**database.filters[name], "Sort": {"SortBy": sort_by, "SortOrder": order}} for database in databases]
    first = _times(databases, questions)
    deep_questions = [database.deep(question) for database, question in zip(databases, questions, strict=True)]
    deep = None
    if all(deep_questions):
        deep = _times(databases, [question for question in deep_questions if question])
    key = name.partition(" ")[0]
    bounded = key not in RANGE_MEMBERS or (name.endswith("narrow") and name != GROWING)
    return Cell(sort_by, order, name, key == sort_by or bounded, first, deep)


def _times(databases: "list[_Database]", questions: list[dict[str, Any]]) -> tuple[float, float]:
    bodies = [msgspec.json.encode(question) for question in questions]
    actions = [partial(database.answer, body) for database, body in zip(databases, bodies, strict=True)]
    small, large = seconds_in_turn(actions, ROUNDS, REPEAT)
    return small * 1000, large * 1000


def _name(cell: Cell) -> str:
    return f"{cell.sort_by} {cell.order.lower()}, filter: {cell.filter}"


class _Database:
    def __init__(self, path: Path) -> None:
        self._engine = Engine.open(str(path))
        self.filters = self._filters(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY))

    def answer(self, body: bytes) -> flow.Answer:
        return flow.answer(self._engine, flow.Call("POST", "/", dict(HEADERS), body))

    def ms_of_default_page(self) -> float:
        body = msgspec.json.encode({"Catalog": CATALOG})
        (median,) = seconds_in_turn([lambda: self.answer(body)], 50, 20)
        return median * 1000

    def deep(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The question of the hundredth page; None where there are fewer."""
        for _ in range(DEEP - 1):
            answer = msgspec.json.decode(self.answer(msgspec.json.encode(question)).body)
            if "NextToken" not in answer:
                return None
            question = {**question, "NextToken": answer["NextToken"]}
        return question

    def _filters(self, connection: apsw.Connection) -> dict[str, dict[str, Any]]:
        filters: dict[str, dict[str, Any]] = {
            "none": {},
            "stage": {"LifeCycleStage": ["Qualified"]},
            "review status": {"LifeCycleReviewStatus": ["Approved"]},
            "3 stages × 3 review statuses": {
                "LifeCycleStage": ["Prospect", "Qualified", "Technical Validation"],
                "LifeCycleReviewStatus": ["Pending Submission", "Submitted", "Approved"],
            },
            "company": {"CustomerCompanyName": [_company(connection)]},
            "identifiers": {"Identifier": _identifiers(connection)},
        }
        for member, (column, after, before) in RANGE_MEMBERS.items():
            write = _day if column == "target_close" else _moment
            keys = _quantiles(connection, column)
            for width, (low, high) in keys.items():
                filters[f"{member} {width}"] = {member: {after: write(low), before: write(high)}}
        return {name: {"Catalog": CATALOG, **members} for name, members in filters.items()}


def _company(connection: apsw.Connection) -> str:
    """A company with about a page of opportunities."""
    summary = connection.execute(
        "SELECT summary FROM opportunity GROUP BY company ORDER BY abs(count(*) - 20), company LIMIT 1"
    ).get
    assert isinstance(summary, bytes)
    name = msgspec.json.decode(summary)["Customer"]["Account"]["CompanyName"]
    assert isinstance(name, str)
    return name


def _identifiers(connection: apsw.Connection) -> list[str]:
    count = _number(connection, "SELECT count(*) FROM opportunity")
    numbers = range(1, count, count // 20)
    return [
        f"O{str(connection.execute('SELECT id_key FROM opportunity WHERE opportunity_id = ?', (number,)).get)[1:]}"
        for number in list(numbers)[:20]
    ]


def _quantiles(connection: apsw.Connection, column: str) -> dict[str, tuple[int, int]]:
    """A narrow range, of about a hundred rows in the middle, and a wide one, of everything but a tenth."""
    present = f"FROM opportunity WHERE {column} > 0"
    count = _number(connection, f"SELECT count(*) {present}")

    def at(rank: int) -> int:
        return _number(connection, f"SELECT {column} {present} ORDER BY {column} LIMIT 1 OFFSET {rank}")

    middle = count // 2
    return {
        "narrow": (at(middle), at(middle + NARROW_ROWS)),
        "wide": (at(count // 20), at(count - count // 20)),
    }


def _number(connection: apsw.Connection, query: str) -> int:
    number = connection.execute(query).get
    assert isinstance(number, int)
    return number


def _moment(ms: int) -> str:
    return str(Timestamp.from_ms(ms))


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
