"""What every page has to be in every look: for everybody, and no wider than its screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
"""Widths of screens, and the light that a reader prefers."""
NO_PAGES = (".svg", ".csv", ".xlsx", "/suggestions")
"""How the addresses end that give a file, or a part of a page."""
SERIOUS = ("serious", "critical")
OPEN_EVERYTHING = """
for (const closed of document.querySelectorAll("details")) { closed.removeAttribute("name"); closed.open = true }
"""


def look_through(page: Page, address: str) -> None:
    """Open a page and everything in it; fails where that keeps somebody out, or scrolls sideways."""
    page.goto(address)
    page.evaluate(OPEN_EVERYTHING)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {node['html'][:200]}" for one in found if one["impact"] in SERIOUS for node in one["nodes"]
    ]
    assert serious == [], address
    does_not_scroll(page)


def does_not_scroll(page: Page) -> None:
    """Fails where the page that is open scrolls sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"
