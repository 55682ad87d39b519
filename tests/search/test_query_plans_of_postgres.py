"""How much PostgreSQL reads for a page of a search: about as much as it shows, wherever an index serves."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from psycopg import sql

from cosell.datasets.seed import seed
from cosell.engine import Engine
from cosell.store.postgres import search_reading, sql_connection
from cosell.store.postgres.search_moment import one_search
from cosell.store.postgres.sql_connection import PostgresConnection
from tests.postgres import Postgres
from tests.search.oracle import SORT_KEYS
from tests.search.partner import Partner
from tests.search.test_index import feed, titled
from tests.store.caller import NOON_MS

ROWS: Final = 1_500
FEW: Final = 12
A_PAGE: Final = 5
MUCH: Final = 200
"""Rows that no part of a statement may read: some more than the first turns walk by."""


@pytest.fixture(scope="module")
def partner(postgres: Postgres) -> Iterator[Partner]:
    """A partner with many opportunities, a few of which are about herons."""
    engine = Engine.open(postgres.new_schema())
    partner = Partner(engine)
    seed(engine.store, partner.scope, count=ROWS, seed=3, now_ms=NOON_MS, advance=lambda _: None)
    partner.put_rows([titled(f"O{number}", f"heron {number}") for number in range(1, FEW + 1)])
    feed(partner)
    partner.put_tags("O1", {"team": "blue"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_reading, "WORTH_A_SAMPLE", 0)
        yield partner
    engine.close()


def asked_by(partner: Partner, request: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """What a search answers, and the statements that it asks."""
    asked: list[tuple[str, Any]] = []
    rows, row = PostgresConnection.rows, PostgresConnection.row

    def noting_rows(connection: PostgresConnection, statement: str, values: Any = ()) -> Any:
        asked.append((statement, values))
        return rows(connection, statement, values)

    def noting_row(connection: PostgresConnection, statement: str, values: Any = ()) -> Any:
        asked.append((statement, values))
        return row(connection, statement, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgresConnection, "rows", noting_rows)
        patch.setattr(PostgresConnection, "row", noting_row)
        answer = partner.search(**request)
    return answer, [(statement, values) for statement, values in asked if "search_" in statement]


def read_by(partner: Partner, statement: str, values: Any) -> Iterator[tuple[str, float]]:
    """The scans of a statement, and how many rows each reads, by the plan that serves all values."""
    connection = partner.engine.store.connections.open()  # type: ignore[attr-defined]
    with one_search(connection, None, writing=False):
        connection.run_script(f"PREPARE asked AS {sql_connection.in_dollars(statement).decode()}")
        given = ", ".join(sql.Literal(value).as_string(connection.connection) for value in values)
        explained = connection.value(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) EXECUTE asked ({given})")
    connection.close()
    yield from scans_in(explained[0]["Plan"])


def scans_in(plan: dict[str, Any]) -> Iterator[tuple[str, float]]:
    if plan["Node Type"].endswith("Scan"):
        dropped = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        rows = (plan["Actual Rows"] + dropped) * plan["Actual Loops"]
        yield f"{plan['Node Type']} {plan.get('Index Name', plan.get('Relation Name', ''))}", rows
    for part in plan.get("Plans", ()):
        yield from scans_in(part)


CONDITIONS: Final[dict[str, dict[str, Any]]] = {
    "everything": {},
    "a rare keyword": {"Keyword": "heron"},
    "two rare letters": {"Keyword": "n 7"},
    "a few words": {"Filter": {"ContainsAny": {"Key": "PartnerProjectTitle", "Value": {"StringValue": "heron"}}}},
    "a title": {"Filter": {"EqualsTo": {"Key": "PartnerProjectTitle", "Value": {"StringValue": "heron 7"}}}},
    "an identifier": {"Filter": {"EqualsTo": {"Key": "OpportunityId", "Value": {"StringValue": "O7"}}}},
}


SOME_ORDERS: Final = ("CreatedDate", "Stage", "PartnerProjectTitle", "Tags")
ASKED: Final = [
    *((by, "everything") for by in SORT_KEYS),
    *((by, condition) for by in SOME_ORDERS for condition in list(CONDITIONS)[1:]),
]


@pytest.mark.parametrize(("by", "condition"), ASKED)
def test_a_page_reads_about_as_much_as_it_shows(partner: Partner, by: str, condition: str) -> None:
    request = {**CONDITIONS[condition], "MaxResults": A_PAGE, "Sort": {"SortBy": by, "SortOrder": "DESCENDING"}}
    for _ in range(2):
        answer, asked = asked_by(partner, request)
        assert any("search_written" in statement for statement, _ in asked)
        for statement, values in asked:
            for scan, rows in read_by(partner, statement, values):
                assert rows <= MUCH, f"{scan} reads {rows:,.0f} rows: {statement}"
        if "NextToken" not in answer:
            return
        request |= {"NextToken": answer["NextToken"]}
