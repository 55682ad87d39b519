"""The pages of the documentation, and the code blocks in them.

The first word behind a fence is the language; `python` and `sh` blocks are run, in the order of the page. More words
say how:

    file=NAME     the block is written to a file of the page's folder and not run by itself
    background    the command stays up until the page ends (a server)
    fails         the command ends with an exit code other than 0
    node          the command needs Node.js with the JavaScript SDK
    output        (of a text block) what the block before it prints; `…` stands for any text
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")],
    key=lambda page: page.relative_to(ROOT).as_posix(),
)
LANGUAGES = frozenset({"python", "sh", "javascript", "text", "json", "toml", "ini", "mermaid", "nginx", "sql", "yaml"})
WAYS = frozenset({"background", "fails", "node", "output", "sqlite", "postgres", "duckdb"})

_FENCE = re.compile(r"^( *)```(.*)$")


@dataclass(frozen=True)
class Block:
    """One code block of a page. `line` is the line of its first fence."""

    page: Path
    line: int
    language: str
    ways: frozenset[str]
    file: str | None
    text: str

    @property
    def place(self) -> str:
        """Where the block stands, as editors understand it."""
        return f"{name_of(self.page)}:{self.line}"


def name_of(page: Path) -> str:
    """The page's path within the project."""
    return page.relative_to(ROOT).as_posix()


def blocks_of(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in order."""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), start=1))
    for number, line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            continue
        indent, words = fence[1], fence[2].split()
        body = []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            body.append(inner.removeprefix(indent))
        files = [word.removeprefix("file=") for word in words if word.startswith("file=")]
        yield Block(
            page=page,
            line=number,
            language=words[0] if words else "",
            ways=frozenset(word for word in words[1:] if not word.startswith("file=")),
            file=files[0] if files else None,
            text="\n".join(body) + "\n",
        )


def prose_of(page: Path) -> str:
    """The page without its code blocks."""
    prose, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            prose.append(line)
    return "\n".join(prose)
