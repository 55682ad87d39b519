"""An export has what the tables have, of one moment, and takes its names only when it is whole."""

import csv
import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

import cosell
from cosell.errors import UserError
from cosell.sync.push.members import shapes_of
from cosell.sync.push.rows import rows_of as pushed_rows
from cosell.sync.targets import export as export_room
from cosell.sync.targets.export import EXPORTED, export
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from cosell.sync.targets.tables import Table
from tests.conftest import Finished
from tests.store.caller import NOON_MS, moment
from tests.sync.targets.rows import STATE, begin, ended, keep, row

SPENDS = [
    {"Amount": "9" * 15, "CurrencyCode": "USD", "Frequency": "Monthly", "TargetCompany": "AWS"},
    {"Amount": "0.10", "CurrencyCode": "JPY"},
    {"Amount": "", "CurrencyCode": 'a "quoted", name\nin two lines'},
]


@pytest.fixture
def filled(mirror: Mirror) -> Mirror:
    """A mirror with rows in every table."""
    keep(mirror, row("O2", LifeCycle={"TargetCloseDate": "2030-01-31"}, Project={"ExpectedCustomerSpend": SPENDS}))
    run = begin(mirror)
    keep(mirror, row("O1"), row("O3", OpportunityType="𝄞 = 1"), run=run)
    keep(mirror, row("O1", NOON_MS + 1, LifeCycle={"Stage": "Qualified"}), run=run)
    mirror.mark_vanished(run, ["O3"], NOON_MS + 2)
    mirror.keep_detail("O2", NOON_MS, json.dumps({"Project": {"Title": "Zoë"}}).encode(), None, NOON_MS)
    mirror.end_run(run, ended(watermark_ms=NOON_MS), STATE)
    return mirror


def rows_of(mirror: Mirror, table: Table) -> list[dict[str, Any]]:
    """What a table has, in plain values: the oracle."""
    words = mirror.database.dialect
    found = mirror.database.rows(
        f"SELECT {', '.join(_plain(mirror, column.name, column.kind) for column in table.columns)} FROM {table.name}"
        f" ORDER BY {table.columns[0].name}, {table.columns[1].name}"
    )
    assert words.name
    return [dict(zip((column.name for column in table.columns), one, strict=True)) for one in found]


def _plain(mirror: Mirror, name: str, kind: str) -> str:
    words = mirror.database.dialect
    return words.ms(name) if kind == "moment" else f"CAST({name} AS {words.types['text']})"


def plain(value: Any) -> str | int | None:
    """A value of a file in the oracle's form."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    return value if value is None else str(value)


def same(found: Any, expected: Any, kind: str) -> bool:
    """Whether a value is that of the oracle; amounts are compared as numbers."""
    if kind == "amount" and found is not None:
        return Decimal(found) == Decimal(expected)
    return bool(found == expected)


def test_parquet_has_what_the_tables_have(filled: Mirror, tmp_path: Path) -> None:
    written = export(filled, tmp_path / "lake" / "today", "parquet")
    for table in EXPORTED:
        expected = rows_of(filled, table)
        read = parquet.read_table(tmp_path / "lake" / "today" / f"{table.name}.parquet")
        assert written[f"{table.name}.parquet"] == len(expected) == read.num_rows > 0
        for one, other in zip(read.to_pylist(), expected, strict=True):
            for column in table.columns:
                assert same(plain(one[column.name]), other[column.name], column.kind), column.name


def test_parquet_has_types(filled: Mirror, tmp_path: Path) -> None:
    export(filled, tmp_path, "parquet")
    (opportunity,) = parquet.read_table(tmp_path / "opportunity.parquet").slice(1, 1).to_pylist()
    assert opportunity["target_close_date"] == date(2030, 1, 31)
    assert opportunity["last_modified_date"] == datetime.fromisoformat(moment(NOON_MS))
    spends = parquet.read_table(tmp_path / "expected_customer_spend.parquet").to_pylist()
    assert [spend["amount"] for spend in spends] == [Decimal("9" * 15 + ".00"), Decimal("0.10"), None]


def test_csv_has_what_the_tables_have(filled: Mirror, tmp_path: Path) -> None:
    export(filled, tmp_path, "csv")
    for table in EXPORTED:
        expected = rows_of(filled, table)
        with (tmp_path / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            read = list(csv.DictReader(file))
        assert list(read[0]) == [column.name for column in table.columns]
        for one, other in zip(read, expected, strict=True):
            for column in table.columns:
                value = other[column.name]
                as_text = moment(value) if column.kind == "moment" and value is not None else value
                assert same(one[column.name] or None, as_text or None, column.kind), column.name


FORMULAS = ["=HYPERLINK(1)", "+49 30 1234", "-1", "@SUM(1)", "\tx", "\rx", "\n=1", "'=1", "'", "plain"]


def test_no_cell_of_a_csv_is_a_formula_and_a_push_reads_what_the_mirror_has(mirror: Mirror, tmp_path: Path) -> None:
    for number, text in enumerate(FORMULAS):
        keep(mirror, row(f"O{number}", Customer={"Account": {"CompanyName": text}}))
        keep(mirror, row(f"O{number}", NOON_MS + 1, Customer={"Account": {"CompanyName": f"{text}!"}}))
    export(mirror, tmp_path, "csv")
    for table in EXPORTED:
        with (tmp_path / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            assert not [cell for line in csv.reader(file) for cell in line if cell[:1] in tuple("=+-@\t\r\n")]
    shapes = shapes_of(cosell.connect())
    read = pushed_rows((tmp_path / "opportunity.csv").read_bytes(), shapes, "Sandbox").rows
    assert [one.members["Customer"]["Account"]["CompanyName"] for one in read] == [f"{text}!" for text in FORMULAS]
    export(mirror, tmp_path, "parquet")
    changes = parquet.read_table(tmp_path / "opportunity_change.parquet").to_pylist()
    assert [change["old_value"] for change in changes if change["member"].startswith("Customer")] == FORMULAS


def test_tables_larger_than_a_batch_are_whole(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_room, "BATCH", 3)
    keep(mirror, *(row(f"O{number:02}") for number in range(10)))
    for form in ("csv", "parquet"):
        assert export(mirror, tmp_path, form)[f"opportunity.{form}"] == 10
    assert parquet.read_table(tmp_path / "opportunity.parquet")["id"].to_pylist() == [f"O{n:02}" for n in range(10)]


def test_an_export_of_an_empty_mirror_has_heads_only(mirror: Mirror, tmp_path: Path) -> None:
    assert set(export(mirror, tmp_path, "parquet").values()) == {0}
    assert parquet.read_table(tmp_path / "opportunity.parquet").num_rows == 0


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_an_export_shows_one_moment(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    with open_target(url) as mirror, open_target(url) as writer:
        run = begin(writer)
        keep(writer, row("O1"), run=run)
        first = export_room._write

        def interrupted(*arguments: Any) -> int:
            count = first(*arguments)
            keep(writer, row("O1", NOON_MS + 5, OpportunityType="Expansion"), row("O2"), run=run)
            return count

        monkeypatch.setattr(export_room, "_write", interrupted)
        written = export(mirror, tmp_path, "csv")
        assert (written["opportunity.csv"], written["opportunity_change.csv"]) == (1, 0)
        monkeypatch.undo()
        written = export(mirror, tmp_path, "csv")
        assert (written["opportunity.csv"], written["opportunity_change.csv"]) == (2, 2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_export_that_fails_leaves_the_earlier_one(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(mirror, row("O1"))
    export(mirror, tmp_path, "csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    keep(mirror, row("O2"))
    written: list[str] = []
    first = export_room._write

    def full(database: Any, table: Table, file: Any) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(table.name)
        return first(database, table, file)

    monkeypatch.setattr(export_room, "_write", full)
    with pytest.raises(UserError, match=r"cannot write into .*: No space left on device"):
        export(mirror, tmp_path, "csv")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_mirror_that_cannot_be_read_is_reported(mirror: Mirror, tmp_path: Path) -> None:
    mirror.close()
    with pytest.raises(UserError, match="cannot read the mirror: "):
        export(mirror, tmp_path, "csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_pyarrow_the_extra_is_named(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "cosell.sync.targets.parquet_file", raising=False)
    with pytest.raises(UserError, match="pyarrow is not installed") as refused:
        export(mirror, tmp_path, "parquet")
    assert refused.value.next_step == "install it with: pip install 'cosell[parquet]'"


def test_the_command_says_what_it_has_written(run: Callable[..., Finished], tmp_path: Path) -> None:
    with open_target(str(tmp_path / "mirror.db")) as mirror:
        keep(mirror, row("O1"), row("O2"))
    done = run("mirror", "export", "--parquet", "lake", "--csv", "sheets")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "wrote 2 rows to lake/opportunity.parquet"
    assert "wrote 1 row to sheets/sync_run.csv" in lines
    assert len(list((tmp_path / "sheets").iterdir())) == len(EXPORTED)


def test_the_command_takes_the_mirror_from_the_settings(run: Callable[..., Finished], tmp_path: Path) -> None:
    with open_target(str(tmp_path / "other.db")) as mirror:
        keep(mirror, row("O1"))
    assert run("mirror", "export", "--csv", "a", environment={"COSELL_MIRROR": "other.db"}).code == 0
    (tmp_path / "cosell.toml").write_text('mirror = "other.db"\n')
    assert run("mirror", "export", "--csv", "b").code == 0
    assert (tmp_path / "a" / "opportunity.csv").read_bytes() == (tmp_path / "b" / "opportunity.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "cosell: no folder is named; add --parquet DIR or --csv DIR\n"),
        (["--csv", "out"], "cosell: there is no mirror mirror.db; make one with: cosell sync --mirror mirror.db\n"),
        (["--csv", "out", "--mirror", "oracle://x"], "cosell: no mirror can live at oracle://; name a file"),
    ],
)
def test_a_mistake_is_reported_in_one_line(run: Callable[..., Finished], arguments: list[str], told: str) -> None:
    done = run("mirror", "export", *arguments)
    assert done.code == 2
    assert done.err.startswith(told)
