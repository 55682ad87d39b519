"""Draws docs/images/demo.svg: a terminal in which `scripts/demo` runs.

Run it after a change of what the demo shows: `uv run python tools/write_demo_picture.py`. It is the real output; no
test holds it, since the moment of the opportunity that the demo creates is another one each time.
"""

import io
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

PICTURE: Final = Path(__file__).parent.parent / "docs" / "images" / "demo.svg"
WIDTH: Final = 132
DEMO: Final = (sys.executable, "-m", "cosell.demo", "--folder", "build/demo", "--once")


def picture() -> str:
    """The SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.assemble(("$ ", "bold green"), "scripts/demo"))
    with tempfile.TemporaryDirectory() as folder:
        console.print(Text.from_ansi(_terminal_output(DEMO, Path(folder))))
    return console.export_svg(title="cosell", unique_id="demo")


def _terminal_output(command: Sequence[str], folder: Path) -> str:
    """What a command prints to a terminal, colours included."""
    terminal, inside = os.openpty()
    environment = {**os.environ, "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(command, stdout=inside, stderr=subprocess.DEVNULL, cwd=folder, env=environment)
    os.close(inside)
    parts = []
    while part := _read(terminal):
        parts.append(part)
    os.close(terminal)
    if process.wait() != 0:
        raise SystemExit(f"{shlex.join(command)} failed")
    return b"".join(parts).decode().replace("\r\n", "\n").rstrip("\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way of saying that nobody holds the other end any more
        return b""


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")
    sys.stdout.write(f"wrote {PICTURE}\n")
