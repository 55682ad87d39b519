"""What the pages tell the reader to type works."""

import socket
from pathlib import Path

import pytest

from tests.docs.pages import LANGUAGES, PAGES, WAYS, blocks_of, name_of
from tests.docs.reader import Reader

RUN = ("python", "sh")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.language in RUN for block in blocks_of(page))], ids=name_of
)
def test_whoever_follows_the_page_arrives(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path, _free_port())
    try:
        for block in blocks_of(page):
            reader.follow(block)
    finally:
        reader.leave()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path) -> None:
    for block in blocks_of(page):
        assert block.language in LANGUAGES, f"{block.place}: name the language"
        assert block.ways <= WAYS, f"{block.place}: {', '.join(block.ways - WAYS)} means nothing"
