"""Filling and emptying a running server."""

from collections.abc import Callable
from pathlib import Path

from tests.admin.conftest import ask, done
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server


def listed(server: Server, account: str) -> list[str]:
    page = server.client(account).list_opportunities(Catalog="Sandbox", MaxResults=100)
    return [row["Id"] for row in page["OpportunitySummaries"]]


def test_a_pipeline_is_seeded_into_one_account_and_removed_from_it(server: Server) -> None:
    for account in (ACCOUNT, OTHER_ACCOUNT):
        assert done(ask(server, "POST", "seed", {"count": 7, "account": account}))["seeded"] == 7
    assert done(ask(server, "POST", "reset", {"account": ACCOUNT})) == {"removed": 7}
    assert listed(server, ACCOUNT) == []
    assert len(listed(server, OTHER_ACCOUNT)) == 7


def test_the_same_seed_and_moment_give_the_same_pipeline(server: Server) -> None:
    question = {"count": 5, "seed": 3, "now": "2026-05-04T09:00:00Z"}
    pages = []
    for account in (ACCOUNT, OTHER_ACCOUNT):
        done(ask(server, "POST", "seed", {**question, "account": account}))
        rows = server.client(account).list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
        pages.append([(row["LastModifiedDate"], row["Customer"]) for row in rows])
    assert pages[0] == pages[1]


def test_a_snapshot_is_made_listed_restored_and_forgotten(server: Server) -> None:
    done(ask(server, "POST", "seed", {"count": 3, "account": ACCOUNT}))
    before = server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    assert done(ask(server, "POST", "snapshot", {"name": "three"}))["opportunities"] == 3
    server.client().create_opportunity(Catalog="Sandbox", ClientToken="fourth")
    assert done(ask(server, "POST", "restore", {"name": "three"})) == {"changed": 0, "removed": 1}
    assert server.client().list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == before
    assert done(ask(server, "GET", "snapshots")) == {"snapshots": ["three"]}
    assert done(ask(server, "POST", "forget", {"name": "three"})) == {"snapshots": []}
    status, answer = ask(server, "POST", "restore", {"name": "three"})
    assert status == 400
    assert "three" in answer["error"]
    assert "next_step" in answer


def test_a_snapshot_that_was_cut_to_nothing_removes_nothing(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve("--db", "cosell.db")
    for account in (ACCOUNT, OTHER_ACCOUNT):
        done(ask(server, "POST", "seed", {"count": 3, "account": account}))
    done(ask(server, "POST", "snapshot", {"name": "three"}))
    before = listed(server, ACCOUNT), listed(server, OTHER_ACCOUNT)
    (tmp_path / "cosell.db-snapshots" / "three.db").write_bytes(b"")
    status, answer = ask(server, "POST", "restore", {"name": "three"})
    assert (status, answer) == (
        400,
        {
            "error": "the snapshot three is not as it was made: it was truncated, changed, or replaced",
            "next_step": "forget it, and restore another one",
        },
    )
    assert (listed(server, ACCOUNT), listed(server, OTHER_ACCOUNT)) == before
