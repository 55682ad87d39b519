"""On the page of faults one lets requests go wrong, sees how often they have, and clears one or all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Page, expect

from tests.admin.conftest import ask, done
from tests.conftest import Server
from tests.console.conftest import Document, Site
from tests.console.forms import submit

FAULTS = "/console/faults"
WHOLE = {
    "error": "AccessDeniedException",
    "when": "after",
    "delay": "1ms",
    "operation": "List*",
    "account": "710000000001",
    "catalog": "Sandbox",
    "probability": "0.5",
    "times": "3",
    "seed": "7",
    "reason": "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE",
    "message": "Enrol first, please.",
}
"""Everything that a rule can say."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(cwd=tmp_path_factory.mktemp("faults"))
    yield server
    server.stop()


@pytest.fixture
def site(server: Server) -> Iterator[Site]:
    yield Site(server, {})
    done(ask(server, "DELETE", "faults"))


def there(site: Site) -> list[dict[str, Any]]:
    """The faults, as a program is told them."""
    return list(done(ask(site.server, "GET", "faults"))["faults"])


def sent(site: Site, form: dict[str, str]) -> Document:
    return submit(site, site.address(FAULTS), form)


def test_a_form_says_all_that_a_rule_can(site: Site) -> None:
    page = sent(site, WHOLE)
    (fault,) = there(site)
    numbers = {"probability": 0.5, "times": 3, "seed": 7}
    assert fault == {"fault": 1, "met": 0, "fired": 0, **WHOLE, **numbers}
    text = " ".join(page.text.split())
    assert "1: AccessDeniedException after the operation, delay 1ms" in text
    assert "710000000001 Sandbox" in text
    assert "50 % of them, seed 7, 3 times at most" in text
    assert "INCOMPATIBLE_BENEFIT_AWS_PARTNER_STATE“Enrol first, please.”" in text


def test_empty_fields_say_nothing_but_a_message_may_be_empty(site: Site) -> None:
    sent(site, {"error": "ThrottlingException", "delay": "", "when": "before", "empty_message": "yes"})
    (fault,) = there(site)
    assert fault == {"fault": 1, "error": "ThrottlingException", "message": "", "met": 0, "fired": 0}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("times", "0", "Times is a whole number from 1 on, not '0'."),
        ("seed", "x", "Seed is a whole number from 0 on, not 'x'."),
        ("probability", "2", "Probability is a number above 0, at most 1, not '2'."),
        ("probability", "often", "Probability is a number above 0, at most 1, not 'often'."),
        ("account", "12", "twelve digits"),
        ("operation", "Nonsense", "there is no operation Nonsense that declares AccessDeniedException"),
        ("reason", "NO_REASON", "NO_REASON is not a Reason"),
        ("delay", "soon", "delay"),
    ],
)
def test_a_mistake_is_reported_and_the_form_keeps_what_was_typed(site: Site, field: str, value: str, told: str) -> None:
    page = sent(site, WHOLE | {field: value})
    assert told in page.text
    assert there(site) == []
    assert "Enrol first, please." in page.source
    assert f'value="{value}"' in page.source or field == "reason"


def test_each_says_how_often_it_has_struck_and_one_is_cleared_alone(site: Site) -> None:
    sent(site, {"error": "ThrottlingException", "operation": "ListOpportunities", "times": "1"})
    sent(site, {"delay": "1ms"})
    client = site.server.client()
    with pytest.raises(ClientError):
        client.list_opportunities(Catalog="Sandbox")
    client.list_opportunities(Catalog="Sandbox")
    assert [(one["fault"], one["met"], one["fired"]) for one in there(site)] == [(1, 1, 1), (2, 1, 1)]
    page = sent(site, {"clear": "1"})
    assert [(one["fault"], one["fired"]) for one in there(site)] == [(2, 1)]
    assert "2: delay 1ms" in page.text
    assert "1: ThrottlingException" not in page.text
    assert "there is no fault 1" in sent(site, {"clear": "1"}).text
    assert "Nothing." in sent(site, {"clear": "all"}).text


def test_a_form_from_elsewhere_changes_nothing(site: Site) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert site.request("POST", site.address(FAULTS), "error=ThrottlingException", headers)[0] == 403
    assert there(site) == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_fault_is_added_and_cleared_by_clicking(
    site: Site, new_page: Callable[[int, Any], Page], width: int, scheme: str
) -> None:
    page = new_page(width, scheme)
    page.goto(site.url + site.address("/console/"))
    page.get_by_role("link", name="Faults").click()
    page.locator("select[name=error]").select_option("ConnectionDropped")
    page.locator("select[name=when]").select_option("after")
    page.get_by_label("Operations").fill("Create*")
    page.get_by_role("button", name="Add the fault").click()
    expect(page.get_by_text("1: ConnectionDropped after the operation")).to_be_visible()
    page.get_by_role("button", name="Clear fault 1").click()
    expect(page.get_by_text("Nothing.")).to_be_visible()
