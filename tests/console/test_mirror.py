"""A mirror is looked at in a browser: as the service showed it, and never changed."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

import cosell
from cosell.cli.console_command import MirrorSource
from cosell.console import words
from cosell.console.mirror_health import run_line
from cosell.console.pages import PAGES_OF_A_MIRROR
from cosell.serve import console_door
from cosell.serve.mirror_site import MirrorSite
from cosell.sync import mirror
from tests.conftest import ACCOUNT, COSELL, Finished
from tests.console.conftest import NAMES, Document, Site
from tests.console.event_loop import run_apart
from tests.console.forms import FORM

LOOKS: list[Any] = [
    {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
]


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
    client = cosell.connect(account=ACCOUNT)
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


def test_the_first_page_tells_how_the_sync_is(site: Site) -> None:
    text = " ".join(site.page("/console/").text.split())
    assert ACCOUNT in text
    assert f"Opportunities {len(NAMES)}" in text
    assert f"Details kept {len(NAMES)}" in text
    assert "complete" in text
    assert f"{len(NAMES)} new, 0 changed" in text


def test_nothing_can_be_changed(site: Site) -> None:
    for address in addresses(site):
        assert site.request("POST", address, "a=b", FORM)[0] == 405
    for path in ("/console/desk", "/console/wire", "/console/events", "/_cosell/seed", "/metrics"):
        assert site.request("GET", path)[0] == 404
    assert site.request("POST", "/", "{}")[0] == 404
    assert site.request("GET", "/")[0] == 302


def test_strangers_are_refused_as_by_a_server(site: Site) -> None:
    status, _, _ = site.request("GET", "/console/", headers={"Host": "attacker.example"})
    assert status == 403
    for address in addresses(site):
        assert site.request("GET", address)[1]["content-security-policy"].startswith("default-src 'none'")


def test_it_is_good_on_a_phone_and_in_the_dark(site: Site, browser: Browser) -> None:
    for look in LOOKS:
        context = browser.new_context(**look)
        page = context.new_page()
        for path in ("/console/", "/console/opportunities", "/console/pipeline"):
            page.goto(site.url + site.address(path))
            found = Axe().run(page).response["violations"]
            assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()


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
    client, url = cosell.connect(account=ACCOUNT), str(tmp_path / "mirror.db")
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    mirror(client, url)
    site = MirrorSite(MirrorSource(url), "127.0.0.1", clock=lambda: 0.0)
    first = shown_by(site, "/console/opportunities").identifiers
    identifiers = first
    for token in ("second", "third", "fourth"):
        identifiers = [client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"], *identifiers]
        mirror(client, url)
        assert shown_by(site, "/console/opportunities").identifiers == identifiers
    site.close()


def test_a_copy_is_shown_for_a_while_before_another_is_made(tmp_path: Path) -> None:
    client, url = cosell.connect(account=ACCOUNT), str(tmp_path / "mirror.db")
    mirror(client, url)
    moments = iter([0.0, 2.0, 2.0, 11.0, 21.0, 21.0, 21.0, 21.0])  # a copy takes two seconds
    site = MirrorSite(MirrorSource(url), "127.0.0.1", clock=lambda: next(moments))
    assert "Nothing was synced into this mirror" in shown_by(site, "/console/opportunities").text
    client.create_opportunity(Catalog="Sandbox", ClientToken="first")
    mirror(client, url)
    assert shown_by(site, "/console/opportunities").identifiers == []
    assert len(shown_by(site, "/console/opportunities").identifiers) == 1
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


class WithView(MirrorSource):
    """A mirror that keeps AWS's view of one opportunity."""

    identifier = ""

    def aws_summaries(self) -> Iterator[tuple[str, bytes]]:
        yield self.identifier, b'{"Catalog":"Sandbox","InvolvementType":"For Visibility Only"}'


def test_awss_own_view_is_shown_where_the_mirror_has_it(tmp_path: Path) -> None:
    client, url = cosell.connect(account=ACCOUNT), str(tmp_path / "mirror.db")
    identifier = client.create_opportunity(Catalog="Sandbox", ClientToken="first")["Id"]
    mirror(client, url)
    source = WithView(url)
    source.identifier = identifier
    site = MirrorSite(source, "127.0.0.1")
    assert "For Visibility Only" in shown_by(site, f"/console/opportunities/{identifier}").text
    site.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--mirror", "none.db"), "there is no mirror none.db; make one with: cosell sync"),
        (("--host", "0.0.0.0"), "whoever reaches 0.0.0.0 could read the whole mirror"),
    ],
)
def test_mistakes_are_told_with_the_next_step(run: Callable[..., Finished], arguments: Any, told: str) -> None:
    done = run("console", *arguments)
    assert done.code == 2
    assert told in done.err


def test_a_run_that_is_under_way_has_done_nothing_yet() -> None:
    run = dict.fromkeys(("seconds", "calls", "new", "changed", "error"), None)
    line = run_line({**run, "started": "2026-05-04T09:00:00.000Z", "mode": "sync", "status": "running"})
    assert (line.took, line.rate, line.did, line.error) == ("–", "–", "–", "")
