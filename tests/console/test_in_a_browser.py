"""The pages in a real browser: readable by everybody, on a phone and on a desk, in the light and in the dark."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

from cosell.console.pages import PAGES
from tests.console.conftest import NAMES, Site
from tests.console.looks import LOOKS, NO_PAGES, look_through


def addresses(site: Site) -> list[str]:
    """Every page that people look at, also full of hostile names, and where there is nothing."""
    shown = [page.path for page in PAGES if not page.path.endswith(NO_PAGES)]
    members = {"identifier": "O1000007", "call": site.call()}
    opened = [site.address(path.format(**members)) for path in shown]
    hostile = [site.address(f"/console/opportunities/{identifier}") for identifier in site.identifiers.values()]
    names = [("CustomerCompanyName", name) for name in NAMES.values()]
    return [
        *opened,
        *hostile[:4],
        site.address("/console/opportunities", *names),
        site.address("/console/opportunities", ("CustomerCompanyName", "Nobody")),
        site.address("/console/opportunities", account="000000000009"),
        site.address("/console/", account="000000000009"),
    ]


def test_nothing_serious_keeps_anybody_out_and_no_page_scrolls_sideways(site: Site, page: Page) -> None:
    for address in addresses(site):
        look_through(page, site.url + address)


def test_neither_does_a_page_that_says_how_far_counting_is(
    new_site: Callable[[], Site], new_page: Callable[[int, Any], Page]
) -> None:
    site = new_site()
    site.request("POST", "/_cosell/seed", '{"count": 6000}', {"Content-Type": "application/json"})
    address = "/console/pipeline"
    text = site.request("GET", address)[2]
    assert "Counting the opportunities" in text
    for width, scheme in LOOKS:
        page = new_page(width, scheme)
        page.route(f"**{address}", lambda route: route.fulfill(body=text, content_type="text/html"))
        look_through(page, site.url + address)


def test_keys_search_and_walk(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address("/console/opportunities"))
    first = desk.locator("a[data-row]").nth(0)
    second = desk.locator("a[data-row]").nth(1)
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    assert first.evaluate("row => row === document.activeElement")
    desk.keyboard.press("j")
    assert second.evaluate("row => row === document.activeElement")
    identifier = second.inner_text()
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/{identifier}?*")
    desk.keyboard.press("/")
    desk.keyboard.type("o1000003")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/O1000003?*")


def test_names_are_shown_as_text(site: Site, desk: Page) -> None:
    names = [("CustomerCompanyName", name) for name in NAMES.values()]
    desk.goto(site.url + site.address("/console/opportunities", *names))
    shown = desk.locator("td.customer bdi").all_text_contents()
    assert sorted(shown) == sorted(NAMES.values())
    for name, identifier in site.identifiers.items():
        desk.goto(site.url + site.address(f"/console/opportunities/{identifier}"))
        assert desk.locator("h1").text_content() == NAMES[name]
        assert (NAMES[name] * 500)[:500] in desk.locator("#project ~ .facts").inner_text()


def test_filters_are_set_in_the_form_and_stand_in_the_address(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address("/console/opportunities"))
    desk.get_by_label("Qualified").check()
    desk.get_by_label("Sort by").select_option("Identifier")
    desk.get_by_label("Order").select_option("ASCENDING")
    desk.get_by_role("button", name="Show").click()
    desk.wait_for_url("**LifeCycleStage=Qualified**SortBy=Identifier**")
    identifiers = desk.locator("a[data-row]").all_text_contents()
    assert identifiers == sorted(identifiers)
    assert set(desk.locator("td[data-label=Stage]").all_text_contents()) == {"Qualified"}
    desk.get_by_role("link", name="Stage Qualified").click()
    desk.wait_for_url(lambda url: "LifeCycleStage" not in url)


def test_where_nothing_matches_one_click_shows_all(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address("/console/opportunities", ("CustomerCompanyName", "Nobody")))
    assert "a customer's name has to be whole" in desk.locator(".empty").inner_text()
    desk.get_by_role("link", name="Without any filter").click()
    desk.locator("a[data-row]").first.wait_for()
    desk.go_back()
    desk.get_by_role("link", name="Search for “Nobody” as a part").click()
    desk.wait_for_url("**/console/search?*Keyword=Nobody")


def test_the_button_fills_an_empty_database(new_site: object, desk: Page) -> None:
    assert callable(new_site)
    desk.goto(new_site().url + "/console/")
    desk.get_by_role("button", name="Make 1,000 opportunities").click()
    desk.get_by_role("heading", name="Changed last").wait_for()
    assert desk.locator("tr.shown td.number").text_content() == "1,000"


def test_the_exports_can_be_copied(site: Site, desk: Page) -> None:
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(site.url + site.address("/console/"))
    desk.get_by_role("button", name="Copy").click()
    desk.get_by_role("button", name="Copied").wait_for()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"export AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING={site.url}\n")


def test_a_picture_can_be_kept_as_png(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address("/console/pipeline"))
    with desk.expect_download() as download:
        desk.locator("button[data-name='stages.png']").click()
    assert download.value.suggested_filename == "stages.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_pipeline_is_printed_without_what_only_a_screen_needs(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address("/console/pipeline"))
    assert desk.get_by_role("button", name="Print").is_visible()
    desk.emulate_media(media="print")
    assert desk.get_by_role("heading", name="Funnel by stage").is_visible()
    for hidden in ("header.bar", "footer", "button[data-print]", ".downloads >> nth=0"):
        assert not desk.locator(hidden).is_visible()


def test_pages_can_be_read_without_javascript(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(site.url + site.address("/console/opportunities"))
    page.locator("summary", has_text="Filter and sort").click()
    page.get_by_label("Committed").check()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**LifeCycleStage=Committed**")
    page.locator("a[data-row]").first.click()
    page.get_by_role("heading", name="Life cycle").wait_for()
    assert not page.locator("button.copy").first.is_visible()
    context.close()
