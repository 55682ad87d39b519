"""Where a server's rules are, and how often each has met a request: in one process, or in all its workers.

A piece of memory with one lock. It starts with words of 8 bytes: a version that changes with the rules, the length of
the rules' text, and for each rule how many requests it has met, how often it has fired, and whether it was cleared.
Then comes the text, one rule per line. It only grows, until all is cleared: so a worker that is killed while it adds a
rule leaves nothing half done.
"""

import fcntl
import mmap
import os
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

WORD: Final = 8
MOST_RULES: Final = 50
_HEAD: Final = 2 + 3 * MOST_RULES
LONGEST_RULE: Final = 2000
"""Bytes of a rule's line; `Rule` bounds each of its members."""
SIZE: Final = WORD * _HEAD + MOST_RULES * LONGEST_RULE + WORD - MOST_RULES * LONGEST_RULE % WORD


class Memory(NamedTuple):
    """`words` and `text` are two views of the same bytes; whoever writes there, or reads more than a word, locks it."""

    words: memoryview
    text: memoryview
    lock: AbstractContextManager[object]


def own_memory() -> Memory:
    """Memory of this process alone."""
    return _viewed(memoryview(bytearray(SIZE)), threading.Lock())


def shared_memory(path: Path) -> Memory:
    """Memory of all processes that name the same file. It is created if it does not exist, for its user alone."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(file, SIZE)
    return _viewed(memoryview(mmap.mmap(file, SIZE)), _FileLock(file))


def _viewed(memory: memoryview, lock: AbstractContextManager[object]) -> Memory:
    return Memory(memory.cast("Q")[:_HEAD], memory[WORD * _HEAD :], lock)


class _FileLock:
    """Locks out other threads, and other processes by the file; a killed process's lock is gone with it."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._threads = threading.Lock()

    def __enter__(self) -> None:
        self._threads.acquire()
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()
