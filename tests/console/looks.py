"""What every page has to be in every look: for everybody, and no wider than its screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
"""Widths of screens, and the light that a reader prefers."""
NO_PAGES = (".svg", ".csv", ".har", ".xlsx", "/suggestions")
"""How the addresses end that give a file, or a part of a page."""
PHONE = {"width": 390, "height": 900}
SERIOUS = ("serious", "critical")
OPEN_EVERYTHING = """
for (const closed of document.querySelectorAll("details")) { closed.removeAttribute("name"); closed.open = true }
"""


BROKEN_WORDS = r"""
() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const rects = (node, at, text) => {
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    return [...range.getClientRects()].filter((rect) => rect.width > 0);
  };
  const line = innerWidth - 80;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    for (const whole of node.data.matchAll(/\S+/g)) {
      const width = rects(node, whole.index, whole[0]).reduce((sum, rect) => sum + rect.width, 0);
      if (width > line || /\p{Script=Han}/u.test(whole[0])) continue;
      for (const word of whole[0].matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
        const lines = new Set(rects(node, whole.index + word.index, word[0]).map((rect) => Math.round(rect.top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
  }
  return broken;
}
"""
"""The words that stand on two lines. What is too long for any line, such as an ARN, may break; so may Chinese."""


def look_through(page: Page, address: str) -> None:
    """Open a page and everything in it; fails where that keeps somebody out, or scrolls sideways."""
    page.goto(address)
    page.evaluate(OPEN_EVERYTHING)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {node['html'][:200]}" for one in found if one["impact"] in SERIOUS for node in one["nodes"]
    ]
    assert serious == [], address
    if page.viewport_size == PHONE:
        assert page.evaluate(BROKEN_WORDS) == [], address
    does_not_scroll(page)


def does_not_scroll(page: Page) -> None:
    """Fails where the page that is open scrolls sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"
