"""What the pages tell the reader to type works."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.pages import LANGUAGES, PAGES, ROOT, WAYS, Block, blocks_of, name_of
from tests.docs.reader import SERVER, Reader
from tests.postgres import Postgres

MODULES = ROOT / "build" / "javascript" / "node_modules"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_run(block: Block) -> bool:
    return block.language in ("python", "sh")


def _needs_node(block: Block) -> bool:
    return "node" in block.ways


def _follow(page: Path, folder: Path, chosen: Callable[[Block], bool], server: str = SERVER) -> None:
    """Follow a page, without the blocks that are not chosen and what they would print."""
    reader = Reader(folder, _free_port(), server)
    followed = True
    try:
        for block in blocks_of(page):
            followed = followed if "output" in block.ways else chosen(block)
            if followed:
                reader.follow(block)
    finally:
        reader.leave()


@pytest.mark.parametrize("page", [page for page in PAGES if any(map(_is_run, blocks_of(page)))], ids=name_of)
def test_whoever_follows_the_page_arrives(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if any(block.text.startswith("curl ") for block in blocks_of(page)) and not shutil.which("curl"):
        pytest.skip("curl is not installed: apt-get install curl")
    server = SERVER
    if SERVER in page.read_text(encoding="utf-8"):
        postgres: Postgres = request.getfixturevalue("postgres")
        server = postgres.url("")
        for name in ("cosell", "copied"):
            postgres.make_database(name)
    _follow(page, tmp_path, lambda block: "node" not in block.ways, server)


@pytest.mark.parametrize("page", [page for page in PAGES if any(map(_needs_node, blocks_of(page)))], ids=name_of)
def test_whoever_follows_the_page_with_javascript_arrives(page: Path, tmp_path: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not (MODULES / "@aws-sdk/client-partnercentral-selling").exists():
        pytest.skip("the JavaScript SDK is not installed: scripts/test does it where npm is")
    (tmp_path / "node_modules").symlink_to(MODULES)
    _follow(page, tmp_path, lambda block: block.language != "python" or block.file is not None)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path) -> None:
    for block in blocks_of(page):
        assert block.language in LANGUAGES, f"{block.place}: name the language"
        assert block.ways <= WAYS, f"{block.place}: {', '.join(block.ways - WAYS)} means nothing"
