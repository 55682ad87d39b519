"""Files that get their name only when they are complete, so that what had the name before stays until then."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

NEW_FILE_MODE: Final = 0o666
"""Less what the process's umask takes away."""
_OF_THE_SYSTEM: Final = (("/", "dev"), ("/", "proc"))


class WholeFile:
    """A file that is being written. At the end it stands at `target`; None for what is written at once."""

    def __init__(self, file: IO[bytes], target: Path | None) -> None:
        self.write = file.write
        self.target = target


@contextmanager
def whole_file(path: Path) -> Iterator[WholeFile]:
    """A file that replaces `path` at the end of the block, durably, unless the block raises.

    Its permissions stay as they were; for a link, its target is replaced. A terminal, a pipe or a device is written
    directly: it has nothing to be kept. Raises OSError.
    """
    if _is_stream(path):
        with path.open("ab") as stream:  # /dev/fd/3 may be a file that has something already
            yield WholeFile(stream, None)
        return
    target = path.resolve()
    partial = target.with_name(f".cosell-{secrets.token_hex(8)}.partial")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE), "wb") as file:  # noqa: PTH123
            if target.exists():
                _take_over(file, target)
            whole = WholeFile(file, target)
            yield whole
        assert whole.target is not None
        put_in_place(partial, whole.target)
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(partial: Path, target: Path) -> None:
    """Give a written file the name `target`, so that after a power cut there is the old one or the new one, whole."""
    _sync(partial)
    partial.replace(target)
    _sync(target.parent)


def _is_stream(path: Path) -> bool:
    """Whether a path names something that takes what is written, and keeps nothing to be replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or path.parts[:2] in _OF_THE_SYSTEM


def _take_over(file: IO[bytes], target: Path) -> None:
    status = target.stat()
    with suppress(PermissionError):  # another's file, which only root can give back to its owner
        os.fchown(file.fileno(), status.st_uid, status.st_gid)
    os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
