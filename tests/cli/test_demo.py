"""What `scripts/demo` runs, with fewer opportunities."""

import os
import signal
import subprocess
import sys
from pathlib import Path

DEMO = [sys.executable, "-m", "cosell.demo", "--folder", "demo", "--count", "300", "--port", "0"]


def test_it_shows_a_page_and_a_sync_and_ends_when_asked(tmp_path: Path) -> None:
    for _ in range(2):  # the second run finds the first one's database
        shown = subprocess.run(
            [*DEMO, "--once"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
        ).stdout
        assert "cosell serves 300 opportunities" in shown
        assert "/console/\n" in shown
        assert "export AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING=http://127.0.0.1:" in shown
        assert "Mint & Moss Gardens" in shown
    assert len(list((tmp_path / "demo").glob("*.db"))) == 1


def test_it_stays_up_until_it_is_interrupted(tmp_path: Path) -> None:
    with subprocess.Popen(DEMO, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        assert demo.stdout is not None
        while "Ctrl-C" not in (line := demo.stdout.readline()):
            assert line
        os.killpg(demo.pid, signal.SIGINT)
        demo.communicate(timeout=30)
        assert demo.returncode == 0
