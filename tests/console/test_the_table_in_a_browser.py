"""The table as people use it: they click, save, turn pages, and choose what they see."""

from playwright.sync_api import Page, expect

from tests.console.conftest import Site
from tests.console.looks import look_through

TABLE = "/console/opportunities"


def test_a_visit_to_the_table(site: Site, page: Page) -> None:
    page.goto(site.url + site.address(TABLE))
    is_wide = page.viewport_size is not None and page.viewport_size["width"] > 1000

    # A click beside the link opens the row, too.
    identifier = page.locator("a[data-row]").nth(1).inner_text()
    page.locator("tbody tr").nth(1).locator("td[data-label=Stage]").click()
    page.wait_for_url(f"**/{identifier}?*")
    page.go_back()

    # Show stays in view where the filters stand open, and Enter in a name does the same.
    if not is_wide:
        page.get_by_text("Filter and sort").click()
    show = page.get_by_role("button", name="Show", exact=True)
    show.scroll_into_view_if_needed()
    expect(show).to_be_in_viewport()
    page.get_by_label("Prospect").check()
    name = page.locator("textarea[name=companies]")
    name.press("Shift+Enter")
    assert name.input_value() == "\n"
    name.press("Enter")
    page.wait_for_url("**LifeCycleStage=Prospect**")

    # Columns are chosen, and kept while pages are turned and views saved.
    page.get_by_text("Columns", exact=True).first.click()
    page.get_by_label("Title").check()
    page.get_by_label("Created", exact=True).uncheck()
    page.get_by_role("button", name="Show columns").click()
    page.wait_for_url("**Column=Title**")
    expect(page.locator("td[data-label=Title]").first).to_be_visible()
    assert page.locator("td[data-label=Created]").count() == 0
    first = page.locator("a[data-row]").all_inner_texts()
    page.get_by_role("link", name="Next page").click()
    page.wait_for_url("**Page=2**")
    expect(page.locator("#page")).to_have_text("Page 2")
    page.keyboard.press("p")
    page.wait_for_url(lambda url: "Page=" not in url)
    assert page.locator("a[data-row]").all_inner_texts() == first
    page.get_by_label("Name of the view").fill("<b>Prospects</b>")
    page.get_by_role("button", name="Save view").click()

    # A ready view, and back to the one that was saved, also after a new start.
    page.get_by_role("link", name="Overdue").click()
    expect(page.locator(".views [aria-current]")).to_contain_text("Overdue")
    assert page.get_by_label("Filters that are set").count() == 0
    look_through(page, site.url + site.address(TABLE))
    page.get_by_role("link", name="<b>Prospects</b>").click()
    page.wait_for_url("**LifeCycleStage=Prospect**Column=Title**")
    expect(page.locator(".saved [aria-current]")).to_have_text("<b>Prospects</b>")
    page.get_by_role("button", name="Remove view <b>Prospects</b>").click()
    page.reload()
    assert page.locator(".saved li").count() == 0


def test_a_text_in_a_row_can_be_selected_without_opening_it(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address(TABLE))
    box = desk.locator("td.customer bdi").first.bounding_box()
    assert box is not None
    desk.mouse.move(box["x"] + 2, box["y"] + 8)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 60, box["y"] + 8)
    desk.mouse.up()
    assert desk.evaluate("String(getSelection())").strip()
    assert desk.url.partition("?")[0].endswith(TABLE)
    with desk.context.expect_page() as opened:
        desk.locator("td[data-label=Stage]").first.click(modifiers=["Control"])
    assert desk.locator("a[data-row]").first.inner_text() in opened.value.url
