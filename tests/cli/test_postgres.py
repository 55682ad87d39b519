"""Every command that takes `--db` takes the URL of a PostgreSQL database, and says in one line where that cannot be."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import cosell
from cosell.cli.main import run as run_here
from cosell.store.interface import StoreUnavailable
from cosell.store.open import explanation
from tests.cli.doors import commands, doors_of
from tests.postgres import Postgres

Cosell = Callable[..., tuple[int, str, str]]
SEED = ("--count", "20", "--now", "2026-06-30T12:00:00Z")


@pytest.fixture
def cosell_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cosell:
    """Types a command in a folder of its own: its exit code and words."""
    monkeypatch.chdir(tmp_path)

    def typed(*arguments: str) -> tuple[int, str, str]:
        code = run_here([*arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return code, told.out, told.err

    return typed


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.new_schema()


def refusal(told: tuple[int, str, str]) -> str:
    """The line in which a command is refused."""
    code, out, err = told
    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert err.startswith("cosell: ")
    assert "; " in err, "there is no next step"
    return err


def test_a_database_is_filled_read_and_emptied(cosell_: Cosell, url: str) -> None:
    assert cosell_("seed", *SEED, "--db", url)[0] == 0
    code, lines, _ = cosell_("list", "--json", "--limit", "3", "--db", url)
    assert (code, len(lines.splitlines())) == (0, 3)
    wanted = json.loads(lines.splitlines()[0])["Id"]
    assert wanted in cosell_("search", "--json", "--limit", "20", "--db", url)[1]
    assert "ACTIVE" in cosell_("solutions", "--db", url)[1].upper()
    assert cosell_("solutions", "add", "One more", "--db", url)[0] == 0
    code, dumped, _ = cosell_("dump", "--db", url)
    assert (code, len(dumped.splitlines())) == (0, 20)
    assert cosell_("reset", "--yes", "--db", url)[0] == 0
    Path("kept.jsonl").write_text(dumped)
    assert cosell_("load", "kept.jsonl", "--db", url)[0] == 0
    assert len(cosell_("dump", "--db", url)[1].splitlines()) == 20


def test_both_databases_have_the_same_pipeline(cosell_: Cosell, url: str) -> None:
    for db in ("file.db", url):
        assert cosell_("seed", *SEED, "--db", db)[0] == 0
    for command in (["dump"], ["list", "--json"], ["solutions"], ["search", "--json"]):
        assert cosell_(*command, "--db", url)[1] == cosell_(*command, "--db", "file.db")[1]


def test_a_client_in_process_takes_its_url(url: str) -> None:
    client = cosell.connect(url)
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []


@pytest.mark.parametrize("form", ["postgres://{}", "{0}&sslmode=disable", "{pairs}"])
def test_the_forms_of_libpq_are_taken(cosell_: Cosell, url: str, form: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(url)
    pairs = " ".join(f"{name}='{value}'" for name, value in parts.items())
    given = form.format(url.partition("://")[2] if form.startswith("postgres:") else url, pairs=pairs)
    assert cosell_("seed", *SEED, "--db", given)[0] == 0
    assert len(cosell_("dump", "--db", url)[1].splitlines()) == 20


def test_the_first_host_that_may_be_written_is_taken(cosell_: Cosell, url: str, postgres: Postgres) -> None:
    several = url.replace("127.0.0.1:", "127.0.0.1:1,127.0.0.1:") + "&target_session_attrs=read-write"
    assert cosell_("seed", *SEED, "--db", several)[0] == 0
    neither = url.replace(f"127.0.0.1:{postgres.port}", f"127.0.0.1:1,127.0.0.1:{postgres.port}")
    told = refusal(cosell_("list", "--db", neither + "&target_session_attrs=standby"))
    assert "127.0.0.1:1 says Connection refused, " in told
    assert "says server is not in hot standby mode; take another target_session_attrs" in told


@pytest.mark.parametrize("words", ["list", "search", "solutions", "dump", "reset --yes"])
def test_whoever_only_looks_makes_no_database(cosell_: Cosell, url: str, words: str) -> None:
    told = refusal(cosell_(*words.split(), "--db", url))
    assert "there is no database of cosell's in postgresql://" in told
    assert f"; make one with: cosell seed --db '{url}'" in told
    with psycopg.connect(url) as connection:
        assert connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text = current_schema()"
        ).fetchone() == (0,)


@pytest.mark.parametrize(
    ("change", "said", "step"),
    [
        ({"dbname": "no_such"}, 'database "no_such" does not exist', "make it with createdb"),
        ({"user": "no_such"}, 'role "no_such" does not exist', "name another user"),
        ({"user": "signed", "password": "secret-1"}, 'password authentication failed for user "signed"', "PGPASSFILE"),
        ({"user": "signed"}, "no password supplied", "PGPASSFILE"),
        ({"port": 1, "password": "secret-1"}, "Connection refused", "start the server"),
        ({"host": "nowhere.invalid"}, "failed to resolve host", "check the host"),
        ({"sslmode": "require"}, "server does not support SSL", "sslmode"),
        ({"sslmode": "perhaps"}, "sslmode", "check the parameters of --db"),
        ({"connect_timeout": "x"}, "bad value for connect_timeout", "--db"),
    ],
)
def test_whatever_keeps_it_from_connecting_is_told(
    cosell_: Cosell, postgres: Postgres, signed: None, change: dict[str, object], said: str, step: str
) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(postgres.url("postgres")) | change
    port = parts.pop("port"), parts.pop("host")
    secret = f":{parts.pop('password')}" if "password" in parts else ""
    user, name = parts.pop("user"), parts.pop("dbname")
    rest = "&".join(f"{each}={value}" for each, value in parts.items())
    url = f"postgresql://{user}{secret}@{port[1]}:{port[0]}/{name}?{rest}"
    for words in ("list", "seed", "serve --port 0"):
        told = refusal(cosell_(*words.split(), "--db", url))
        assert said in told
        assert step in told.partition("; ")[2]
        assert "secret" not in told


@pytest.fixture
def signed(postgres: Postgres) -> Iterator[None]:
    """A role that needs a password, which the server is told for as long as this lasts."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE ROLE signed LOGIN PASSWORD 'another'")
        rules = postgres.hba
        before = rules.read_text()
        rules.write_text(f"host all signed 127.0.0.1/32 scram-sha-256\n{before}")
        connection.execute("SELECT pg_reload_conf()")
        yield
        rules.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP ROLE signed")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://me@host/db", "cannot open postgresql+psycopg:// databases; write it as postgresql://"),
        ("postgresql://me:secr/et@host/db", "write them as %40 and %2F"),
        ("postgresql://me:secr@et@host/db", "write them as %40 and %2F"),
        ("postgresql://me:secret%xx@host/db", "is no address of a PostgreSQL database: invalid percent-encoded"),
        ("postgresql://me@host/db?pasword=secret", "is no address of a PostgreSQL database: invalid URI query"),
        ("host=here pasword=secret", "is no address of a PostgreSQL database: invalid connection option"),
    ],
)
def test_what_is_no_address_is_told_without_a_password(cosell_: Cosell, url: str, said: str) -> None:
    told = refusal(cosell_("list", "--db", url))
    assert said in told
    assert "secr" not in told


def test_passwords_are_not_shown(cosell_: Cosell, url: str) -> None:
    secret = url.replace("postgres@", "postgres:secret@")
    for words in ("seed --count 1", "load kept.jsonl", "dump", "reset --yes", "doctor --port 0", "list --json"):
        Path("kept.jsonl").touch()
        told = cosell_(*words.split(), "--db", secret)
        assert "secret" not in told[1] + told[2]


@pytest.mark.parametrize("words", ["backup kept.db", "restore kept.db"])
def test_what_is_about_files_is_refused(cosell_: Cosell, url: str, words: str) -> None:
    Path("kept.db").touch()
    assert "pg_" in refusal(cosell_(*words.split(), "--db", url))


def test_without_the_extra_it_is_named(cosell_: Cosell, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cosell.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("cosell.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "install it with: pip install 'cosell[postgres]'" in refusal(cosell_("list", "--db", url))


def test_another_programs_database_is_left_alone(cosell_: Cosell, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE invoice (number integer)")
    for words in ("list", "seed", "dump"):
        assert "is the database of another program" in refusal(cosell_(words, "--db", url))


def test_a_newer_schema_is_refused(cosell_: Cosell, url: str) -> None:
    assert cosell_("seed", *SEED, "--db", url)[0] == 0
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE schema_version SET version = 999")
    for words in ("list", "seed", "dump", "serve --port 0"):
        assert "was written by a newer cosell; upgrade cosell" in refusal(cosell_(*words.split(), "--db", url))


def test_a_role_that_may_make_no_tables_is_told(cosell_: Cosell, url: str, weak: str) -> None:
    told = refusal(cosell_("seed", *SEED, "--db", url.replace("postgres@", f"{weak}@")))
    assert f"so {weak} can make no tables" in told
    assert cosell_("seed", *SEED, "--db", url)[0] == 0
    assert f"so {weak} cannot use the tables" in refusal(cosell_("list", "--db", url.replace("postgres@", f"{weak}@")))


@pytest.fixture
def weak(postgres: Postgres, url: str) -> Iterator[str]:
    """A role that may look into the schema, and no more."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE weak LOGIN")
        connection.execute(b"GRANT USAGE ON SCHEMA " + _schema(url).encode() + b" TO weak")
        yield "weak"
        connection.execute("DROP OWNED BY weak")
        connection.execute("DROP ROLE weak")


def _schema(url: str) -> str:
    return url.rpartition("%3D")[2]


def test_a_read_only_standby_is_read_and_not_changed(cosell_: Cosell, url: str) -> None:
    assert cosell_("seed", *SEED, "--db", url)[0] == 0
    standby = f"{url}%20-cdefault_transaction_read_only%3Don"
    assert len(cosell_("dump", "--db", standby)[1].splitlines()) == 20
    assert cosell_("list", "--db", standby)[0] == 0
    for words in ("seed", "reset --yes", "serve --port 0"):
        told = refusal(cosell_(*words.split(), "--db", standby))
        assert "is a read-only standby; name its primary" in told


def test_a_database_in_another_encoding_is_refused(cosell_: Cosell, postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' STRATEGY FILE_COPY")
    told = refusal(cosell_("seed", "--db", postgres.url("latin")))
    assert "is in LATIN1, not in UTF8; make another" in told


def test_a_schema_that_is_not_there_is_told(cosell_: Cosell, postgres: Postgres) -> None:
    url = f"{postgres.url('postgres')}?options=-csearch_path%3Dnowhere"
    assert "none of the schemas of the search path exists" in refusal(cosell_("seed", "--db", url))


def test_every_command_with_a_database_was_tried() -> None:
    tried = {
        "list",
        "search",
        "dump",
        "backup",
        "restore",
        "reset",
        "seed",
        "migrate",
        "load",
        "serve",
        "solutions",
        "doctor",
    }
    named = {words.split()[0] for words, command in commands() if "--db" in doors_of(command)}
    assert named - tried == set()


@pytest.mark.parametrize(
    ("cause", "step"),
    [
        (psycopg.errors.ReadOnlySqlTransaction(), "name its primary"),
        (psycopg.errors.InsufficientPrivilege(), "let the owner of the tables grant it"),
        (psycopg.errors.DiskFull(), "free some space there"),
        (psycopg.errors.LockNotAvailable(), "wait for it"),
        (psycopg.OperationalError(), "see what is wrong with: cosell doctor --db postgresql://me@host/db"),
    ],
)
def test_a_database_that_ceases_to_answer_has_a_next_step(cause: Exception, step: str) -> None:
    error = StoreUnavailable("why")
    error.__cause__ = cause
    told = explanation("postgresql://me:secret@host/db", error)
    assert told.message == "postgresql://me@host/db cannot be used: why"
    assert step in str(told.next_step)


def test_a_command_whose_database_goes_away_says_so(
    cosell_: Cosell, url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object, **__: object) -> bool:
        postgres.end_connections(url)
        return True

    assert cosell_("seed", *SEED, "--db", url)[0] == 0
    monkeypatch.setattr("cosell.store.postgres.transaction.PostgresWriteTransaction._clear_events", cut)
    told = refusal(cosell_("reset", "--yes", "--db", url))
    assert "cannot be used: it is shutting down" in told
    assert len(cosell_("dump", "--db", url)[1].splitlines()) == 20


def test_the_fixture_of_pytest_takes_its_address(pytester: pytest.Pytester, url: str) -> None:
    pytester.makepyfile(f"""
        import pytest

        @pytest.mark.cosell(db={url!r}, seed=3)
        def test_it(cosell, partnercentral):
            assert len(partnercentral.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]) == 3
    """)
    pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:playwright").assert_outcomes(passed=1)


def test_a_clients_mistake_is_told_alike(url: str) -> None:
    with cosell.LocalEngine(url) as engine:
        client = engine.client()
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_opportunity(Catalog="Sandbox", Identifier="O99")
    with cosell.serve(db=url) as server:
        assert server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
