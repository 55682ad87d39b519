"""The search box in a browser: typed into, chosen from, copied and paged, by mouse and by keys alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cosell.console.search.form import query_of
from tests.clients.wire import raw
from tests.console.conftest import Site
from tests.console.looks import LOOKS, does_not_scroll, look_through
from tests.console.search.questions import ARCHIVED, DEEPEST, QUALIFIED, QUESTIONS

expect.set_options(timeout=30_000)  # as all other waits in a browser

TABLE = "/console/opportunities"
SEARCH = "/console/search"
LONGEST_WORD = 40
"""Letters. Names may be longer than any line; and scripts without spaces break where they like."""
BROKEN_WORDS = r"""
(longest) => {
  const broken = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest("pre, option, .hidden")) continue;
    for (const word of text.data.matchAll(/[\p{Script=Latin}\p{N}]+/gu)) {
      if (word[0].length > longest) continue;
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
}
"""


def box(page: Page) -> Any:
    """The box."""
    return page.get_by_role("combobox", name="Search opportunities")


def identifiers(page: Page) -> list[str]:
    """What the table shows."""
    return page.locator("a[data-row]").all_text_contents()


def found(site: Site, question: dict[str, Any]) -> list[str]:
    """What a client gets."""
    answer = raw(site.server, "SearchOpportunities", {"Catalog": "Sandbox", **question})[1]
    return [summary["Id"] for summary in answer["OpportunitySearchSummaries"]]


def shows(page: Page, site: Site, question: dict[str, Any]) -> None:
    """Wait until the table has what a question finds."""
    expect(page.locator("a[data-row]")).to_have_text(found(site, question))


def test_what_is_typed_is_found_while_one_types_and_stands_in_the_address(site: Site, page: Page) -> None:
    page.goto(site.url + site.address(TABLE))
    listed = identifiers(page)
    page.keyboard.press("/")
    page.keyboard.type("platform")
    shows(page, site, {"Keyword": "platform"})
    page.wait_for_url("**/console/search?*Keyword=platform")
    assert box(page).evaluate("box => box === document.activeElement")
    page.reload()
    assert identifiers(page) == found(site, {"Keyword": "platform"})
    assert box(page).input_value() == "platform"
    page.go_back()
    page.wait_for_url("**/console/opportunities?*")
    expect(page.locator("a[data-row]")).to_have_text(listed)
    assert box(page).input_value() == ""
    page.go_forward()
    shows(page, site, {"Keyword": "platform"})


def test_a_suggestion_becomes_a_chip_that_can_be_removed(site: Site, page: Page) -> None:
    page.goto(site.url + site.address(TABLE))
    box(page).fill("qual")
    page.get_by_role("option", name="Stage is Qualified").click()
    page.wait_for_url("**/console/search?*Filter=*")
    assert identifiers(page) == found(site, {"Filter": QUALIFIED})
    assert box(page).input_value() == ""
    page.get_by_role("link", name="Stage is Qualified").click()
    page.wait_for_url(lambda url: "Filter" not in url)
    assert identifiers(page) == found(site, {})


def test_a_search_is_saved_under_a_name_and_run_again(site: Site, page: Page) -> None:
    question = {"Keyword": "platform", "Filter": QUALIFIED}
    page.goto(site.url + site.address(SEARCH, *query_of(question)))
    page.get_by_label("Name of the view").fill("<b>Platforms</b>")
    page.get_by_role("button", name="Save view").click()
    view = page.get_by_role("link", name="<b>Platforms</b>")
    expect(view).to_have_attribute("aria-current", "page")
    look_through(page, page.url)

    # Typing makes another query, which can be saved, too; also if it starts from the table.
    page.goto(site.url + site.address(TABLE))
    expect(page.locator(".saved li")).to_have_count(0)
    box(page).fill("cloud")
    page.wait_for_url("**/console/search?*Keyword=cloud")
    shows(page, site, {"Keyword": "cloud"})
    expect(view).not_to_have_attribute("aria-current", "page")
    page.get_by_label("Name of the view").fill("Clouds")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="Clouds")).to_have_attribute("aria-current", "page")

    view.click()
    page.wait_for_url("**/console/search?*Keyword=platform*")
    shows(page, site, question)
    page.reload()
    page.get_by_role("button", name="Remove view <b>Platforms</b>").click()
    expect(page.locator(".saved li")).to_have_text(["Clouds×"])
    page.goto(site.url + site.address(TABLE))
    expect(page.locator(".saved li")).to_have_count(0)


def test_keys_alone_are_enough(site: Site, page: Page) -> None:
    page.goto(site.url + site.address("/console/pipeline"))
    page.keyboard.press("/")
    page.keyboard.type("mon")
    expect(page.get_by_role("option").first).to_have_text("Monthly spend: …")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert box(page).input_value() == "Monthly spend: "
    page.keyboard.type("1000")
    expect(page.get_by_role("option").first).to_have_text("Monthly spend ≥ 1,000")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_have_attribute("aria-activedescendant", "suggestion-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/search?*GreaterThanOrEquals*")
    page.get_by_role("link", name="Monthly spend ≥ 1,000").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Add a condition"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Stage")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Launched")
    page.keyboard.press("Tab")
    page.keyboard.type("New: None")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("None of these", exact=True).wait_for()
    page.get_by_role("link", name="Stage is Launched").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "Launched" not in url)
    page.get_by_role("link", name="Monthly spend ≥ 1,000").wait_for()


def test_the_query_is_copied(site: Site, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site.url + site.address(TABLE))
    box(page).fill("platform")
    page.wait_for_url("**Keyword=platform")
    page.get_by_label("Copy this query as").get_by_text("AWS CLI").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "--keyword platform" in page.evaluate("navigator.clipboard.readText()")


def test_pages_follow_each_other(site: Site, page: Page) -> None:
    question = QUESTIONS["the deepest tree"]
    page.goto(site.url + site.address(SEARCH, *query_of(question)))
    first = identifiers(page)
    page.keyboard.press("n")
    page.get_by_role("link", name="First page").wait_for()
    assert not set(identifiers(page)) & set(first)
    page.get_by_role("link", name="First page").click()
    page.wait_for_url(lambda url: "NextToken" not in url)
    assert identifiers(page) == first


def test_the_order_is_chosen(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address(SEARCH, ("Keyword", "platform")))
    desk.get_by_text("Sort: Last modified, descending").click()
    desk.get_by_label("Sort by").select_option("Owner")
    desk.get_by_label("Order").select_option("ascending")
    desk.get_by_role("button", name="Show").click()
    desk.wait_for_url("**SortBy=OpportunityOwner**")
    sort = {"SortBy": "OpportunityOwner", "SortOrder": "ASCENDING"}
    assert identifiers(desk) == found(site, {"Keyword": "platform", "Sort": sort, "MaxResults": 20})


def test_while_an_answer_is_on_its_way_only_the_newest_words_wait(site: Site, desk: Page) -> None:
    desk.goto(site.url + site.address(TABLE))
    asked: list[str] = []
    held: list[Any] = []

    def hold(route: Any) -> None:
        asked.append(route.request.url)
        held.append(route)

    desk.route("**/console/search?*typing=1*", hold)
    box(desk).fill("p")
    while not held:
        desk.wait_for_timeout(10)
    for typed in ("pl", "pla", "platform"):
        with desk.expect_response(lambda answer: "/suggestions" in answer.url):
            box(desk).fill(typed)
    assert len(asked) == 1
    held[0].continue_()
    while len(held) < 2:
        desk.wait_for_timeout(10)
    held[1].continue_()
    shows(desk, site, {"Keyword": "platform"})
    assert [re.search(r"q=(\w+)", url)[1] for url in asked] == ["p", "platform"]  # type: ignore[index]


def test_an_answer_that_does_not_come_changes_nothing(site: Site, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(site.url + site.address(TABLE))
    listed = identifiers(page)
    page.route("**/console/search**", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "typing=1" in request.url):
        box(page).fill("nothing")
    assert identifiers(page) == listed
    page.unroute("**/console/search**")
    box(page).fill("platform")
    shows(page, site, {"Keyword": "platform"})
    page.close()


def test_it_works_without_javascript(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(site.url + site.address(TABLE))
    box(page).fill("platform")
    box(page).press("Enter")
    page.wait_for_url("**/console/search?*Keyword=platform")
    assert identifiers(page) == found(site, {"Keyword": "platform"})
    page.get_by_text("Add a condition").click()
    page.get_by_label("Field").select_option("Stage")
    page.get_by_label("Value").fill("Qualified")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Stage is Qualified").wait_for()
    assert identifiers(page) == found(site, {"Keyword": "platform", "Filter": QUALIFIED})
    context.close()


ADDRESSES = {
    "words": [("Keyword", "platform")],
    "a tree": query_of({"Filter": DEEPEST}),
    "no match": query_of({"Keyword": "grey heron", "Filter": {"AndAllFilters": [QUALIFIED, {"NotFilter": ARCHIVED}]}}),
}


@pytest.mark.parametrize("query", ADDRESSES.values(), ids=ADDRESSES)
def test_every_state_is_for_everybody_and_no_word_is_broken(
    site: Site, new_page: Callable[[int, Any], Page], query: list[tuple[str, str]]
) -> None:
    for width, scheme in LOOKS:
        page = new_page(width, scheme)
        look_through(page, site.url + site.address(SEARCH, *query))
        assert page.evaluate(BROKEN_WORDS, LONGEST_WORD) == []


def test_neither_is_one_among_suggestions(site: Site, page: Page) -> None:
    for path in ("/console/pipeline", TABLE):
        look_through(page, site.url + site.address(path))
        box(page).fill("qual")
        page.get_by_role("option", name="Stage is Qualified").wait_for()
        does_not_scroll(page)
        assert page.locator("[role=listbox]").evaluate("list => list.scrollWidth <= list.clientWidth")
