"""The plugin with pytest 8, in an environment that `scripts/test` makes."""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


@pytest.mark.timeout(900)  # it starts many processes
def test_the_tests_of_the_plugin_hold_with_pytest_8() -> None:
    python = ROOT / "build" / "clients" / "pytest8" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{python.relative_to(ROOT)} is not there: scripts/test makes it where packages can be had")
    surroundings = {variable: value for variable, value in os.environ.items() if not variable.startswith("PYTEST")}
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", "0"]
    done = subprocess.run(
        [*command, FOLDER / "test_plugin.py"], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    version = subprocess.run([python, "-m", "pytest", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("pytest 8.")
