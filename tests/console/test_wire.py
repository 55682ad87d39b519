"""On the wire one sees what clients have really sent, why it was refused, and sends it again."""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Page, expect

from cosell.console.wire.page import duration, size
from tests.admin.conftest import ask
from tests.clients.wire import raw
from tests.conftest import ACCOUNT, Server
from tests.console.conftest import NAMES, Document, Site
from tests.console.forms import submit

WIRE = "/console/wire"
SECRET = NAMES["markup"]
LOOKS: list[Any] = [
    {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"},
    {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
]
ACCOUNTS = itertools.count(710_000_000_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(cwd=tmp_path_factory.mktemp("wire"))
    yield server
    server.stop()


@pytest.fixture
def site(server: Server) -> Site:
    """The wire of a server that an account of the test's own calls."""
    return Site(server, {}, account=f"{next(ACCOUNTS):012d}")


def create(site: Site, company: str = SECRET) -> str:
    """An opportunity that the account's client makes: its identifier."""
    return site.server.client(site.account).create_opportunity(
        Catalog="Sandbox", ClientToken=f"of {site.account}", Customer={"Account": {"CompanyName": company}}
    )["Id"]


def newest(site: Site) -> str:
    """The address of the call that was answered last."""
    page = site.page(WIRE)
    return page.with_attribute("data-row")[0]["href"]


def opened(site: Site, address: str) -> Document:
    status, _, text = site.request("GET", address)
    assert status == 200, text
    return Document(text)


def test_where_nobody_has_called_the_next_command_is_suggested(new_site: Callable[[], Site]) -> None:
    silent = new_site()
    assert f"cosell list --url {silent.url}" in silent.page(WIRE).text
    silent.server.client().list_opportunities(Catalog="Sandbox")
    assert "No such call" in silent.page(WIRE, ("status", "refused")).text


def test_a_call_is_listed_with_its_account_its_status_and_its_sizes(site: Site) -> None:
    create(site)
    page = site.page(WIRE)
    assert "CreateOpportunity" in page.text
    assert site.account in page.text
    assert SECRET not in page.text


def test_what_is_sensitive_is_masked_until_it_is_asked_for(site: Site) -> None:
    create(site)
    address = newest(site)
    masked = opened(site, address)
    assert SECRET not in masked.source + masked.text
    assert '"CompanyName": "***"' in masked.texts["request-json"]
    assert '"CompanyName": "***"' in masked.texts["way-1"] or "'***'" in masked.texts["way-1"]
    unmasked = submit(site, address, {"do": "unmask"})
    assert "<script>alert(1)" in unmasked.texts["request-json"]
    assert "<script>" not in unmasked.source
    assert "'***'" not in unmasked.texts["way-1"]
    assert SECRET not in opened(site, address).text


def test_every_validation_error_is_spelled_out(site: Site) -> None:
    raw(site.server, "ListOpportunities", {"Catalog": "Sandbox", "MaxResults": 0, "LifeCycleStage": ["Won"]})
    listed = site.page(WIRE, ("status", "refused"))
    assert "MaxResults VALUE_OUT_OF_RANGE" in listed.text
    page = opened(site, newest(site))
    assert "ValidationException" in page.text
    assert "VALUE_OUT_OF_RANGE" in page.text
    assert "INVALID_ENUM_VALUE" in page.text
    assert "INVALID_ENUM_VALUE" in page.texts["response-json"]


def test_calls_that_went_well_are_left_out_where_one_looks_for_refused_ones(site: Site) -> None:
    create(site)
    assert rows(site, ("caller", site.account), ("status", "refused")) == []
    assert len(rows(site, ("caller", site.account), ("status", "200"))) == 1


def rows(site: Site, *filters: tuple[str, str]) -> list[str]:
    """The addresses of the calls that are shown."""
    return [one["href"] for one in site.page(WIRE, *filters).with_attribute("data-row")]


def test_filters_stand_in_the_address(site: Site) -> None:
    create(site)
    mine = ("caller", site.account)
    assert rows(site, mine, ("operation", "CreateOpportunity")) == rows(site, mine)
    assert rows(site, mine, ("operation", "ListOpportunities")) == []
    assert rows(site, mine, ("text", f"of {site.account}")) == rows(site, mine)  # its ClientToken
    assert rows(site, mine, ("text", "Secret Sauce")) == []
    assert rows(site, mine, ("status", "none")) == []
    assert "No such call" in site.page(WIRE, mine, ("status", "500")).text


def test_attempts_of_one_call_are_one_line(site: Site) -> None:
    fault = {"error": "ServiceUnavailableException", "times": 1, "account": ACCOUNT}
    assert ask(site.server, "POST", "faults", fault)[0] == 200
    invocation = f"of-{site.account}"
    for number in (1, 2):
        headers = {"amz-sdk-invocation-id": invocation, "amz-sdk-request": f"attempt={number}; max=3"}
        raw(site.server, "ListOpportunities", {"Catalog": "Sandbox"}, more_headers=headers)
    assert len(rows(site, ("text", invocation))) == 1
    assert "2 attempts: 503 200" in " ".join(site.page(WIRE, ("text", invocation)).text.split())
    (refused,) = rows(site, ("text", invocation), ("status", "503"))
    page = opened(site, refused)
    assert "Attempts of this call: 1: 503 ServiceUnavailableException, 2: 200" in " ".join(page.text.split())
    assert "amz-sdk-request: attempt=1; max=3" in page.texts["request-head"]
    assert page.texts["response-head"].startswith("HTTP/1.1 503\n")


def test_calls_are_found_and_saved_as_an_archive_by_clicking(site: Site, new_page: Callable[[int, Any], Page]) -> None:
    create(site)
    for width in (1440, 390):
        page = new_page(width, "dark")
        page.goto(site.url + site.address(WIRE))
        page.get_by_role("textbox", name="Account").fill(site.account)
        page.get_by_label("Operation").select_option("CreateOpportunity")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url(f"**operation=CreateOpportunity&caller={site.account}**")
        saved = [downloaded(page, "Save these as HAR")]
        page.locator("a[data-row]").click()
        saved.append(downloaded(page, "Save as HAR"))
        for archive in saved:
            (entry,) = json.loads(archive)["log"]["entries"]
            assert json.loads(entry["request"]["postData"]["text"])["Customer"]["Account"]["CompanyName"] == "***"


def downloaded(page: Page, link: str) -> bytes:
    """What a link gives to be kept."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return download.value.path().read_bytes()


def test_a_call_is_sent_again_for_the_same_account(site: Site) -> None:
    identifier = create(site)
    again = submit(site, newest(site), {"do": "replay"})
    assert "Sent again" in again.text
    assert identifier in again.texts["response-json"]  # its ClientToken is remembered
    assert site.account in again.text
    listed = site.server.client(site.account).list_opportunities(Catalog="Sandbox")
    assert [one["Id"] for one in listed["OpportunitySummaries"]] == [identifier]


def test_a_call_with_long_faults_fits_on_a_phone(new_site: Callable[[], Site], browser: Browser) -> None:
    site = new_site()
    for delay in ("1ms", "0.001s0.001s1ms"):
        fault = {"delay": delay, "account": site.account}
        assert ask(site.server, "POST", "faults", fault)[0] == 200
    fault |= {"error": "ServiceUnavailableException", "when": "after"}
    assert ask(site.server, "POST", "faults", fault)[0] == 200
    with pytest.raises(ClientError):
        create(site)
    for look in LOOKS:
        context = browser.new_context(**look)
        page = context.new_page()
        for address in (site.address(WIRE), newest(site)):
            page.goto(site.url + address)
            expect(page.get_by_text("ServiceUnavailableException after the operation")).to_be_visible()
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()


def test_a_call_is_saved_as_a_test_alone_or_with_the_accounts_last_ones(site: Site) -> None:
    company = "Zqxj Sauce"
    site.server.client(site.account).list_opportunities(Catalog="Sandbox")
    create(site, company)
    address = newest(site)
    form = {"do": "save", "of": site.account}
    alone = submit(site, address, form).source
    assert alone.startswith('"""CreateOpportunity: ')
    assert company not in alone
    last = submit(site, address, {**form, "do": "save-last"}).source
    assert last.startswith('"""ListOpportunities and CreateOpportunity: ')
    assert company in submit(site, address, {**form, "reveal": "yes"}).source
    unmasked = submit(site, address, {"do": "unmask"})
    assert {"type": "hidden", "name": "reveal", "value": "yes"} in unmasked.with_attribute("value")
    assert "Save it as a test, unmasked" in unmasked.text
    for saved in (alone, last):
        compile(saved, "test_saved_calls.py", "exec")


def test_a_saved_test_is_kept_as_a_file(site: Site, new_page: Callable[[int, Any], Page]) -> None:
    create(site)
    page = new_page(1440, "light")
    page.goto(site.url + newest(site))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save it as a test").click()
    assert download.value.suggested_filename == "test_saved_calls.py"
    assert "def test_create_opportunity_is_answered_as_before(client):" in download.value.path().read_text()


def test_any_worker_shows_and_sends_again_what_another_has_answered(serve: Callable[..., Server]) -> None:
    site = Site(serve("--workers", "2", "--db", "pipeline.db"), {})
    identifiers = {
        site.server.client(site.account).create_opportunity(Catalog="Sandbox", ClientToken=str(n))["Id"]
        for n in range(20)
    }
    addresses = [line["href"] for line in site.page(WIRE).with_attribute("data-row")]
    assert len({address.partition("-")[0] for address in addresses}) == 2  # each call names its worker
    for address in addresses:
        assert json.loads(opened(site, address).texts["response-json"])["Id"] in identifiers
        assert json.loads(submit(site, address, {"do": "unmask"}).texts["response-json"])["Id"] in identifiers
    again = submit(site, addresses[0], {"do": "replay"})
    assert json.loads(again.texts["response-json"])["Id"] in identifiers


def test_what_names_no_operation_is_reported_but_cannot_be_sent_again(site: Site) -> None:
    raw(site.server, "Nonsense", {})
    address = newest(site)
    page = opened(site, address)
    assert "UnknownOperationException" in page.text
    assert "Send it again" not in page.text
    assert "cannot be sent again" in submit(site, address, {"do": "replay"}).text


def test_a_call_that_is_gone_is_explained(site: Site) -> None:
    assert "No worker has such a call any more" in site.page(f"{WIRE}/1-1", status=404).text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_345_678, "2,345.7 kB")])
def test_sizes_are_said_as_people_do(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(("milliseconds", "text"), [(0.44, "0.4 ms"), (12.4, "12 ms"), (1234.0, "1.2 s")])
def test_times_are_said_as_people_do(milliseconds: float, text: str) -> None:
    assert duration(milliseconds) == text


def test_a_call_appears_while_one_looks(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url + site.address(WIRE))
    create(site)
    expect(page.get_by_role("cell", name=site.account)).to_be_visible()
    context.close()
