"""The oldest and the newest boto3, and the newest aiobotocore and aioboto3, each in an environment of its own.

`scripts/test` makes them.
"""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
ENVIRONMENTS = ROOT / "build" / "clients"
TESTS = ("test_boto3.py", "test_in_process.py", "test_intercept.py", "test_search.py", "test_whole_way.py")
MORE = {
    "aiobotocore": ("aiobotocore_calls.py", "aiobotocore_intercepted.py"),
    "aioboto3": ("aiobotocore_intercepted.py",),
}


@pytest.mark.parametrize("name", ["oldest", "newest", "aiobotocore", "aioboto3"])
def test_the_tests_of_clients_hold_whichever_boto3_is_installed(name: str) -> None:
    python = ENVIRONMENTS / name / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{python.relative_to(ROOT)} is not there: scripts/test makes it where packages can be had")
    files = TESTS + MORE.get(name, ())
    surroundings = {variable: value for variable, value in os.environ.items() if not variable.startswith("PYTEST")}
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(FOLDER / file for file in files)],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
