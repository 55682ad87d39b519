"""A folder for what a process keeps outside of its database. It is removed with the process, however that ends.

Its owner holds a lock on it, which the kernel releases when the owner ends. So a folder whose lock is free belonged to
a process that was killed, and the next one removes it. Process IDs are not used, because another process may have the
number by then. Cleaners of temporary files, such as systemd's, leave locked folders alone.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "cosell-"
LOCKED: Final = "locked"
"""A file that exists once the folder is locked, so that a folder in creation is not taken for an abandoned one."""


class OwnFolder:
    """A new folder that only this user may enter, among the temporary files. `cleanup` removes it.

    Those that killed processes have left there are removed first.
    """

    def __init__(self) -> None:
        _remove_abandoned(Path(tempfile.gettempdir()))
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX)
        self.name = self._folder.name
        self._lock = os.open(self.name, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        Path(self.name, LOCKED).touch()

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, *_: object) -> None:
        self.cleanup()

    def cleanup(self) -> None:
        """Remove the folder with all that is in it."""
        self._folder.cleanup()
        os.close(self._lock)


def _remove_abandoned(where: Path) -> None:
    for path in where.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is somebody else's, no folder, or gone meanwhile
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if _is_abandoned(path, lock):
                    shutil.rmtree(path)
            finally:
                os.close(lock)


def _is_abandoned(path: Path, lock: int) -> bool:
    """Whether a folder is one of this user's processes that has ended. Raises OSError if its owner lives."""
    if os.fstat(lock).st_uid != os.geteuid() or not Path(path, LOCKED).is_file():
        return False
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True
