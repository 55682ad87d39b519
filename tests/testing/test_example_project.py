"""The project of `examples/connector`, as its owner would test it: nothing of it knows these tests."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "examples" / "connector"


def test_a_project_of_somebody_else_passes_in_two_processes_beside_moto() -> None:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "xdist", "-n", "2"],
        cwd=PROJECT,
        env=surroundings | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
