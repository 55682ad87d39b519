"""`cosell doctor` over PostgreSQL: what a server says, and what that means for what it has acknowledged."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import pytest

from cosell.cli.main import run as run_here
from cosell.store.postgres.server_facts import Facts, Host, Replica
from cosell.store.postgres.server_rules import RULES
from tests.postgres import Postgres

SOUND = Facts(
    name="postgresql://db.example/cosell",
    settings={
        **dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "data_checksums"), "on"),
        "archive_mode": "on",
        "cluster_name": "",
        "synchronous_standby_names": "",
        "server_version": "18.6",
        "server_version_num": "180006",
    },
    role="cosell",
    may_make_tables=True,
    may_write=True,
    is_standby=False,
    is_read_only=False,
    is_pooled=False,
    replicas=[],
    hosts=[],
    target_session_attrs="any",
    has_patroni=False,
    lost_tables=[],
    lost_indexes=[],
    lacks_statistics=False,
    longest_idle_s=0,
)
"""One server, and nothing to say against it."""
FOLLOWED: dict[str, Any] = {"replicas": [Replica("b", "sync")], "synchronous_standby_names": "b"}
TWO = [Host("a", answers=True, is_primary=True), Host("b", answers=True, is_primary=False)]


def said(**changed: Any) -> list[str]:
    """What is said of the sound server with some facts, or settings, changed: how it counts, and the line."""
    settings = SOUND.settings | {name: changed.pop(name) for name in list(changed) if name in SOUND.settings}
    facts = msgspec.structs.replace(SOUND, settings=settings, **changed)
    found = [each for each in (rule(facts) for rule in RULES) if each is not None]
    kinds = ["note" if each.is_note else "wrong" if each.remedy else "ok" for each in found]
    return [f"{kind} {each.fact}; {each.remedy}" for kind, each in zip(kinds, found, strict=True)]


def test_nothing_is_said_against_a_sound_server() -> None:
    assert {line.split()[0] for line in said()} == {"ok"}
    assert {line.split()[0] for line in said(**FOLLOWED, synchronous_commit="remote_apply")} == {"ok"}
    assert {line.split()[0] for line in said(hosts=TWO, target_session_attrs="primary")} == {"ok"}


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"server_version": "13.2", "server_version_num": "130002"}, "wrong PostgreSQL 13.2 is older"),
        ({"fsync": "off"}, "wrong fsync off: a power cut"),
        ({"fsync": "off", "full_page_writes": "off"}, "wrong fsync and full_page_writes off"),
        ({"lost_tables": ["outbox"]}, "its tables are not all there: outbox is lost; restore a backup"),
        ({"lost_indexes": ["opportunity_by_created"]}, "is slow without its index opportunity_by_created"),
        ({"may_write": False}, "wrong cosell may not write all tables"),
        ({"may_make_tables": False}, "note cosell may write, and may not change tables"),
        ({"is_standby": True, "is_read_only": True}, "is a standby, and takes no writes"),
        ({"is_read_only": True}, "takes no writes; see to default_transaction_read_only"),
        ({"replicas": [Replica("b", "async")]}, "wrong b follows asynchronously: its promotion loses"),
        ({**FOLLOWED, "replicas": [Replica("b", "potential")]}, "wrong no replica is synchronous now, only b"),
        ({**FOLLOWED, "synchronous_commit": "local"}, "wrong synchronous_commit is local: commits wait for no replica"),
        (FOLLOWED, "note commits wait until b has them, not until it shows them; read from a replica only with"),
        ({**FOLLOWED, "cluster_name": "pipeline"}, "note no Patroni is connected to the primary of pipeline"),
        ({"hosts": [TWO[0], Host("b", answers=True, is_primary=True)]}, "wrong a and b both take writes"),
        ({"hosts": TWO}, "wrong several hosts are named, and a standby will do; add target_session_attrs"),
        (
            {"hosts": [TWO[0], Host("b", answers=False, is_primary=False)], "target_session_attrs": "read-write"},
            "note b of several hosts does not answer",
        ),
        ({"archive_mode": "off"}, "note the server archives no WAL"),
        ({"data_checksums": "off"}, "note the server does not notice damaged pages"),
        ({"autovacuum": "off"}, "wrong autovacuum is off"),
        ({"lacks_statistics": True}, "has no statistics yet; run ANALYZE"),
        ({"longest_idle_s": 301}, "note somebody has been idle in a transaction for 301 s"),
        ({"is_pooled": True}, "note a pooler stands before the server; name the server itself"),
    ],
)
def test_what_is_not_as_it_should_be_is_told_once(changed: dict[str, Any], line: str) -> None:
    before = {each.partition(";")[0] for each in said()}
    new = [each for each in said(**changed) if each.partition(";")[0] not in before]
    assert sum(line in each for each in new) == 1, new


def test_a_patroni_that_is_there_is_not_missed() -> None:
    assert not any("Patroni" in line for line in said(**FOLLOWED, cluster_name="pipeline", has_patroni=True))


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[str]]]:
    """Asks the doctor about a database: the exit code, and the lines about it."""

    def asked(db: str) -> tuple[int, list[str]]:
        capsys.readouterr()
        code = run_here(["doctor", "--port", "0", "--json", "--db", db])
        findings = json.loads(capsys.readouterr().out)
        return code, [f"{each['verdict']} {each['fact']}; {each['remedy']}" for each in findings]

    return asked


def test_a_server_is_asked(doctor: Callable[..., tuple[int, list[str]]], postgres: Postgres) -> None:
    url = postgres.new_schema()
    code, lines = doctor(url)
    assert code == 0
    assert any(f"there is no database of cosell's in {url} yet; make it with: cosell seed" in line for line in lines)
    assert run_here(["seed", "--count", "3", "--db", url]) == 0
    code, lines = doctor(url)
    assert code == 1, "the server of the tests writes nothing to its disk in time"
    told = "\n".join(lines)
    for part in (
        "ok PostgreSQL ",
        "wrong fsync and full_page_writes off",
        "ok postgres may write, and change tables",
        "note the server archives no WAL",
        "has no statistics yet",
        f"ok {url} is writable, schema ",
    ):
        assert part in told
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE outbox")
        connection.execute("DROP INDEX opportunity_by_created")
    assert any("its tables are not all there: outbox is lost" in line for line in doctor(url)[1])


def test_several_hosts_are_asked_each_by_itself(
    doctor: Callable[..., tuple[int, list[str]]], postgres: Postgres
) -> None:
    url = postgres.new_schema()
    assert run_here(["seed", "--count", "3", "--db", url]) == 0
    here = f"127.0.0.1:{postgres.port}"
    for other, line in (("127.0.0.1:1", "127.0.0.1:1 of several hosts does not answer"), (here, "both take writes")):
        several = url.replace(here, f"{other},{here}") + "&target_session_attrs=read-write"
        assert any(line in each for each in doctor(several)[1])


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("CREATE TABLE bill (number integer)", "wrong postgresql://… is the database of another program"),
        ("CREATE TABLE copy_progress (part text)", "wrong postgresql://… is a copy that was broken off"),
    ],
)
def test_what_cannot_be_used_is_told(
    doctor: Callable[..., tuple[int, list[str]]], postgres: Postgres, statement: str, line: str
) -> None:
    url = postgres.new_schema()
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())
    code, lines = doctor(url)
    assert code == 1
    assert any(line.replace("postgresql://…", url) in each for each in lines), lines


def test_a_server_that_does_not_answer_is_told(doctor: Callable[..., tuple[int, list[str]]]) -> None:
    code, lines = doctor("postgresql://127.0.0.1:1/cosell")
    assert code == 1
    assert any(line.startswith("wrong cannot connect to postgresql://127.0.0.1:1/cosell") for line in lines)
