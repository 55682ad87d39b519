"""Disks that are full, and databases that are gone, for a while."""

import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, Self

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.conftest import Server
from tests.serve.conftest import get

SIZE = "64m"
FROZEN = ("pipeline.db", "pipeline.db-wal")
"""Not the log's index: that is written through memory, and the system ends whoever writes a frozen file so."""


class Disk(Protocol):
    """Where a server has its database."""

    folder: Path

    def fill(self, server: Server) -> None:
        """Leave no room for anything that the server writes into its database."""

    def empty(self, server: Server) -> None:
        """Give the room back."""


class SmallDisk:
    """A file system in memory that a file fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, _: Server | None = None) -> None:
        """See `Disk`."""
        with self._filler.open("wb", buffering=0) as filler:
            for size in (1 << 16, 1 << 12):  # the last page of a disk is as good as the first
                with suppress(OSError):
                    while filler.write(bytes(size)):
                        pass

    def empty(self, _: Server | None = None) -> None:
        """See `Disk`."""
        self._filler.unlink()

    def remount(self, option: str) -> None:
        """Have the file system with another option, such as `ro`."""
        subprocess.run(["mount", "-o", f"remount,{option}", self.folder], check=True)


class FailingDisk:
    """A file system of 64 MiB, mounted at `folder`, on a disk that can fail."""

    def __init__(self, folder: Path, disk: Path) -> None:
        self.folder = folder
        self._disk = disk

    def mount(self) -> None:
        """Have the folder."""
        mount("-t", "ext4", "-o", "loop,errors=remount-ro", str(self._disk), str(self.folder))

    def fail(self) -> None:
        """Let the system find an error, whereupon nothing is written to it any more.

        Nobody should be writing: Linux tells some of those whose `fdatasync` is under way that it has succeeded.
        """
        device = self.folder.stat().st_dev
        name = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}").resolve().name
        Path(f"/sys/fs/ext4/{name}/trigger_fs_error").write_text("1")

    def replace(self) -> None:
        """Mount it anew, in working order. Nobody may have any of its files."""
        subprocess.run(["umount", self.folder], check=True)
        assert subprocess.run(["e2fsck", "-fy", self._disk], capture_output=True, check=False).returncode <= 1
        self.mount()

    def freeze(self) -> None:
        """Let nobody write a database, not even who has it open."""
        self._let("+i")

    def thaw(self) -> None:
        """Let it be written again."""
        self._let("-i")

    def _let(self, attribute: str) -> None:
        subprocess.run(["chattr", attribute, *(self.folder / name for name in FROZEN)], check=True)


class Limited:
    """A folder in which no file of the server may grow: what a quota does, and nobody has to be root for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: Server) -> None:
        """See `Disk`."""
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        log = next(self.folder.glob("*-wal")).stat().st_size
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (log, hard))

    def empty(self, server: Server) -> None:
        """See `Disk`."""
        _, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (hard, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A file system of 64 MiB. Only root may make one, and in many containers nobody."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("only Linux makes a file system in memory")
    folder = tmp_path / "small"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={SIZE}", "cosell-test", str(folder))
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[FailingDisk]:
    """A disk that can fail. Only root may have one, and in many containers nobody."""
    if sys.platform != "linux" or not all(map(shutil.which, ("mount", "mkfs.ext4", "e2fsck", "chattr"))):
        pytest.skip("only Linux with e2fsprogs makes a file system in a file")
    folder, disk = tmp_path / "failing", tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mkfs.ext4", "-q", disk, SIZE], check=True)
    made = FailingDisk(folder, disk)
    made.mount()
    yield made
    subprocess.run(["umount", "--lazy", folder], check=True)


def mount(*arguments: str) -> None:
    """Mount a file system. Skips the test where this user may not."""
    made = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"this user may make no file system: {made.stderr.strip()}")


@pytest.fixture(params=["a full file system", "a limit for files"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    """A disk that can be full for a while."""
    if request.param == "a full file system":
        found: Disk = request.getfixturevalue("small_disk")
        return found
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux limits another process")
    (tmp_path / "limited").mkdir()
    return Limited(tmp_path / "limited")


class Clients:
    """Clients that create on and on, as an SDK that tries again. `acknowledged`: the identifier for each token."""

    def __init__(self, server: Server, count: int = 3) -> None:
        self.acknowledged: dict[str, str] = {}
        self.refusals: list[str] = []
        self._server = server
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._calling = 0
        self._are_quiet = False
        self._threads = [threading.Thread(target=self._create, args=(str(number),)) for number in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _create(self, name: str) -> None:
        client: Any = self._server.client()
        number = 0
        while not self._stopping.is_set():
            token = f"{name}-{number}"
            try:
                with self._call():
                    created = client.create_opportunity(Catalog="Sandbox", ClientToken=token)["Id"]
            except (ClientError, BotoCoreError) as error:
                with self._changed:
                    self.refusals.append(str(error))
                    self._changed.notify_all()
                self._stopping.wait(0.02)  # and again, with the same token
            else:
                with self._changed:
                    self.acknowledged[token] = created
                    self._changed.notify_all()
                number += 1

    @contextmanager
    def _call(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._are_quiet)
            self._calling += 1
        try:
            yield
        finally:
            with self._changed:
                self._calling -= 1
                self._changed.notify_all()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nobody waits for an answer within the block."""
        with self._changed:
            self._are_quiet = True
            assert self._changed.wait_for(lambda: not self._calling, timeout=120)
        yield
        with self._changed:
            self._are_quiet = False
            self._changed.notify_all()

    def until(self, reached: Callable[[], bool]) -> None:
        """Wait for something that the clients bring about."""
        with self._changed:
            assert self._changed.wait_for(reached, timeout=120)

    def until_more(self, count: int) -> None:
        """Wait until so many more creations were acknowledged."""
        wanted = len(self.acknowledged) + count
        self.until(lambda: len(self.acknowledged) >= wanted)

    def until_refused(self) -> str:
        """Wait until a creation is refused from now on: what it was told."""
        known = len(self.refusals)
        self.until(lambda: len(self.refusals) > known)
        return self.refusals[-1]


def until_ready(server: Server) -> None:
    """Wait until a server says that it is ready."""
    while get(server, "/readyz")[0] != 200:
        pass


def until_unready(server: Server) -> str:
    """Wait until a server says that it is not ready: why."""
    while (answer := get(server, "/readyz"))[0] == 200:
        pass
    return answer[1]
