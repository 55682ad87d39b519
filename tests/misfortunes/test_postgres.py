"""PostgreSQL is killed, hangs, only reads, or loses its tables: nothing acknowledged is lost, and clients try again."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from cosell.engine import Engine
from cosell.store.interface import StoreUnavailable
from cosell.store.postgres import PostgresStore
from cosell.store.postgres.sql_connection import PostgresConnection
from tests.admin.conftest import refused
from tests.conftest import Server
from tests.events.test_serving import until_settled
from tests.misfortunes.conftest import SIZE, Clients, SmallDisk, mount, until_ready, until_unready
from tests.postgres import Postgres
from tests.serve.conftest import get
from tests.store.caller import Caller, Refused

SHORT = "import cosell.store.patience as p; p.LOCK_TIMEOUT_S = 1"

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found through /proc")


def assert_all_there(server: Server, acknowledged: dict[str, str]) -> None:
    """Each token has brought about one opportunity, and every one is listed once."""
    pages = server.client().get_paginator("list_opportunities").paginate(Catalog="Sandbox")
    listed = [row["Id"] for page in pages for row in page["OpportunitySummaries"]]
    assert sorted(listed) == sorted(set(listed))
    assert set(acknowledged.values()) <= set(listed)
    assert len(set(acknowledged.values())) == len(acknowledged)
    client = server.client()
    for token, identifier in list(acknowledged.items())[-5:]:
        assert client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"] == identifier


def assert_log_is_ours(server: Server) -> None:
    """The server ends well, and nobody else than cosell has written to its log."""
    code, log = server.stop()
    assert code == 0
    for line in log.splitlines():
        assert "event" in json.loads(line), line


def test_a_killed_server_loses_nothing_that_was_acknowledged(
    serve: Callable[..., Server], postgres: Postgres, tmp_path: Path
) -> None:
    server = serve("--db", postgres.new_schema(), "--workers", "2", "--sink", "file:events.jsonl")
    with Clients(server) as clients:
        clients.until_more(10)
        postgres.kill()
        clients.until_refused()
        assert until_unready(server) == "database: it cannot be reached\n"
        postgres.start()
        clients.until_more(10)
    assert all("ServiceUnavailableException" in refusal for refusal in clients.refusals)
    until_ready(server)
    assert_all_there(server, clients.acknowledged)
    until_settled(server)
    written = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    told = {event["detail"]["opportunity"]["identifier"] for event in written}
    assert set(clients.acknowledged.values()) <= told
    assert_log_is_ours(server)


def test_connections_that_were_cut_while_nobody_used_them_are_not_offered(
    serve: Callable[..., Server], postgres: Postgres
) -> None:
    url = postgres.new_database()
    client = serve("--db", url).client()
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="first")["Id"]
    for number in range(3):
        postgres.end_connections(url)
        assert client.get_opportunity(Catalog="Sandbox", Identifier=created)["Id"] == created
        postgres.end_connections(url)
        client.create_opportunity(Catalog="Sandbox", ClientToken=f"again {number}")


def test_a_server_that_hangs_keeps_nobody_longer_than_the_deadline(
    serve_after: Callable[..., Server], postgres: Postgres
) -> None:
    server = serve_after(SHORT, "--db", postgres.new_schema())
    client = server.client()
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    with postgres.hanging(), Clients(server, 2) as clients:
        with pytest.raises(client.exceptions.ClientError, match="does not answer: it has not answered in time"):
            client.list_opportunities(Catalog="Sandbox")
        assert "ServiceUnavailableException" in clients.until_refused()
        assert get(server, "/readyz")[0] == 503
        assert get(server, "/healthz")[0] == 200
    until_ready(server)
    client.create_opportunity(Catalog="Sandbox", ClientToken="second")
    assert_all_there(server, clients.acknowledged)
    assert_log_is_ours(server)


def test_a_server_that_only_reads_is_left_for_one_that_writes(serve: Callable[..., Server], postgres: Postgres) -> None:
    url = postgres.new_database()
    server = serve("--db", url)
    client = server.client()
    created = client.create_opportunity(Catalog="Sandbox", ClientToken="first")["Id"]

    def let_it_write(word: str) -> None:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as other:
            other.execute(
                f"ALTER DATABASE {url.rpartition('/')[2]} SET default_transaction_read_only = {word}".encode()
            )

    let_it_write("on")
    postgres.end_connections(url)
    assert until_unready(server) == "database: it is a read-only standby (25006)\n"
    with pytest.raises(client.exceptions.ClientError, match=r"it is a read-only standby \(25006\)"):
        client.create_opportunity(Catalog="Sandbox", ClientToken="second")
    assert client.get_opportunity(Catalog="Sandbox", Identifier=created)["Id"] == created
    let_it_write("off")
    client.create_opportunity(Catalog="Sandbox", ClientToken="second")
    until_ready(server)


@pytest.fixture
def small_disk_of_postgres() -> Iterator[SmallDisk]:
    """A file system of 64 MiB at a path to which the server's user finds its way. Only root may make one."""
    folder = Path(tempfile.mkdtemp(prefix="cosell-small-"))
    folder.chmod(0o755)
    try:
        mount("-t", "tmpfs", "-o", f"size={SIZE}", "cosell-test", str(folder))
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], capture_output=True, check=False)
        folder.rmdir()


def test_a_disk_of_the_server_that_is_full_for_a_while_loses_nothing(
    serve: Callable[..., Server], postgres: Postgres, small_disk_of_postgres: SmallDisk
) -> None:
    tables = small_disk_of_postgres.folder / "tables"
    tables.mkdir()
    with postgres.database_in(tables) as url:
        server = serve("--db", url)
        with Clients(server) as clients:
            clients.until_more(10)
            small_disk_of_postgres.fill()
            assert "its disk is full (53100)" in clients.until_refused()
            assert until_unready(server) == "database: its disk is full (53100)\n"
            listed = server.client().list_opportunities(Catalog="Sandbox", MaxResults=1)
            assert listed["OpportunitySummaries"], "what is there can be read"
            small_disk_of_postgres.empty()
            until_ready(server)
            clients.until_more(10)
        assert_all_there(server, clients.acknowledged)
        server.stop()


@pytest.fixture
def pair() -> Iterator[tuple[Postgres, Postgres]]:
    """A primary, and its synchronous standby."""
    primary = Postgres()
    standby = Postgres(primary)
    primary.set("synchronous_standby_names", "*")
    yield primary, standby
    standby.stop()
    primary.stop()


@pytest.mark.parametrize("fate", ["killed", "only reads"])
def test_servers_go_on_with_the_standby_that_was_promoted(
    serve: Callable[..., Server], pair: tuple[Postgres, Postgres], fate: str
) -> None:
    primary, standby = pair
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
    server = serve("--db", f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write")
    with Clients(server) as clients:
        clients.until_more(10)
        if fate == "killed":
            primary.kill()
        else:
            primary.set("default_transaction_read_only", "on")
        clients.until_refused()
        standby.promote()
        clients.until_more(10)
    assert all("ServiceUnavailableException" in refusal for refusal in clients.refusals)
    until_ready(server)
    assert_all_there(server, clients.acknowledged)
    with psycopg.connect(standby.url("postgres")) as there:
        count = there.execute("SELECT count(*) FROM opportunity").fetchone()
    assert count is not None
    assert count[0] >= len(clients.acknowledged)
    if fate == "killed":
        primary.start()


def test_tables_that_are_lost_and_a_schema_of_a_newer_cosell_are_told(
    serve: Callable[..., Server], postgres: Postgres
) -> None:
    url = postgres.new_schema()
    server = serve("--db", url)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("ALTER TABLE tag_set RENAME TO hidden")
        assert until_unready(server) == "database: its tables are not all there: tag_set is lost\n"
        other.execute("ALTER TABLE hidden RENAME TO tag_set")
        until_ready(server)
        other.execute("UPDATE schema_version SET version = version + 1")
        assert until_unready(server) == "database: a newer cosell has migrated it\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ana:secret@127.0.0.1:9/db", "cannot connect to postgresql://ana@127.0.0.1:9/db: "),
        (
            "postgresql://ana:%zzsecret@127.0.0.1:9/db",
            "postgresql://ana@127.0.0.1:9/db is no address of a PostgreSQL database: invalid percent-encoded",
        ),
        ("postgresql://127.0.0.1:9/db?password=secret", "cannot connect to postgresql://127.0.0.1:9/db: "),
    ],
)
def test_a_server_that_is_not_there_is_one_line_without_a_password(
    capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    told = refused(capsys, "serve", "--port", "0", "--db", url)
    assert told.startswith("cosell: --db ")
    assert said in told
    assert "secret" not in told


def test_a_server_that_is_lost_between_two_steps_of_the_start_is_one_line(
    capsys: pytest.CaptureFixture[str], postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise StoreUnavailable("it cannot be reached")

    monkeypatch.setattr(PostgresStore, "put_course", gone)
    url = postgres.new_schema()
    told = refused(capsys, "serve", "--port", "0", "--db", url, "--clock", "frozen")
    assert "cannot be used: it cannot be reached" in told


def test_a_commit_whose_answer_is_lost_is_done_once(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine.open(postgres.new_schema())
    caller = Caller(engine)
    created = [caller.create("first")["Id"]]
    commit = PostgresConnection.commit

    def lose_answer(connection: PostgresConnection) -> None:
        commit(connection)
        connection.close()
        connection.in_transaction = True
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(PostgresConnection, "commit", lose_answer)
        with pytest.raises(Refused) as refusal:
            caller.create("second")
    assert refusal.value.name == "ServiceUnavailableException"
    created += [caller.create(token)["Id"] for token in ("second", "third")]
    assert [row["Id"] for row in caller.records()] == created
    assert len(set(created)) == 3
    engine.close()
