"""A reader can walk through the documentation: each link leads somewhere, and each page can be reached."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, name_of, prose_of

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CITED = re.compile(r"\bdocs/[a-z0-9_/.-]*[a-z0-9_]")
_SOURCES = [
    path
    for folder in ("src", "scripts", "tools", "bench")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix != ".pyc"
]


def _links(page: Path) -> Iterator[str]:
    for target in _LINK.findall(prose_of(page)):
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def _anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get: lower case, hyphens for spaces, other signs dropped."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(prose_of(page))}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_link_leads_somewhere(page: Path) -> None:
    for target in _links(page):
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), f"{name_of(page)} links to {target}, which does not exist"
        assert not anchor or anchor in _anchors(goal), f"{name_of(page)}: {target} has no such heading"


def test_each_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in _links(page) if ".md" in link]
    assert [name_of(page) for page in PAGES if page not in seen] == []


@pytest.mark.parametrize("folder", ["docs", "docs/decisions"])
def test_the_index_of_a_folder_names_each_of_its_pages(folder: str) -> None:
    index = ROOT / folder / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in _links(index)}
    pages = ROOT.joinpath(folder).rglob("*.md") if folder == "docs" else ROOT.joinpath(folder).glob("*.md")
    decisions = ROOT / "docs" / "decisions"
    missing = [
        name_of(page)
        for page in pages
        if page not in {*linked, index} and (folder != "docs" or page.parent != decisions)
    ]
    assert missing == []


def test_pages_that_the_code_cites_exist() -> None:
    for source in _SOURCES:
        for cited in _CITED.findall(source.read_text(encoding="utf-8", errors="ignore")):
            decision = list((ROOT / cited).parent.glob(f"{Path(cited).name}-*.md"))  # docs/decisions/0003
            assert (ROOT / cited).exists() or decision, f"{name_of(source)} cites {cited}, which does not exist"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
