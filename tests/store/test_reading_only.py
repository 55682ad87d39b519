"""What may not be written can be looked at, with everything that was committed, or is refused."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from tests.conftest import COSELL, Finished

_DROP_BOUND_CAPABILITY = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


def _obey_permissions() -> None:
    """Be bound by permissions, also as root."""
    if os.getuid() == 0:
        system = ctypes.CDLL(None)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            system.prctl(_DROP_BOUND_CAPABILITY, capability, 0, 0, 0)


def run(folder: Path, words: str) -> Finished:
    """Run a command as somebody who may only do what permissions say."""
    return Finished(
        subprocess.run(
            [*COSELL, *words.split()],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            preexec_fn=_obey_permissions,
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with a database, which a test may make read-only."""
    folder = tmp_path / "kept"
    folder.mkdir()
    assert run(folder, "seed --count 5").code == 0
    probe = [sys.executable, "-c", "open('probe', 'w')"]
    folder.chmod(0o500)
    bound = subprocess.run(probe, cwd=folder, preexec_fn=_obey_permissions, check=False, capture_output=True).returncode
    folder.chmod(0o700)
    (folder / "probe").unlink(missing_ok=True)
    if not bound:
        pytest.skip("permissions do not bind whoever runs the tests")
    yield folder
    folder.chmod(0o700)


def _file(folder: Path) -> None:
    (folder / "cosell.db").chmod(0o400)


def _folder(folder: Path) -> None:
    folder.chmod(0o500)


def _both(folder: Path) -> None:
    _file(folder)
    _folder(folder)


@pytest.mark.parametrize("protect", [_file, _folder, _both])
def test_a_database_that_may_not_be_written_is_read(folder: Path, protect: Callable[[Path], None]) -> None:
    before = run(folder, "dump").out
    protect(folder)
    assert run(folder, "dump").out == before
    assert run(folder, "list").out.count("\n") == 6
    assert "S-1234567" in run(folder, "solutions").out
    assert run(folder, "doctor --port 0").err == ""
    for words in ("seed --count 1", "reset --yes", "solutions add Hub"):
        refused = run(folder, words)
        assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
        assert refused.err.startswith("cosell: cosell.db cannot be written; see to the permissions")


def _leave_log(folder: Path, *left: str) -> None:
    """Put a database in the place of ours whose last changes are in its log, as after a kill."""
    writer = apsw.Connection(str(folder / "cosell.db"))
    writer.execute("UPDATE counter SET value = value + 1 WHERE counter_id = 0")
    (folder / "copy").mkdir()
    for suffix in ("", *left):
        shutil.copy(folder / f"cosell.db{suffix}", folder / "copy" / f"cosell.db{suffix}")
    writer.close()
    (folder / "copy").chmod(0o500)


def test_changes_that_only_a_log_has_are_never_left_out_in_silence(folder: Path) -> None:
    _leave_log(folder, "-wal")
    for words in ("dump", "list", "solutions"):
        refused = run(folder / "copy", words)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err == (
            "cosell: cosell.db-wal has changes that are not yet in cosell.db, and cannot be read where nothing may be "
            "written; copy both into a folder of your own, and name the copy with --db\n"
        )
    (folder / "copy").chmod(0o700)
    assert run(folder / "copy", "dump").out.count("\n") == 5


def test_a_log_with_its_index_is_read(folder: Path) -> None:
    _leave_log(folder, "-wal", "-shm")
    assert run(folder / "copy", "dump").out.count("\n") == 5
    (folder / "copy").chmod(0o700)


def test_an_older_schema_that_may_not_be_changed_is_reported(folder: Path) -> None:
    older = apsw.Connection(str(folder / "cosell.db"))
    older.execute("PRAGMA user_version = 6")
    older.close()
    _both(folder)
    for words in ("dump", "list"):
        refused = run(folder, words)
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert "is of an older cosell" in refused.err
