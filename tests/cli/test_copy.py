"""`cosell copy`: a whole database in another one, whichever way, and in several goes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cosell.cli.clients import session_of
from cosell.cli.main import run as run_here
from cosell.engine import Engine
from cosell.passwords import without_password
from cosell.store import copying
from cosell.store.open import is_postgres
from cosell.store.sql.copied_parts import PARTS, PROGRESS
from cosell.testing.in_process import client_of
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, OTHER_ACCOUNT
from tests.postgres import Postgres

Cosell = Callable[..., tuple[int, str, str]]
New = Callable[[str], str]
MADE_ANEW = {"zone"}
OF_EACH_KIND = {
    "delivery_lease",
    "installation",
    "scope",
    "counter",
    "course",
    "event_position",
    "schema_version",
    "opportunity_record",
}
"""What each database keeps in its own way, and what stands in a part of another name."""
WAYS = [("file", "postgres"), ("postgres", "file"), ("file", "file"), ("postgres", "postgres")]
TABLES = {part.table: part for part in PARTS}
KEPT: dict[str, list[tuple[Any, ...]]] = {
    "kept_count": [(1, 0, 2, None, b"count"), (2, 0, 3, "bO5", b"half a count")],
    "aws_summary": [(2, "bO1000001", b"{}")],
    "aws_referral": [(1, "engi-1", b"{}")],
    "appearance": [(1, "bO1000001", "Solutions", "S-1", None, None), (2, "bO1000001", "", "", None, b"{}")],
    "engagement": [("Sandbox", "eng-1", ACCOUNT, 7, b"{}")],
    "engagement_member": [(ACCOUNT, "Sandbox", "eng-1", 7, "Ünïcode & Söhne", None)],
    "engagement_invitation": [("Sandbox", "i-1", "eng-1", "aws", ACCOUNT, "ACCEPTED", "x", 7, None, b"{}")],
    "snapshot_job": [(1, "job-1", "eng-1", "O1", "t", "Running", 7, b"{}")],
    "snapshot": [("Sandbox", "eng-1", "O1", "t", 1, ACCOUNT, b"{}")],
    "engagement_task": [(1, "k", "task-1", "COMPLETE", 7, "O1", None, None, b"{}", b"{}")],
    "sink": [(3, "file:events.jsonl", 2, 1, 0, 2, 1)],
    "held_event": [(3, 1, "O1", 2, 3, 4, "refused")],
    "dead_letter": [(3, 2, 9, 4, "refused")],
}
"""Rows that a database comes to have in the course of time."""


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cosell:
    """Types a command in a folder of its own: its exit code and words."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = run_here([*arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def new(request: pytest.FixtureRequest, tmp_path: Path) -> New:
    """Names a database of a kind that is not there yet."""
    numbers = count()

    def named(kind: str) -> str:
        if kind == "postgres":
            url: str = request.getfixturevalue("postgres").new_schema()
            return url
        return str(tmp_path / f"{next(numbers)}.db")

    return named


def connection_of(engine: Engine) -> Any:
    """The connection by which its store writes."""
    return engine.store._writer  # type: ignore[attr-defined]


def fill(url: str) -> None:
    """Something in every table, of two accounts that write by turns."""
    engine = Engine.open(url)
    with closing(engine):
        clients = [completing(client_of(engine, account=account)) for account in (ACCOUNT, OTHER_ACCOUNT)]
        created = []
        for number in range(3):
            for client in clients:
                token = {"Catalog": "Sandbox", "ClientToken": f"{number}-é"}
                created.append((client, client.create_opportunity(**token)["Id"]))
        for client, identifier in created[:6]:
            client.start_engagement_from_opportunity_task(
                Catalog="Sandbox",
                Identifier=identifier,
                ClientToken=identifier,
                AwsSubmission={"InvolvementType": "Co-Sell", "Visibility": "Full"},
            )
            client.tag_resource(
                ResourceArn=client.get_opportunity(Catalog="Sandbox", Identifier=identifier)["Arn"],
                Tags=[{"Key": "team", "Value": "süd"}],
            )
        connection = connection_of(engine)
        for table, rows in KEPT.items():
            places = ", ".join("?" * len(rows[0]))
            overriding = " OVERRIDING SYSTEM VALUE" if table == "sink" and is_postgres(url) else ""
            statement = f"INSERT INTO {table} ({', '.join(TABLES[table].columns)}){overriding} VALUES ({places})"
            connection.run_many(statement, rows)
        connection.run("UPDATE course SET since_wall = 5, since = 77, factor = 2.5")
    assert run_here(["seed", "--count", "3", "--db", url, "--account", OTHER_ACCOUNT, "--catalog", "AWS"]) == 0


def answers(url: str) -> list[Any]:
    """What clients are answered at one moment, page by page, and what a console and a sink would find."""
    engine = Engine.open(url, clock=lambda: 1_900_000_000_000)
    told: list[Any] = []
    with closing(engine):
        for scope in engine.store.scopes():
            client: Any = client_of(engine, account=scope.account, session=session_of())
            for by in ("Identifier", "LastModifiedDate", "CustomerCompanyName"):
                told += pages(client, scope.catalog, by, None)
            for identifier in [
                each["Id"] for page in pages(client, scope.catalog, "Identifier", None) for each in page[0]
            ]:
                told.append(bare(client.get_opportunity(Catalog=scope.catalog, Identifier=identifier)))
                told.append(bare(client.list_tags_for_resource(ResourceArn=told[-1]["Arn"])))
            told.append(bare(client.search_opportunities(Catalog=scope.catalog, Keyword="a")))
            told.append(bare(client.list_solutions(Catalog=scope.catalog)))
            told.append(bare(client.list_engagement_from_opportunity_tasks(Catalog=scope.catalog)))
            with engine.store.read(scope) as tx:
                told += [scope, tx.courses(10), [change.before for change in tx.history("O1000001", 10)]]
                kept = tx.kept_count()
                assert kept is not None or scope.catalog == "AWS"
                followed = tx.step(kept[0] if kept else None)
                told.append(
                    (
                        kept and kept[1],
                        followed.begins,
                        followed.is_last,
                        sorted(map(str, followed.moved)),
                        followed.found,
                    )
                )
            with engine.store.write(scope) as writing:
                told.append(writing.last_stamp())
        told += [engine.store.course(), engine.store.token_key, connection_of(engine).rows(OUTBOX)]
    return told


OUTBOX = "SELECT position, account, catalog, subject, detail_type, event_id, time, event FROM outbox ORDER BY position"


def pages(client: Any, catalog: str, by: str, token: str | None) -> list[Any]:
    """The pages of a list with their tokens."""
    request = {"Catalog": catalog, "MaxResults": 3, "Sort": {"SortBy": by, "SortOrder": "DESCENDING"}}
    found = []
    while True:
        page = client.list_opportunities(**request, **({"NextToken": token} if token else {}))
        token = page.get("NextToken")
        found.append((page["OpportunitySummaries"], token))
        if token is None:
            return found


def bare(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_clients_are_answered_alike_before_and_after(typed: Cosell, new: New, source: str, target: str) -> None:
    one, other = new(source), new(target)
    fill(one)
    code, out, err = typed("copy", one, other)
    assert (code, err) == (0, "")
    assert "\ncopied 9 opportunities from " in out
    assert "; " in out
    assert answers(other) == answers(one)


@pytest.mark.parametrize(("source", "target"), WAYS[:2])
@pytest.mark.parametrize("rows", [9, 60])
def test_a_copy_that_is_broken_off_goes_on(
    typed: Cosell, new: New, monkeypatch: pytest.MonkeyPatch, source: str, target: str, rows: int
) -> None:
    one, other = new(source), new(target)
    fill(one)
    monkeypatch.setattr(copying, "BATCH", 5)
    with monkeypatch.context() as patched:
        patched.setattr("cosell.cli.progress.progress", lambda *_: Interrupting(rows))
        assert typed("copy", one, other)[0] == 130
    for words in ("list", "seed --count 1", "dump", "serve --port 0", "migrate"):
        code, _, err = typed(*words.split(), "--db", other)
        assert code == 2
        assert "is a copy that was broken off; go on with: cosell copy FROM " in err
    written: list[int] = []
    monkeypatch.setattr("cosell.cli.progress.progress", lambda *_: Interrupting(10**9, written))
    assert typed("copy", one, other)[0] == 0
    assert written[0] >= min(rows, 9) - 5, "it has begun anew"
    assert answers(other) == answers(one)


class Interrupting:
    """Takes the place of a bar, and interrupts whoever has come so far."""

    def __init__(self, rows: int, written: list[int] | None = None) -> None:
        self._rows = rows
        self._written = written if written is not None else []

    def __enter__(self) -> Callable[[int], None]:
        return self._advance

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def _advance(self, rows: int) -> None:
        self._written.append(rows)
        if sum(self._written) >= self._rows:
            raise KeyboardInterrupt


def test_what_has_changed_between_two_goes_is_copied_anew(
    typed: Cosell, new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = new("file"), new("postgres")
    fill(one)
    monkeypatch.setattr(copying, "BATCH", 5)
    with monkeypatch.context() as patched:
        patched.setattr("cosell.cli.progress.progress", lambda *_: Interrupting(40))
        assert typed("copy", one, other)[0] == 130
    engine = Engine.open(one)
    with closing(engine):
        client: Any = completing(client_of(engine, account=ACCOUNT))
        client.create_opportunity(Catalog="Sandbox", ClientToken="between")
    assert "copied 10 opportunities" in typed("copy", one, other)[1]
    assert answers(other) == answers(one)


@pytest.mark.parametrize("target", ["file", "postgres"])
def test_what_holds_something_is_not_overwritten(typed: Cosell, new: New, target: str) -> None:
    one, another, other = new("file"), new("file"), new(target)
    for db in (one, another, other):
        assert typed("seed", "--count", "3", "--db", db)[0] == 0
    before = typed("dump", "--db", other)[1]
    code, _, err = typed("copy", one, other)
    assert code == 2
    assert "holds something already; copy into a" in err
    assert typed("dump", "--db", other)[1] == before


@pytest.mark.parametrize("target", ["file", "postgres"])
def test_half_a_copy_of_another_database_is_not_gone_on_with(
    typed: Cosell, new: New, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    one, another, other = new("file"), new("file"), new(target)
    for db in (one, another):
        assert typed("seed", "--count", "3", "--db", db)[0] == 0
    with monkeypatch.context() as patched:
        patched.setattr("cosell.cli.progress.progress", lambda *_: Interrupting(1))
        assert typed("copy", one, other)[0] == 130
    code, _, err = typed("copy", another, other)
    assert code == 2
    assert "is a copy of another database" in err


@pytest.mark.parametrize("target", ["file", "postgres"])
def test_two_copies_do_not_write_into_each_other(
    typed: Cosell, new: New, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    one, other = new("file"), new(target)
    assert typed("seed", "--count", "9", "--db", one)[0] == 0
    monkeypatch.setattr(copying, "BATCH", 5)
    begun: list[int] = []

    def second_comes(self: Any, rows: int) -> None:
        begun.append(rows)
        if len(begun) == 2:
            assert run_here(["copy", one, other]) == 0

    monkeypatch.setattr(Interrupting, "_advance", second_comes)
    monkeypatch.setattr("cosell.cli.progress.progress", lambda *_: Interrupting(0))
    code, _, err = typed("copy", one, other)
    assert code == 2
    assert f"another copy into {without_password(other)} is at work, or was faster" in err
    assert typed("dump", "--db", other)[1] == typed("dump", "--db", one)[1]


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("typo.db", "new.db", "there is no database typo.db"),
        (":memory:", "new.db", "in memory holds nothing"),
        ("one.db", ":memory:", "in memory is gone"),
        ("one.db", "nowhere/new.db", "cannot be opened"),
        ("one.db", "postgresql://127.0.0.1:1/x", "cannot connect to postgresql://127.0.0.1:1/x: Connection refused"),
        ("mysql://x/y", "new.db", "cannot open mysql:// databases"),
    ],
)
def test_what_cannot_be_copied_is_told(typed: Cosell, source: str, target: str, said: str) -> None:
    assert typed("seed", "--count", "1", "--db", "one.db")[0] == 0
    code, _, err = typed("copy", source, target)
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
    assert not Path("new.db").exists()


def test_a_text_that_postgresql_cannot_hold_is_told(typed: Cosell, new: New) -> None:
    one, other = new("file"), new("postgres")
    fill(one)
    with closing(sqlite3.connect(one)) as connection, connection:
        connection.execute(
            "UPDATE solution SET name = 'a' || char(0) WHERE id_key = (SELECT min(id_key) FROM solution)"
        )
    code, _, err = typed("copy", one, other)
    assert code == 2
    assert "solution has a text that PostgreSQL cannot hold" in err


def test_every_table_is_copied_or_made_anew(new: New, postgres: Postgres) -> None:
    file, url = new("file"), new("postgres")
    for db in (file, url):
        assert run_here(["migrate", "--db", db]) == 0
    with closing(sqlite3.connect(file)) as connection, psycopg.connect(url) as server:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        tables |= {
            name
            for (name,) in server.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
            )
        }
    known = TABLES.keys() | MADE_ANEW | OF_EACH_KIND
    assert {name for name in tables if not name.startswith(("search_", "sqlite_", "saved_"))} == known
    assert PROGRESS not in tables
