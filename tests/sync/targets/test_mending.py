"""What somebody has changed or removed in a mirror past the sync: it is noticed, and a full sync repairs it."""

from collections.abc import Callable

import pytest

from cosell.errors import UserError
from cosell.sync.target import Row
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from tests.store.caller import NOON_MS, moment
from tests.sync.targets.rows import IDENTITY, STATE, begin, documents, keep, row, summary

SPEND = {"Amount": "1250.75", "CurrencyCode": "EUR", "Frequency": "Monthly", "TargetCompany": "AWS"}
FULL = row(
    "O1",
    LifeCycle={"Stage": "Prospect", "TargetCloseDate": "2030-01-31"},
    Customer={"Account": {"CompanyName": "Zoë", "Address": {"CountryCode": "DE"}}},
    Project={
        "ExpectedCustomerSpend": [SPEND, SPEND | {"Amount": "9" * 31}],
        "DeliveryModels": ["Managed Services"],
        "ExpectedContractDuration": {"Term": "Months", "Value": "12"},
    },
)
TAMPERINGS = {
    "UPDATE opportunity SET stage = 'Launched'": "opportunity.stage",
    "UPDATE opportunity SET company_name = NULL": "opportunity.company_name",
    "UPDATE opportunity SET target_close_date = '2030-02-01'": "opportunity.target_close_date",
    "UPDATE opportunity SET created_date = '2001-01-01T00:00:00.000Z'": "opportunity.created_date",
    "UPDATE opportunity SET delivery_models = '[]'": "opportunity.delivery_models",
    "UPDATE opportunity SET expected_contract_duration_value = 13": "opportunity.expected_contract_duration_value",
    "UPDATE opportunity SET review_comments = 'well done'": "opportunity.review_comments",
    "UPDATE expected_customer_spend SET amount = amount + 1 WHERE position = 0": "expected_customer_spend",
    "UPDATE expected_customer_spend SET currency_code = 'USD' WHERE position = 1": "expected_customer_spend",
    "DELETE FROM expected_customer_spend WHERE position = 0": "expected_customer_spend",
    "INSERT INTO expected_customer_spend (opportunity_id, position) VALUES ('O1', 2)": "expected_customer_spend",
}


def repair(mirror: Mirror, *rows: Row) -> None:
    """A page of a full sync."""
    mirror.keep_page(begin(mirror, "full"), IDENTITY, rows, STATE, NOON_MS, want_details=False, repair=True)


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_a_column_that_does_not_say_what_the_service_says_is_found_and_repaired(mirror: Mirror, statement: str) -> None:
    keep(mirror, FULL, row("O2"))
    assert mirror.wrong_columns([FULL, row("O2")]) == {}
    mirror.database.run(statement if "WHERE" in statement or "INSERT" in statement else f"{statement} WHERE id = 'O1'")
    assert mirror.wrong_columns([FULL, row("O2")]) == {"O1": (TAMPERINGS[statement],)}
    keep(mirror, FULL, row("O2"))
    assert mirror.wrong_columns([FULL]) != {}, "only a full sync looks"
    repair(mirror, FULL, row("O2"))
    assert mirror.wrong_columns([FULL, row("O2")]) == {}


def test_in_a_full_sync_the_service_is_right(mirror: Mirror) -> None:
    keep(mirror, row("O1", NOON_MS + 9, OpportunityType="Expansion"))
    repair(mirror, row("O1", NOON_MS, OpportunityType="Flat Renewal"))
    assert documents(mirror) == [summary("O1", NOON_MS, OpportunityType="Flat Renewal")]
    assert mirror.newest(1) == [row("O1", NOON_MS, OpportunityType="Flat Renewal")]


def test_the_newest_rows_are_those_modified_last(mirror: Mirror) -> None:
    keep(mirror, row("O1", NOON_MS), row("O2", NOON_MS + 2), row("O3", NOON_MS + 1), row("O4", NOON_MS + 3))
    mirror.mark_vanished(begin(mirror), ["O4"], NOON_MS)
    assert [one.id for one in mirror.newest(2)] == ["O2", "O3"]


REMOVED = {
    "DROP TABLE expected_customer_spend": "table expected_customer_spend",
    "DROP TABLE opportunity_change": "table opportunity_change",
    "DROP TABLE opportunity_detail": "table opportunity_detail",
    "DROP TABLE opportunity_key": "table opportunity_key",
    "DROP TABLE sync_state": "table sync_state",
    "DROP TABLE opportunity": "table opportunity",
    "ALTER TABLE opportunity DROP COLUMN city": "column opportunity.city",
    "DROP VIEW stuck_in_review": "view stuck_in_review",
    "DROP VIEW open_opportunity": "view open_opportunity",
    "DELETE FROM sync_state": "row of sync_state",
}


@pytest.mark.parametrize("statement", REMOVED)
def test_what_was_removed_is_reported_and_made_again(url: str, statement: str, database: str) -> None:
    cascade = " CASCADE" if database == "postgres" and "DROP" in statement else ""
    with open_target(url) as mirror:
        keep(mirror, FULL)
        if database == "duckdb" and "COLUMN" in statement:  # it drops none while any index is there
            mirror.database.script("DROP INDEX opportunity_by_last_modified_date")
        mirror.database.script(f"{statement}{cascade}")
    with pytest.raises(UserError, match=f"the mirror lacks its .*{REMOVED[statement]}") as told:
        open_target(url, create=False)
    assert told.value.next_step == "recreate it with: cosell sync --full"
    made: list[str] = []
    with open_target(url, repair=True, tell=made.extend) as mirror:
        assert REMOVED[statement] in made
        repair(mirror, FULL)
        assert documents(mirror) == documents(mirror)
        assert mirror.wrong_columns([FULL]) == {}
        assert mirror.database.rows("SELECT count(*) FROM open_opportunity") == [(1,)]
        assert mirror.counts().opportunities == 1
    open_target(url, create=False).close()


def test_a_whole_mirror_is_not_repaired(quick_url: Callable[[], str]) -> None:
    told: list[list[str]] = []
    open_target(quick_url(), repair=True, tell=told.append).close()
    assert told == [[]]


def test_an_amount_that_is_no_number_is_wrong(mirror: Mirror) -> None:
    keep(mirror, FULL)
    if mirror.database.dialect.name == "sqlite":  # the others take none
        mirror.database.run("UPDATE expected_customer_spend SET amount = 'many' WHERE position = 0")
        assert mirror.wrong_columns([FULL]) == {"O1": ("expected_customer_spend",)}
    assert mirror.wrong_columns([]) == {}
    assert moment(NOON_MS) in documents(mirror)[0]["CreatedDate"]
