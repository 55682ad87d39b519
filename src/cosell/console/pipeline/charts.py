"""Charts as SVG: parts of a page that use its colours, and standalone files.

Sizes are SVG units. Colours are classes within a page; a file has no style sheet, so it names them.
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from cosell.console.pipeline.picture import Line, Picture

WIDTH: Final = 720
LINE_HEIGHT: Final = 28
LABEL_WIDTH: Final = 190
VALUE_WIDTH: Final = 110
PADDING: Final = 20
HEAD_HEIGHT: Final = 64
COLUMNS_HEIGHT: Final = 200
LONGEST_LABEL: Final = 26
"""Characters that fit beside the bars."""

INK, SOFT, BAR, GROUND = "#1a1f27", "#555e6b", "#2f62d9", "#ffffff"
_FONT: Final = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def gauge(value: int, most: int) -> str:
    """The bar of a line in a page's table: as wide as the value's part of the most."""
    width = value * 100 / most
    return (
        '<svg class="gauge" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width:.2f}" height="10"/></svg>'
    )


def column(value: int, most: int) -> str:
    """A column of a page, without words."""
    height = value * 100 / most
    return (
        '<svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="1" y="{100 - height:.2f}" width="8" height="{height:.2f}"/></svg>'
    )


def svg(picture: Picture) -> str:
    """A picture as a file."""
    draw = {"bars": _bars, "columns": _columns, "grid": _grid}[picture.kind]
    body, height = draw(picture)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-label={quoteattr(picture.title)} font-family={quoteattr(_FONT)}>'
        f'<rect width="{WIDTH}" height="{height}" fill="{GROUND}"/>'
        f"{_text(PADDING, 30, picture.title, size=18, weight=650)}"
        f"{_text(PADDING, 50, picture.note, colour=SOFT)}{body}</svg>\n"
    )


def _bars(picture: Picture) -> tuple[str, int]:
    """The first cell of a line is its bar."""
    room = WIDTH - 2 * PADDING - LABEL_WIDTH - VALUE_WIDTH
    parts = []
    for index, line in enumerate(picture.lines):
        top = HEAD_HEIGHT + index * LINE_HEIGHT
        left = PADDING + LABEL_WIDTH
        parts += [
            _text(left - 10, top + 18, _short(line.label), anchor="end"),
            _rect(left, top + 5, line.cells[0].value * room / picture.most, LINE_HEIGHT - 10),
            _text(WIDTH - PADDING, top + 18, line.cells[0].text, anchor="end"),
        ]
    return "".join(parts), HEAD_HEIGHT + len(picture.lines) * LINE_HEIGHT + PADDING


def _columns(picture: Picture) -> tuple[str, int]:
    step = (WIDTH - 2 * PADDING) / max(len(picture.lines), 1)
    parts = []
    for index, line in enumerate(picture.lines):
        height = line.cells[0].value * COLUMNS_HEIGHT / picture.most
        parts.append(_rect(PADDING + index * step + 1, HEAD_HEIGHT + COLUMNS_HEIGHT - height, step - 2, height))
    below = HEAD_HEIGHT + COLUMNS_HEIGHT + 18
    if picture.lines:
        parts += [
            _text(PADDING, below, picture.lines[0].label, colour=SOFT),
            _text(WIDTH - PADDING, below, picture.lines[-1].label, colour=SOFT, anchor="end"),
            _text(WIDTH - PADDING, 50, f"most: {picture.most:,}", colour=SOFT, anchor="end"),
        ]
    return "".join(parts), below + PADDING


def _grid(picture: Picture) -> tuple[str, int]:
    step = (WIDTH - 2 * PADDING - LABEL_WIDTH) / len(picture.headings)

    def row(top: float, label: str, texts: Sequence[str], colour: str) -> str:
        cells = (
            _text(PADDING + LABEL_WIDTH + (index + 1) * step, top, text, anchor="end", colour=colour)
            for index, text in enumerate(texts)
        )
        return _text(PADDING, top, _short(label), colour=colour) + "".join(cells)

    parts = [row(HEAD_HEIGHT + 18, picture.label, picture.headings, SOFT)]
    for index, line in enumerate(picture.lines, start=1):
        parts.append(row(HEAD_HEIGHT + 18 + index * LINE_HEIGHT, line.label, _texts(line), INK))
    return "".join(parts), HEAD_HEIGHT + (len(picture.lines) + 1) * LINE_HEIGHT + PADDING


def _texts(line: Line) -> list[str]:
    return [cell.text for cell in line.cells]


def _rect(left: float, top: float, width: float, height: float) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" fill="{BAR}"/>'


def _text(
    left: float, top: float, text: str, *, size: int = 13, weight: int = 400, colour: str = INK, anchor: str = "start"
) -> str:
    return (
        f'<text x="{left:.1f}" y="{top:.1f}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
