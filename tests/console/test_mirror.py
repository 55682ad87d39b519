"""A mirror is looked at in a browser: as the service showed it, and never changed."""

import json
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.sync_api import Page

import cosell
from cosell.cli.console_command import MirrorSource
from cosell.console import words
from cosell.console.home.mirror_health import FIXES, run_line
from cosell.console.pages import PAGES_OF_A_MIRROR
from cosell.serve import console_door
from cosell.serve.mirror_site import MirrorSite
from cosell.sync import mirror
from cosell.sync.mirroring import now_ms
from cosell.sync.target import Difference, DifferenceKind, Row, Verification
from cosell.sync.targets.open import open_target
from tests.complete_opportunity import completing
from tests.conftest import ACCOUNT, COSELL, Finished
from tests.console.conftest import NAMES, Document, Site
from tests.console.forms import FORM
from tests.console.looks import NO_PAGES, look_through
from tests.event_loop import run_apart

NOBODY = "/console/opportunities?CustomerCompanyName=Nobody"


class Shown:
    """`cosell console` as a process of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [*COSELL, "console", "--mirror", url, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1].removesuffix("/console/")
        self.port = int(self.url.rpartition(":")[2])

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture(scope="module")
def service() -> Any:
    """A partner with hostile names, one of them submitted long ago."""
    client = completing(cosell.connect(account=ACCOUNT))
    for number, company in enumerate(NAMES.values()):
        client.create_opportunity(
            Catalog="Sandbox", ClientToken=str(number), Customer={"Account": {"CompanyName": company}}
        )
    return client


@pytest.fixture(scope="module")
def site(service: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The console over a mirror of the service, with details."""
    folder = tmp_path_factory.mktemp("mirror")
    mirror(service, str(folder / "mirror.db"), details=True)
    with open_target(str(folder / "mirror.db")) as target:
        found = [Difference("different", name, 0, 0, (name,)) for name in NAMES.values()]
        target.keep_verification(Verification(now_ms(), len(found), 0, 0, len(found), found))
    shown = Shown(str(folder / "mirror.db"), folder)
    yield Site(shown, {})  # type: ignore[arg-type]  # it has a url and a port, too
    assert shown.stop() == 0


@pytest.fixture(scope="module")
def never_synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The console over a mirror that has nothing."""
    folder = tmp_path_factory.mktemp("empty")
    open_target(str(folder / "mirror.db")).close()
    shown = Shown(str(folder / "mirror.db"), folder)
    yield Site(shown, {})  # type: ignore[arg-type]  # it has a url and a port, too
    assert shown.stop() == 0


def addresses(site: Site) -> list[str]:
    members = {"identifier": "O1000001", "picture": "stages"}
    return [site.address(page.path.format(**members)) for page in PAGES_OF_A_MIRROR]


def test_the_table_is_that_of_the_service(site: Site, service: Any) -> None:
    listed = service.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    page = site.page("/console/opportunities")
    assert page.identifiers == [one["Id"] for one in listed]
    assert [name for name in NAMES.values() if name not in page.text] == []
    assert "boto3" not in page.text


def test_an_opportunity_is_shown_as_the_service_told_it(site: Site, service: Any) -> None:
    for summary in service.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]:
        page = site.page(f"/console/opportunities/{summary['Id']}")
        assert summary["Customer"]["Account"]["CompanyName"] in page.text
        assert summary["LastModifiedDate"].strftime("%Y-%m-%d %H:%M") in page.text


def test_a_search_finds_what_the_mirror_has_and_says_what_it_lacks(site: Site) -> None:
    page = site.page("/console/search", ("Keyword", NAMES["markup"]))
    assert len(page.identifiers) == 1
    assert "This is a mirror. It has no tags" in page.text
    assert "boto3" not in page.text
    (suggested,) = [
        one["data-address"]
        for one in site.page("/console/search/suggestions", ("q", "Stage: prosp")).with_attribute("data-address")
        if "EqualsTo" in one["data-address"] and "Prospect" in one["data-address"]
    ]
    status, _, text = site.request("GET", suggested)
    assert status == 200
    assert len(Document(text).identifiers) == len(NAMES)


def test_the_first_page_tells_how_the_sync_is(site: Site) -> None:
    text = " ".join(site.page("/console/").text.split())
    assert ACCOUNT in text
    assert f"Opportunities {len(NAMES)}" in text
    assert f"Details kept {len(NAMES)}" in text
    assert "complete" in text
    assert f"{len(NAMES)} new, 0 changed" in text


def test_the_first_page_tells_what_differs_from_the_service_and_what_to_do(
    service: Any, site: Site, tmp_path: Path
) -> None:
    url = str(tmp_path / "mirror.db")
    mirror(service, url)
    alone = MirrorSite(MirrorSource(url), "127.0.0.1")
    assert "The mirror has not been compared with the service yet" in shown_by(alone, "/console/").text
    with open_target(url) as target:
        target.keep_verification(Verification(now_ms(), 6, 6, 0, 0, []))
    assert "No difference in 6 opportunities" in shown_by(alone, "/console/").text
    found = [
        Difference(kind, f"O{number}", None if kind == "missing" else 0, None if kind == "vanished" else 0, ())
        for number, kind in enumerate(get_args(DifferenceKind))
    ]
    found.append(Difference("different", NAMES["markup"], 0, 0, (NAMES["right-to-left"],)))
    with open_target(url) as target:
        target.keep_verification(Verification(now_ms(), 906, 3, 1, 900, found))
    page = shown_by(alone, "/console/")
    text = " ".join(page.text.split())
    assert "900 differences in 906 opportunities" in text
    assert "1 opportunity has changed after the last sync" in text
    assert f"These are the first {len(found)}." in text
    for told in (
        NAMES["markup"],
        NAMES["right-to-left"],
        *(phrase for phrases in FIXES.values() for phrase in phrases),
    ):
        assert told in page.text
    assert f"cosell sync --full --mirror {url}" in text
    alone.close()


def test_nothing_can_be_changed(site: Site) -> None:
    for address in addresses(site):
        assert site.request("POST", address, "a=b", FORM)[0] == 405
    for path in ("/console/desk", "/console/wire", "/console/events", "/_cosell/seed", "/metrics"):
        assert site.request("GET", path)[0] == 404
    assert site.request("POST", "/", "{}")[0] == 404
    assert site.request("GET", "/")[0] == 302


def test_strangers_are_refused_as_by_a_server(site: Site) -> None:
    for path in ("/console/", "/", "/nothing"):
        assert site.request("GET", path, headers={"Host": "attacker.example"})[0] == 403
        assert site.request("GET", path, headers={"Origin": "http://attacker.example"})[0] == 403
        assert site.request("GET", path, headers={"Host": "[::1"})[0] == 400
    for address in addresses(site):
        assert site.request("GET", address)[1]["content-security-policy"].startswith("default-src 'none'")


def test_no_page_says_of_a_mirror_what_is_true_of_a_server_only(site: Site) -> None:
    for address in [*addresses(site), NOBODY, site.address("/console/opportunities/O1")]:
        text = site.request("GET", address)[2]
        for untrue in ("None is kept", "Nothing was there before", "Nothing is associated", "None is entered"):
            assert untrue not in text, address
        for useless in ("cosell list", "choose one at the top"):
            assert useless not in text, address


def test_every_page_is_for_everybody_in_every_look(site: Site, never_synced: Site, page: Page) -> None:
    shown = [address for address in addresses(site) if not any(part in address for part in NO_PAGES)]
    for address in [*shown, NOBODY]:
        look_through(page, site.url + address)
    for path in ("/console/", "/console/opportunities", "/console/pipeline"):
        look_through(page, never_synced.url + path)


def test_the_pictures_count_what_the_service_has(site: Site, service: Any) -> None:
    listed = service.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"]
    stages = site.request("GET", site.address("/console/pipeline/stages.csv"))[2]
    assert f"Prospect,{len(listed)}\r\n" in stages
    customers = site.page("/console/pipeline").text
    assert [name for name in NAMES.values() if name not in customers] == []


def shown_by(site: MirrorSite, path: str) -> Document:
    """A page, asked for in this process."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "headers": [(b"host", b"localhost")],
    }
    run_apart(site(scope, receive, send))
    return Document(b"".join(message.get("body", b"") for message in sent).decode())


def test_a_page_shows_what_was_synced_since_the_last_one(service: Any, tmp_path: Path) -> None:
    client, url = completing(cosell.connect(account=ACCOUNT)), str(tmp_path / "mirror.db")
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    mirror(client, url)
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    first = shown_by(site, "/console/opportunities").identifiers
    identifiers = first
    for token in ("second", "third", "fourth"):
        identifiers = [client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"], *identifiers]
        mirror(client, url)
        assert shown_by(site, "/console/opportunities").identifiers == identifiers
    site.close()


def test_a_defect_is_told_to_the_visitor_and_the_log(
    service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[Exception] = []
    monkeypatch.setattr(console_door, "log_defect", lambda _, defect: logged.append(defect))
    url = str(tmp_path / "mirror.db")
    mirror(service, url)
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    monkeypatch.delattr(words, "moment")
    assert "The rest of this page could not be made." in shown_by(site, "/console/opportunities").text
    assert [type(defect) for defect in logged] == [NameError]
    site.close()


def test_awss_own_view_is_shown_where_the_mirror_has_it(tmp_path: Path) -> None:
    client, url = completing(cosell.connect(account=ACCOUNT)), str(tmp_path / "mirror.db")
    identifier = client.create_opportunity(Catalog="Sandbox", ClientToken="first")["Id"]
    mirror(client, url)
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    path = f"/console/opportunities/{identifier}"
    assert "For Visibility Only" not in shown_by(site, path).text
    keep_detail(url, identifier, {}, {"Catalog": "Sandbox", "InvolvementType": "For Visibility Only"})
    later = MirrorSite(MirrorSource(url), "127.0.0.1")
    for one in (site, later):
        assert "For Visibility Only" in shown_by(one, path).text
        one.close()


def keep_detail(url: str, identifier: str, opportunity: dict[str, Any], view: dict[str, Any] | None = None) -> None:
    """What a sync with --details would have got of an opportunity that is as it was."""
    with open_target(url) as target:
        (row,) = target.summaries_of([identifier])
        detail = {**json.loads(row.raw), **opportunity}
        aws_summary = None if view is None else json.dumps(view).encode()
        target.keep_detail(identifier, row.last_modified_ms, json.dumps(detail).encode(), aws_summary, now_ms())


def test_a_page_shows_what_changed_and_leaves_out_what_vanished(tmp_path: Path) -> None:
    client, url = completing(cosell.connect(account=ACCOUNT)), str(tmp_path / "mirror.db")
    kept, gone = (client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"] for token in ("1", "2"))
    mirror(client, url)
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    assert shown_by(site, "/console/opportunities").identifiers == [gone, kept]
    keep_detail(url, kept, {"Project": {"Title": "A title that only the whole opportunity has"}})
    with open_target(url) as target:
        target.mark_vanished(1, [gone], now_ms())
    assert shown_by(site, "/console/opportunities").identifiers == [kept]
    assert "A title that only the whole opportunity has" in shown_by(site, f"/console/opportunities/{kept}").text
    site.close()


def test_another_mirror_in_its_place_is_shown(tmp_path: Path) -> None:
    url = str(tmp_path / "mirror.db")
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    for tokens in ("ab", "c"):  # the second lacks what the first one had
        client = completing(cosell.connect(account=ACCOUNT))
        identifiers = [client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"] for token in tokens]
        Path(url).unlink(missing_ok=True)
        mirror(client, url)
        assert shown_by(site, "/console/opportunities").identifiers == identifiers[::-1]
    site.close()


def test_what_cannot_be_shown_is_counted(tmp_path: Path) -> None:
    client, url = completing(cosell.connect(account=ACCOUNT)), str(tmp_path / "mirror.db")
    shown, hidden = (client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"] for token in ("1", "2"))
    mirror(client, url)
    summary = {"Id": hidden, "LifeCycle": {"Stage": "Unheard of"}, "LastModifiedDate": "2040-01-01T00:00:00Z"}
    with open_target(url) as target:
        identity = target.identity()
        assert identity is not None
        row = Row(hidden, 2208988800000, json.dumps(summary).encode())
        target.keep_page(1, identity, [row], b"{}", now_ms(), want_details=False)
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    assert shown_by(site, "/console/opportunities").identifiers == [shown]
    assert "Not to be shown 1" in " ".join(shown_by(site, "/console/").text.split())
    site.close()


def test_a_console_beside_a_mirror_leaves_nothing_there(
    service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "mirror.db")
    mirror(service, url)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    site = MirrorSite(MirrorSource(url), "127.0.0.1")
    assert len(shown_by(site, "/console/opportunities").identifiers) == len(NAMES)
    assert f"{len(NAMES)}" in shown_by(site, "/console/pipeline").text
    assert sorted(tmp_path.iterdir()) == before
    site.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--mirror", "none.db"), "there is no mirror none.db; make one with: cosell sync --mirror none.db"),
        (("--host", "0.0.0.0"), "--host '0.0.0.0' lets anyone who reaches it read the whole mirror"),
    ],
)
def test_mistakes_are_reported_with_the_next_step(run: Callable[..., Finished], arguments: Any, told: str) -> None:
    done = run("console", *arguments)
    assert done.code == 2
    assert told in done.err


def test_a_run_that_is_in_progress_has_done_nothing_yet() -> None:
    run = dict.fromkeys(("seconds", "calls", "new", "changed", "error"), None)
    line = run_line({**run, "started": "2026-05-04T09:00:00.000Z", "mode": "sync", "status": "running"})
    assert (line.took, line.rate, line.did, line.error) == ("–", "–", "–", "")
