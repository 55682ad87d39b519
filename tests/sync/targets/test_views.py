"""The views answer as a plain reading of the same opportunities does, in every database and whoever reads them."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw
import duckdb
import psycopg
import pytest

from cosell.sync.targets import open as open_room
from cosell.sync.targets import structure
from cosell.sync.targets.mirror import Mirror
from cosell.sync.targets.open import open_target
from cosell.sync.targets.schema import steps_of
from cosell.sync.targets.views import VIEWS
from tests.conftest import Finished
from tests.docs.pages import ROOT, blocks_of
from tests.postgres import Postgres
from tests.sync.targets.deals import Answer, Oracle, deals, fill, plain

PAGE = ROOT / "docs" / "how-to" / "query-the-mirror.md"
ANOTHER_DUCKDB = ROOT / "build" / "duckdb"
ZONES = ["UTC", "America/St_Johns", "Pacific/Kiritimati"]
Answers = dict[str, Answer]
Ask = Callable[[str], Answer]


def selected(view: str) -> str:
    """Everything that a view shows and that stays as it is for a day."""
    (columns,) = (one.columns for one in VIEWS if one.name == view)
    return f"SELECT {', '.join(column for column in columns if column != 'week_ago')} FROM {view}"


def every_view(ask: Ask) -> Answers:
    """What each view shows to somebody who asks by `ask`."""
    return {view.name: plain(ask(selected(view.name))) for view in VIEWS}


def agrees(url: str, read: Callable[[], Answers]) -> None:
    """Fill a new mirror with deals, let it be read, and compare. Again where a day ended meanwhile."""
    today = None
    while today != datetime.now(UTC).date():
        now = datetime.now(UTC)
        today = now.date()
        invented = deals(today)
        with open_target(url) as mirror:
            fill(mirror, invented)
        found = read()
    expected = {view: plain(rows) for view, rows in Oracle(invented, now).answers().items()}
    for view, rows in expected.items():
        assert rows, f"the deals have nothing for {view}"
        assert found[view] == rows, view


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "mirror.db"


def through_apsw(file: Path) -> Answers:
    with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        return every_view(lambda statement: connection.execute(statement).fetchall())


def through_python(file: Path) -> Answers:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return every_view(lambda statement: connection.execute(statement).fetchall())


def through_the_shell(file: Path) -> Answers:
    shell = [sys.executable, "-m", "apsw", "-json", str(file)]

    def ask(statement: str) -> Answer:
        told = subprocess.run([*shell, statement], capture_output=True, text=True, check=True, timeout=60).stdout
        return [tuple(row.values()) for row in json.loads(told)]

    return every_view(ask)


def through_attaching_it(file: Path) -> Answers:
    """DuckDB's own way to read SQLite, as its users have it."""
    answers = through_another_duckdb(file)
    # What only SQLite can reckon comes as texts.
    answers["opportunity_day"] = plain((row[0], *map(_number, row[1:])) for row in answers["opportunity_day"])
    return answers


def through_another_duckdb(file: Path) -> Answers:
    """What each view shows to DuckDB 1."""
    return another_duckdb_answers(file, {view.name: selected(view.name) for view in VIEWS})


def another_duckdb() -> str:
    """A folder that DuckDB 1 and its scanner of SQLite files are installed in."""
    if not (ANOTHER_DUCKDB / "duckdb_extension_sqlite_scanner").exists():
        pytest.skip(f"{ANOTHER_DUCKDB} has no DuckDB: uv pip install --target it, as scripts/test does")
    return str(ANOTHER_DUCKDB)


def another_duckdb_answers(file: Path, questions: dict[str, str]) -> Answers:
    """What DuckDB 1 finds, in a process of its own, in a file of its own or of SQLite."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.targets.attach_program", another_duckdb(), str(file)],
        input=json.dumps(questions),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return {name: plain(map(tuple, rows)) for name, rows in json.loads(done.stdout).items()}


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def through_its_text_written_anew(file: Path) -> Answers:
    """As DuckDB attaches SQLite, with the DuckDB that is installed: it parses a view and prints it for SQLite again."""
    with closing(sqlite3.connect(file)) as connection, duckdb.connect() as parser:

        def ask(statement: str) -> Answer:
            view = statement.rpartition(" ")[2]
            ((made,),) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (view,))
            ((text,),) = parser.execute(
                "SELECT json_deserialize_sql(CAST(json_serialize_sql(?) AS JSON))", (made.partition(" AS\n")[2],)
            ).fetchall()
            # SQLite has no brackets around the parts of a UNION. Such a view is one that DuckDB binds itself.
            source = view if "UNION" in text else f"({text})"
            return connection.execute(statement.removesuffix(view) + source).fetchall()

        return every_view(ask)


@pytest.mark.parametrize(
    "read", [through_apsw, through_python, through_the_shell, through_attaching_it, through_its_text_written_anew]
)
def test_whoever_reads_a_sqlite_mirror_sees_the_same(sqlite_file: Path, read: Callable[[Path], Answers]) -> None:
    agrees(str(sqlite_file), lambda: read(sqlite_file))


@pytest.mark.parametrize("zone", ZONES)
def test_a_postgres_mirror_answers_the_same_in_every_time_zone(postgres: Postgres, zone: str) -> None:
    url = postgres.new_schema()

    def read() -> Answers:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
            return every_view(lambda statement: connection.execute(statement.encode()).fetchall())

    agrees(url, read)


@pytest.mark.parametrize("zone", ZONES)
def test_a_duckdb_mirror_answers_the_same_in_every_time_zone(tmp_path: Path, zone: str) -> None:
    file = tmp_path / "mirror.duckdb"

    def read() -> Answers:
        with duckdb.connect(file, read_only=True) as connection:
            connection.execute(f"SET TimeZone = '{zone}'")
            return every_view(lambda statement: connection.execute(statement).fetchall())

    agrees(str(file), read)


def test_a_mirror_of_an_older_cosell_gets_these_views(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        for room in (open_room, structure):
            patch.setattr(room, "steps_of", lambda dialect: steps_of(dialect)[:5])
        patch.setattr(structure, "check", lambda _: None)
        open_target(str(sqlite_file)).close()
    agrees(str(sqlite_file), lambda: through_its_text_written_anew(sqlite_file))


def test_a_duckdb_mirror_has_the_form_of_duckdb_1(tmp_path: Path) -> None:
    file = tmp_path / "mirror.duckdb"
    open_target(str(file)).close()
    assert int.from_bytes(file.read_bytes()[12:20], "little") == 64  # behind the checksum and `DUCK`


def test_a_duckdb_mirror_can_be_read_by_another_duckdb(tmp_path: Path) -> None:
    file = tmp_path / "mirror.duckdb"
    agrees(str(file), lambda: through_another_duckdb(file))


def test_a_file_of_a_newer_duckdb_is_reported(tmp_path: Path, run: Callable[..., Finished]) -> None:
    duckdb.connect(tmp_path / "new.duckdb", config={"storage_compatibility_version": "latest"}).close()
    older = {"PYTHONPATH": another_duckdb()}
    done = run("mirror", "export", "--csv", "out", "--mirror", "new.duckdb", environment=older)
    told = "cosell: new.duckdb was written by a newer DuckDB; pip install --upgrade duckdb\n"
    assert (done.code, done.err) == (2, told)


def filled(mirror: Mirror) -> Mirror:
    fill(mirror, deals(datetime.now(UTC).date()))
    return mirror


def asked(mirror: Mirror, question: str) -> Answer:
    return plain(mirror.database.rows(question.strip().rstrip(";")))


def test_the_queries_of_the_page_answer_alike_in_every_database(postgres: Postgres) -> None:
    urls = {"sqlite": ":memory:", "postgres": postgres.new_schema(), "duckdb": "duckdb:///:memory:"}
    mirrors = {name: filled(open_target(url)) for name, url in urls.items()}
    shared = [block for block in blocks_of(PAGE) if block.language == "sql" and not block.ways]
    assert len(shared) > 9
    for block in shared:
        first, *others = [asked(mirror, block.text) for mirror in mirrors.values()]
        assert others == [first, first], block.place
        assert first or "opportunity_detail" in block.text, f"{block.place} finds nothing"
    for mirror in mirrors.values():
        mirror.close()


def test_the_queries_of_the_page_answer_alike_where_duckdb_attaches_sqlite(sqlite_file: Path) -> None:
    with open_target(str(sqlite_file)) as mirror:
        filled(mirror)
        shared = {b.place: b.text.strip().rstrip(";") for b in blocks_of(PAGE) if b.language == "sql" and not b.ways}
        expected = {place: asked(mirror, question) for place, question in shared.items()}
    assert another_duckdb_answers(sqlite_file, shared) == expected


def test_raw_can_be_read_in_each_database(mirror: Mirror, database: str) -> None:
    (block,) = [block for block in blocks_of(PAGE) if database in block.ways]
    found = asked(filled(mirror), block.text)
    assert found == plain((deal.id, deal.stage) for deal in deals(datetime.now(UTC).date()))
