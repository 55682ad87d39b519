"""`cosell serve --keep-history`: old changes are removed while the server runs, and pages say so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.admin.conftest import ask, done
from tests.complete_opportunity import completing
from tests.conftest import Server
from tests.console.conftest import Site
from tests.serve.test_write_ahead_log import wait_for

FAILS_ONCE = """
import cosell.serve.history_retention as retention
from cosell.store.interface import StoreUnavailable
from cosell.store.sqlite import SqliteStore
retention.LOOK_S = 0.05
trim, tried = SqliteStore.trim_history, []
def fails_once(store, before_ms):
    tried.append(before_ms)
    if len(tried) == 1:
        raise StoreUnavailable("the disk is full")
    return trim(store, before_ms)
SqliteStore.trim_history = fails_once
"""


def text(site: Site, path: str) -> str:
    return " ".join(site.page(path).text.split())


def retitle(client: Any, identifier: str, title: str) -> None:
    """An update."""
    opportunity = client.get_opportunity(Catalog="Sandbox", Identifier=identifier)
    client.update_opportunity(
        Catalog="Sandbox",
        Identifier=identifier,
        LastModifiedDate=opportunity["LastModifiedDate"],
        Project=opportunity["Project"] | {"Title": title},
    )


def test_older_changes_are_removed_and_pages_say_up_to_when(serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve("--clock", "frozen:2026-01-01T09:00:00Z", "--keep-history", "30d", "--db", "kept.db", "--drafts")
    site = Site(server, {}, tmp_path)
    client = completing(server.client())
    identifier = client.create_opportunity(Catalog="Sandbox", ClientToken="1", Project={"Title": "first"})["Id"]
    page = f"/console/opportunities/{identifier}"
    for title in ("second", "third"):
        assert done(ask(server, "POST", "clock", {"step": "1d"}))
        retitle(client, identifier, title)
    assert "no longer kept" not in text(site, page)
    counted = [text(site, path) for path in ("/console/opportunities", "/console/search")]
    listed = client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    done(ask(server, "POST", "clock", {"step": "30d"}))
    while "Earlier changes are no longer kept" not in text(site, page):
        pass
    assert "Project.Titlesecondthird" in text(site, page), "the last change is younger"
    assert "first" not in text(site, page)
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == listed
    assert counted == [text(site, path) for path in ("/console/opportunities", "/console/search")]
    _, log = server.stop()
    (told,) = (line for line in map(json.loads, log.splitlines()) if "removed from the history" in line["event"])
    assert (told["changes"], told["before"]) == (2, "2026-01-03T09:00:00.000Z")


def test_a_failed_removal_is_reported_and_tried_again(serve_after: Callable[..., Server]) -> None:
    server = serve_after(FAILS_ONCE, "--db", "kept.db", "--keep-history", "0s")
    assert "the disk is full" in wait_for(server, "removal of old changes")
    assert "removal of old changes" in wait_for(server, "removal of old changes")
    assert server.stop()[0] == 0
