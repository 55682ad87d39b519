"""The tables and views that a mirror has are those that the documentation speaks of, and columns hold what fits."""

from typing import Any

from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from cosell.sync.targets.tables import OPPORTUNITY, TABLES
from cosell.sync.targets.views import VIEWS
from tests.store.caller import NOON_MS, moment
from tests.sync.targets.rows import keep, row, row_of, summary

TYPES_OF_MOMENTS = {"sqlite": "TEXT", "postgres": "timestamp with time zone", "duckdb": "TIMESTAMP WITH TIME ZONE"}


def columns_of(mirror: Mirror, name: str) -> dict[str, str]:
    """The columns of a table or view, with the types that the database gives them."""
    if mirror.database.dialect.name == "sqlite":
        return dict(mirror.database.rows("SELECT name, type FROM pragma_table_info(?)", (name,)))
    return dict(
        mirror.database.rows(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = ? AND table_schema = current_schema() ORDER BY ordinal_position",
            (name,),
        )
    )


def value(mirror: Mirror, column: str) -> Any:
    """The value of a column of the only opportunity."""
    ((found,),) = mirror.database.rows(f"SELECT {column} FROM opportunity")
    return found


def test_each_table_has_the_columns_that_are_described(mirror: Mirror) -> None:
    for table in TABLES:
        found = columns_of(mirror, table.name)
        assert list(found) == [column.name for column in table.columns]
        moments = {found[column.name] for column in table.columns if column.kind == "moment"}
        assert moments <= {TYPES_OF_MOMENTS[mirror.database.dialect.name]}


def test_each_view_has_the_columns_that_are_described(mirror: Mirror) -> None:
    for view in VIEWS:
        assert list(columns_of(mirror, view.name)) == list(view.columns)


def test_there_is_nothing_that_is_not_described(mirror: Mirror) -> None:
    described = {table.name for table in TABLES} | {view.name for view in VIEWS}
    if mirror.database.dialect.name == "sqlite":
        found = mirror.database.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    else:
        found = mirror.database.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        )
    assert {name for (name,) in found} == described


FULL: dict[str, Any] = {
    "PartnerOpportunityIdentifier": "crm-7",
    "OpportunityType": "Expansion",
    "LifeCycle": {
        "Stage": "Closed Lost",
        "ClosedLostReason": "Price",
        "NextSteps": "none",
        "TargetCloseDate": "2026-12-31",
        "ReviewStatus": "Approved",
        "ReviewComments": "fine",
        "ReviewStatusReason": "reason",
    },
    "Customer": {
        "Account": {
            "Industry": "Other",
            "OtherIndustry": "Beekeeping",
            "CompanyName": "Zoë & Söhne 😀",
            "WebsiteUrl": "https://example.com",
            "Address": {"City": "Porto", "PostalCode": "4000-001", "StateOrRegion": "Norte", "CountryCode": "PT"},
        }
    },
    "Project": {"DeliveryModels": ["Resell"], "ExpectedContractDuration": {"Term": "Months", "Value": "12"}},
}


def test_every_member_of_a_summary_has_its_column(mirror: Mirror) -> None:
    keep(mirror, row("O7", **FULL))
    text = mirror.database.dialect.types["text"]
    for column in OPPORTUNITY.columns:
        if column.path and column.kind != "moment":
            leaf: Any = summary("O7") | FULL
            for name in column.path:
                leaf = leaf[name]
            assert value(mirror, f"CAST({column.name} AS {text})") == ('["Resell"]' if leaf == ["Resell"] else leaf)
    ms = mirror.database.dialect.ms
    assert value(mirror, ms("last_modified_date")) == value(mirror, ms("created_date")) == NOON_MS


VALUES: list[tuple[str, dict[str, Any], str | None]] = [
    ("target_close_date", {"LifeCycle": {"TargetCloseDate": "2028-02-29"}}, "2028-02-29"),
    ("target_close_date", {"LifeCycle": {"TargetCloseDate": "2026-02-30"}}, None),
    ("target_close_date", {"LifeCycle": {"TargetCloseDate": "31.12.2026"}}, None),
    ("target_close_date", {"LifeCycle": {"TargetCloseDate": 20261231}}, None),
    ("stage", {"LifeCycle": {"Stage": "A stage that nobody knows"}}, "A stage that nobody knows"),
    ("stage", {"LifeCycle": {"Stage": {"Name": "Prospect"}}}, None),
    ("stage", {"LifeCycle": "Prospect"}, None),
    ("stage", {"LifeCycle": ["Prospect"]}, None),
    ("next_steps", {"LifeCycle": {"NextSteps": "a\0b"}}, None),
    ("next_steps", {"LifeCycle": {"NextSteps": "half \ud83d"}}, None),
    ("next_steps", {"LifeCycle": {"NextSteps": "whole \U0001f600"}}, "whole \U0001f600"),
    ("company_name", {"Customer": {"Account": {"CompanyName": "é" * 500}}}, "é" * 500),
    ("city", {"Customer": {"Account": {"Address": None}}}, None),
    ("delivery_models", {"Project": {"DeliveryModels": ["half \ud83d", 1]}}, '["half \\ud83d", 1]'),
    ("expected_contract_duration_value", {"Project": {"ExpectedContractDuration": {"Value": "9" * 19}}}, None),
    ("expected_contract_duration_value", {"Project": {"ExpectedContractDuration": {"Value": 36}}}, "36"),
    ("expected_contract_duration_value", {"Project": {"ExpectedContractDuration": {"Value": "a year"}}}, None),
    ("expected_contract_duration_value", {"Project": {"ExpectedContractDuration": {"Value": True}}}, None),
]
MOMENTS: list[tuple[Any, int | None]] = [
    ("2026-05-04T09:15:22Z", 1_777_886_122_000),
    ("2026-05-04T14:45:22.5+05:30", 1_777_886_122_500),
    ("2026-05-04T09:15:22.123456789Z", 1_777_886_122_123),
    (1_777_886_122.5, 1_777_886_122_500),
    (1_777_886_122, 1_777_886_122_000),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ("2026-05-04", None),
    ("yesterday", None),
    (1e40, None),
    (True, None),
    ([], None),
]
AMOUNTS: list[tuple[Any, str | None]] = [
    ("531.50", "531.5"),
    ("7.", "7"),
    ("0", "0"),
    ("9" * 31, "9" * 31),
    ("9" * 32, None),
    ("1.234", None),
    ("-1", None),
    ("", None),
    ("many", None),
    (531, None),
]


def test_a_value_that_does_not_fit_is_null_and_stays_in_raw(mirror: Mirror) -> None:
    rows = [row(f"O{number:02}", **members) for number, (_, members, _) in enumerate(VALUES)]
    keep(mirror, *rows)
    text = mirror.database.dialect.types["text"]
    for sent, (column, _, kept) in zip(rows, VALUES, strict=True):
        found = mirror.database.rows(
            f"SELECT CAST({column} AS {text}), CAST(raw AS {text}) FROM opportunity WHERE id = ?", (sent.id,)
        )
        assert found == [(kept, sent.raw.decode())]


def test_a_moment_is_kept_to_the_millisecond(mirror: Mirror) -> None:
    documents = [summary(f"O{number:02}") | {"CreatedDate": sent} for number, (sent, _) in enumerate(MOMENTS)]
    keep(mirror, *(row_of(document["Id"], NOON_MS, document) for document in documents))
    ms = mirror.database.dialect.ms
    found = mirror.database.rows(
        f"SELECT {ms('created_date')}, {ms('last_modified_date')} FROM opportunity ORDER BY id"
    )
    assert found == [(kept, NOON_MS) for _, kept in MOMENTS]


def test_an_amount_is_a_number_where_the_service_means_one(mirror: Mirror) -> None:
    spends = [{"Amount": sent, "CurrencyCode": "USD"} for sent, _ in AMOUNTS]
    keep(mirror, row("O1", Project={"ExpectedCustomerSpend": [*spends, "none"]}))
    found = mirror.database.rows("SELECT amount, currency_code FROM expected_customer_spend ORDER BY position")
    for (amount, currency), (_, kept) in zip(found, AMOUNTS, strict=True):
        assert amount == (None if kept is None else type(amount)(kept))
        assert currency == "USD"


def test_moments_in_sqlite_are_texts_that_sort() -> None:
    with open_target(":memory:") as mirror:
        keep(mirror, row("O1", NOON_MS + 1), row("O2", NOON_MS))
        found = mirror.database.rows("SELECT last_modified_date FROM opportunity ORDER BY last_modified_date")
        assert found == [(moment(NOON_MS),), (moment(NOON_MS + 1),)]
