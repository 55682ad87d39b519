"""The console answers browsers at this machine, and no page of a stranger; only its own forms change anything."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from cosell.console.pages import PAGES
from tests.conftest import ACCOUNT
from tests.console.conftest import Document, Site

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def addresses(site: Site) -> list[str]:
    """One address for each page of the table."""
    members = {"identifier": site.identifiers["markup"], "picture": "stages", "call": site.call()}
    return [site.address(page.path.format(**members)) for page in PAGES]


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:80", "127.0.0.1.attacker.example"])
def test_a_name_of_a_stranger_is_refused_that_was_made_to_mean_this_machine(site: Site, host: str) -> None:
    status, _, text = site.request("GET", "/console/", headers={"Host": host})
    assert status == 403
    assert "Host" in text


def test_a_form_from_another_origin_is_refused(site: Site) -> None:
    status, _, _ = site.request("POST", "/console/", "csrf=1", {**FORM, "Origin": "http://attacker.example"})
    assert status == 403


def test_a_form_without_the_token_of_its_browser_changes_nothing(new_site: Callable[[], Site]) -> None:
    site = new_site()
    home = site.address("/console/")
    _, headers, text = site.request("GET", home)
    token = next(one["value"] for one in Document(text).with_attribute("name") if one["name"] == "csrf")
    cookie = headers["set-cookie"].partition(";")[0]
    for body, given in [("", cookie), (f"csrf={token}", ""), (f"csrf={token}", cookie + "x"), ("csrf=x", cookie)]:
        status, _, text = site.request("POST", home, body, {**FORM, "Cookie": given})
        assert status == 403
        assert "Reload the page" in text
    assert "No opportunities yet" in site.page("/console/").text
    status, _, _ = site.request("POST", home, f"csrf={token}", {**FORM, "Cookie": cookie})
    assert status == 303
    status, _, text = site.request("POST", home, f"csrf={token}", {**FORM, "Cookie": cookie})
    assert status == 409
    assert "There are opportunities already." in text


def test_the_cookie_stays_with_this_site_and_away_from_scripts(new_site: Callable[[], Site]) -> None:
    _, headers, _ = new_site().request("GET", "/console/")
    assert headers["set-cookie"].partition("; ")[2] == "Path=/console; HttpOnly; SameSite=Strict"


def test_every_page_forbids_what_is_not_its_own(site: Site) -> None:
    for address in addresses(site):
        status, headers, _ = site.request("GET", address)
        assert status in (200, 303), address
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_no_page_has_script_or_style_of_its_own_or_asks_another_host(site: Site) -> None:
    for address in addresses(site):
        _, headers, text = site.request("GET", address)
        if not headers.get("content-type", "").startswith("text/html"):
            continue
        for tag, attributes in Document(text).tags:
            assert "style" not in attributes, address
            assert not [name for name in attributes if name.startswith("on")], address
            assert tag not in ("style", "iframe", "object"), address
            assert tag != "script" or attributes["src"].startswith("/console/static/"), address
            for name in ("src", "href", "action"):
                assert not re.match(r"(?i)\s*([a-z][a-z0-9+.-]*:|//)", attributes.get(name, "")), address


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_without_a_form_take_no_changes(site: Site, method: str) -> None:
    status, _, _ = site.request(method, site.address("/console/opportunities"), "a=b", FORM)
    assert status == 405


def test_a_form_beyond_all_measure_is_refused(site: Site) -> None:
    status, _, _ = site.request("POST", site.address("/console/"), "a=" + "b" * 2_000_000, FORM)
    assert status == 413


def test_what_does_not_exist_says_what_to_do(site: Site) -> None:
    for address in ("/console/nothing", "/console/static/0/nothing.js", site.address("/console/opportunities/O9")):
        status, _, text = site.request("GET", address)
        assert status == 404
        assert "To the first page" in text


@pytest.mark.parametrize("query", [{"account": "1"}, {"account": "x" * 12}, {"catalog": "Sandboxes"}])
def test_an_account_or_catalog_that_cannot_be_is_refused(site: Site, query: dict[str, str]) -> None:
    status, _, text = site.request("GET", f"/console/opportunities?{urlencode(query)}")
    assert status == 400
    assert "Choose an account" in text


def test_a_browser_at_the_bare_address_is_sent_to_the_console(site: Site) -> None:
    status, headers, _ = site.request("GET", "/", headers={"Accept": "text/html,*/*"})
    assert (status, headers["location"]) == (302, "/console/")
    status, _, _ = site.request("GET", "/console")
    assert status == 308
    status, _, _ = site.request("GET", "/", headers={"Accept": "*/*"})
    assert status == 404


def test_accounts_are_chosen_among_those_of_the_database(site: Site) -> None:
    home = Document(site.request("GET", "/console/")[2])
    assert f"account={ACCOUNT}" in home.source
    assert "444455556666" in home.text
