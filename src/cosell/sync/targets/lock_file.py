"""The lock of a mirror in a file: a second file beside it, which the operating system unlocks when a process ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from cosell.errors import UserError
from cosell.sync.target import MirrorBusy

MEMORY: Final = ":memory:"
UNKNOWN: Final = "another process"
LONGEST_HOLDER: Final = 4096


def lock_of(mirror: str, holder: str) -> AbstractContextManager[None]:
    """The lock of a mirror in a file. What is in memory has nobody else. Raises as `locked` does."""
    return nullcontext() if mirror == MEMORY else locked(Path(mirror), holder)


@contextmanager
def locked(mirror: Path, holder: str) -> Iterator[None]:
    """Hold `mirror`.lock for the block. Raises MirrorBusy; UserError where there can be no such file."""
    path = lock_file(mirror)
    descriptor = _locked_descriptor(path)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode("utf-8", "replace"), 0)
        yield
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def lock_file(mirror: Path) -> Path:
    """The lock's file, the same one by whichever name the mirror is called."""
    real = mirror.resolve()
    return real.with_name(f"{real.name}.lock")


def holder_of(mirror: Path) -> str:
    """What the process that holds the mirror says of itself."""
    try:
        with lock_file(mirror).open("rb") as file:
            return file.read(LONGEST_HOLDER).decode("utf-8", "replace") or UNKNOWN
    except FileNotFoundError:
        return UNKNOWN


def _locked_descriptor(path: Path) -> int:
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise UserError(f"cannot lock {path}: {error.strerror}", "check the folder and its permissions") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = os.pread(descriptor, LONGEST_HOLDER, 0).decode("utf-8", "replace")
            os.close(descriptor)
            raise MirrorBusy(said or UNKNOWN) from None
        if _is_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # its holder has removed it since it was opened


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
