"""Checksums of kept files, each in a file of its own beside it, in the form that `sha256sum --check` reads."""

import hashlib
from pathlib import Path

from cosell.whole_file import put_in_place, whole_file


def put_with_checksum(partial: Path, file: Path) -> None:
    """Give a written file its name, and a checksum. Raises OSError.

    If that is interrupted at any time, the named file agrees with one of its checksums: for a while both are noted.
    """
    line = f"{_digest(partial)}  {file.name}\n"
    _note(file, _noted(file) + line)
    put_in_place(partial, file)
    _note(file, line)


def remove_with_checksum(file: Path) -> None:
    """Remove a file and its checksum. Raises OSError."""
    file.unlink()
    _place(file).unlink(missing_ok=True)


def mistake_in(file: Path) -> str | None:
    """Why a file is not what was kept, for people; None if it is. Raises OSError."""
    noted = [line.split()[0] for line in _noted(file).splitlines() if line]
    if not noted:
        return "has no checksum: an older cosell has made it, or somebody has put it there"
    if _digest(file) not in noted:
        return "is not as it was made: it was truncated, changed, or replaced"
    return None


def _place(file: Path) -> Path:
    return file.with_suffix(".sha256")


def _noted(file: Path) -> str:
    place = _place(file)
    return place.read_text(encoding="ascii", errors="replace") if place.exists() else ""


def _note(file: Path, lines: str) -> None:
    with whole_file(_place(file)) as noted:
        noted.write(lines.encode())


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
