"""Through PgBouncer in transaction mode a session is nobody's own: nothing is prepared, set, locked or heard there."""

import json
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from cosell.engine import Engine
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server
from tests.events.test_serving import until_settled
from tests.postgres import USER_INSTEAD_OF_ROOT, Postgres
from tests.serve.conftest import get
from tests.store.caller import NOON_MS, Caller, HandClock, record

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
SESSIONS = 3
"""So few that clients meet each other's."""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")


@pytest.fixture
def url(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a new database by way of PgBouncer."""
    database = urlsplit(postgres.new_database()).path
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        "default_pool_size": SESSIONS,
    }
    lines = [f"* = host=127.0.0.1 port={postgres.port} user=postgres", "[pgbouncer]"]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    file = tmp_path_factory.mktemp("pgbouncer") / "pgbouncer.ini"
    file.write_text("\n".join(["[databases]", *lines, ""]))
    with file.open() as config:  # it may not run as root, and nobody else may look into the folder
        user = pwd.getpwnam(USER_INSTEAD_OF_ROOT).pw_uid if os.geteuid() == 0 else None
        assert PROGRAM is not None
        bouncer = subprocess.Popen(
            [PROGRAM, "-q", "/dev/stdin"], stdin=config, stderr=subprocess.PIPE, cwd="/", user=user
        )
    while bouncer.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=60).close()
            break
        except ConnectionRefusedError:
            continue
    yield f"postgresql://postgres@127.0.0.1:{port}{database}"
    bouncer.kill()
    _, told = bouncer.communicate(timeout=60)
    assert bouncer.returncode == -9, told


def test_servers_answer_right_and_deliver_all(serve: Callable[..., Server], url: str, tmp_path: Path) -> None:
    servers = [serve("--db", url, "--sink", "file:events.jsonl") for _ in range(2)]

    def work(number: int) -> list[tuple[str, str]]:
        account = (ACCOUNT, OTHER_ACCOUNT)[number % 2]
        client = servers[number // 2].client(account)
        created = []
        for turn in range(8):
            title = f"{number}-{turn}-of-mine"
            identifier = client.create_opportunity(
                Catalog="Sandbox",
                ClientToken=title,
                Project={"Title": title, "CustomerUseCase": "AI Machine Learning and Analytics"},
            )["Id"]
            record = client.get_opportunity(Catalog="Sandbox", Identifier=identifier)
            assert record["Project"]["Title"] == title
            page = client.list_opportunities(Catalog="Sandbox", MaxResults=5)["OpportunitySummaries"]
            assert len({row["Id"] for row in page}) == len(page)
            if account == ACCOUNT:
                question = {"Catalog": "Sandbox", "Keyword": title}
                _, found = raw(servers[number // 2], "SearchOpportunities", question)
                assert [hit["Id"] for hit in found["OpportunitySearchSummaries"]] == [identifier]
            created.append((account, identifier))
        return created

    with ThreadPoolExecutor(4) as clients:
        created = list(chain(*clients.map(work, range(4))))
    for account in (ACCOUNT, OTHER_ACCOUNT):
        pages = servers[0].client(account).get_paginator("list_opportunities").paginate(Catalog="Sandbox")
        listed = sorted(row["Id"] for page in pages for row in page["OpportunitySummaries"])
        assert listed == sorted(identifier for owner, identifier in created if owner == account)
    assert get(servers[0], "/readyz") == (200, "ready\n")
    until_settled(servers[0])
    events = [json.loads(line)["id"] for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert len(set(events)) == len(created)
    for server in servers:
        code, log = server.stop()
        assert code == 0
        assert '"level": "error"' not in log, log


def test_nothing_is_left_in_the_sessions_that_others_use(url: str, postgres: Postgres) -> None:
    engine = Engine.open(url, clock=HandClock())
    engine.store.outbox.listen(lambda: None)
    right = engine.store.outbox.become_deliverer()
    assert right is not None
    caller = Caller(engine)
    caller.put([record(f"O{number}") for number in range(20)])
    caller.update("O1", OpportunityType="Expansion")
    assert len(caller.records()) == 20
    engine.store.states.keep("twenty")
    caller.create("later")
    engine.store.states.return_to("twenty", NOON_MS)
    assert len(caller.records()) == 20
    direct = postgres.url(url.rpartition("/")[2])
    with psycopg.connect(direct, autocommit=True) as other:
        locks = other.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
        assert locks == (0,)
    for _ in range(2 * SESSIONS):
        with psycopg.connect(url, autocommit=True) as other:
            assert other.execute("SHOW enable_sort").fetchone() == ("on",)
            assert other.execute("SHOW statement_timeout").fetchone() == ("0",)
            assert other.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
            assert other.execute("SELECT count(*) FROM pg_listening_channels()").fetchone() == (0,)
    right.give_back()
    engine.close()
