"""A served pipeline with hostile names in it, and a browser that looks at it."""

import http.client
import json
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, Dialog, Page

from cosell.context import Scope
from cosell.datasets.seed import seed
from cosell.engine import Engine
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, OTHER_ACCOUNT, Server
from tests.console.looks import LOOKS
from tests.store.caller import Caller

CHROMIUM = Path("/usr/bin/chromium")
COUNT = 240
NAMES = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;",
    "right-to-left": "\u202eشركة الفجر للتجارة\u202c (עברית)",
    "four bytes": "𝔘𐐀😀 𠮷野家",
    "longest": "W" * 120,
    "template": "{{ 7 * 7 }} {% raw %} ${x}",
    "formula": "=HYPERLINK(1)",
}
"""Companies whose names must be shown as they are."""
SPEND = {
    "Amount": "1234.5",
    "CurrencyCode": "GBP",
    "Frequency": "Monthly",
    "TargetCompany": "AWS",
    "EstimationUrl": f"https://calculator.aws/#/estimate?id={'0123456789' * 4}",
}


class Document(HTMLParser):
    """What a test reads from a page: its text, its links, and the opportunities in its table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self._inside.append(attributes.get("id", ""))
        if tag in ("input", "link", "meta", "br", "img"):
            self._inside.pop()

    def handle_endtag(self, _: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        for identifier in {*self._inside, ""}:
            self.texts[identifier] = self.texts.get(identifier, "") + data

    @property
    def text(self) -> str:
        """All text of the page."""
        return self.texts.get("", "")

    def with_attribute(self, name: str) -> list[dict[str, str]]:
        """The attributes of the elements that have this one."""
        return [attributes for _, attributes in self.tags if name in attributes]

    @property
    def identifiers(self) -> list[str]:
        """The opportunities of the table, in its order."""
        return [one["href"].partition("?")[0].rpartition("/")[2] for one in self.with_attribute("data-row")]


class Site:
    """The console of a server, for the account that has the pipeline unless another is named."""

    def __init__(
        self, server: Server, identifiers: dict[str, str], folder: Path = Path(), account: str = ACCOUNT
    ) -> None:
        self.server = server
        self.folder = folder  # of the server
        self.account = account
        self.url = server.url
        self.identifiers = identifiers  # of NAMES

    def address(self, path: str, *query: tuple[str, str], account: str = "") -> str:
        """A page's address within the site."""
        return f"{path}?{urlencode([('account', account or self.account), ('catalog', 'Sandbox'), *query])}"

    def request(
        self, method: str, address: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, address, body or None, headers or {})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return response.status, named, response.read().decode(errors="replace")
        finally:
            connection.close()

    def call(self) -> str:
        """The id of a call that was refused for more than one reason, with a hostile name in it."""
        raw(self.server, "ListOpportunities", {"CustomerCompanyName": [NAMES["markup"]], "MaxResults": 0})
        return str(json.loads(self.request("GET", "/_cosell/requests?limit=1")[2])["requests"][0]["id"])

    def page(self, path: str, *query: tuple[str, str], status: int = 200) -> Document:
        """A page of the account, read."""
        got, _, text = self.request("GET", self.address(path, *query))
        assert got == status, text
        return Document(text)


def _texts(company: str) -> dict[str, Any]:
    """The name wherever else a text may stand, 500 characters long where that is possible."""
    long = (company * 500)[:500]
    return {
        "Project": {
            "Title": company,
            "CustomerBusinessProblem": long,
            "AdditionalComments": long[:255],
            "ExpectedCustomerSpend": [SPEND],
        },
        "LifeCycle": {"NextSteps": long[:255]},
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A console over a seeded pipeline and NAMES. Tests only read it."""
    folder = tmp_path_factory.mktemp("console")
    engine = Engine.open(str(folder / "cosell.db"))
    scope = Scope(ACCOUNT, "Sandbox")
    seed(engine.store, scope, count=COUNT, seed=7, now_ms=engine.clock(), advance=lambda _: None)
    caller = Caller(engine)
    identifiers = {
        name: str(caller.create(name, Customer={"Account": {"CompanyName": company}}, **_texts(company))["Id"])
        for name, company in NAMES.items()
    }
    Caller(engine, OTHER_ACCOUNT).create("other")
    engine.close()
    server = Server(cwd=folder)
    yield Site(server, identifiers, folder)
    server.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's chromium, as pytest-playwright starts it."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed: apt-get install chromium")
    if subprocess.run([*compute_driver_executable(), "--version"], capture_output=True, check=False).returncode:
        pytest.skip("the browser's driver does not start: apt-get install libatomic1")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    return {"executable_path": str(CHROMIUM), "headless": True, "args": arguments}


@pytest.fixture
def new_site(serve: Callable[..., Server], tmp_path: Path) -> Callable[[], Site]:
    """Starts consoles over databases of their own, which are empty."""
    return lambda: Site(serve(), {}, tmp_path)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[int, Any], Page]]:
    """Opens pages on screens of a width, for readers who prefer a light; no script may fail on any."""
    contexts, complaints = [], []

    def dismiss(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    def opened(width: int, scheme: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("dialog", dismiss)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look}")
def page(request: pytest.FixtureRequest, new_page: Callable[[int, Any], Page]) -> Page:
    """A page in each look."""
    return new_page(*request.param)


@pytest.fixture
def desk(new_page: Callable[[int, Any], Page]) -> Page:
    """A page on a wide screen."""
    return new_page(1440, "light")
