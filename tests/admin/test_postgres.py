"""Two servers of one PostgreSQL database: what is done at one holds at the other, but for what is a server's own."""

from collections.abc import Callable

from tests.admin.conftest import ask, done
from tests.admin.test_clock import AT_MOMENT, MOMENT, stamp
from tests.admin.test_database import listed
from tests.conftest import ACCOUNT, Server
from tests.events.test_stream import Stream, create
from tests.postgres import Postgres
from tests.serve.test_metrics import figures

FAULT = {"operation": "ListOpportunities", "error": "ThrottlingException"}


def test_two_servers_are_steered_as_one(serve: Callable[..., Server], postgres: Postgres) -> None:
    url = postgres.new_schema()
    first, second = serve("--db", url, "--workers", "2"), serve("--db", url)
    done(ask(first, "POST", "clock", {"mode": "frozen", "at": MOMENT}))
    assert done(ask(second, "GET", "clock"))["now"] == "2031-05-04T09:00:00.000Z"
    assert done(ask(first, "POST", "seed", {"count": 3, "account": ACCOUNT, "now": MOMENT}))["seeded"] == 3
    before = listed(second, ACCOUNT)
    assert len(before) == 3
    done(ask(first, "POST", "snapshot", {"name": "three"}))
    with Stream(second) as stream:
        created = create(first, "fourth")
        assert stream.opportunities(1) == [created]
    assert done(ask(second, "GET", "snapshots")) == {"snapshots": ["three"]}
    assert done(ask(second, "POST", "restore", {"name": "three"})) == {"changed": 0, "removed": 1}
    assert listed(first, ACCOUNT) == before
    assert stamp(second.client(), "fifth") > AT_MOMENT


def test_faults_and_recent_requests_and_counts_of_requests_are_a_servers_own(
    serve: Callable[..., Server], postgres: Postgres
) -> None:
    url = postgres.new_schema()
    first, second = serve("--db", url, "--workers", "2"), serve("--db", url)
    done(ask(first, "POST", "faults", FAULT))
    assert listed(second, ACCOUNT) == []
    assert len(done(ask(first, "GET", "faults"))["faults"]) == 1
    assert done(ask(second, "GET", "faults"))["faults"] == []
    assert len(done(ask(second, "GET", "requests"))["requests"]) == 1
    assert done(ask(first, "GET", "requests"))["requests"] == []
    assert figures(second)["cosell_requests_total", "ListOpportunities", "ok"] == 1
