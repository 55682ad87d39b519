"""What `scripts/demo` runs, with fewer opportunities."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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


def test_the_pipeline_of_an_earlier_day_makes_room_for_one_of_today(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "pipeline-300-1-2026-01-31.db").touch()
    (folder / "pipeline-9-1-2026-01-31.db").touch()
    subprocess.run([*DEMO, "--once"], cwd=tmp_path, capture_output=True, check=True, timeout=120)
    names = {path.name for path in folder.glob("*.db")}
    assert len(names) == 2
    assert "pipeline-300-1-2026-01-31.db" not in names


@pytest.mark.parametrize("end", [lambda demo: os.killpg(demo.pid, signal.SIGINT), subprocess.Popen.terminate])
def test_it_stays_up_until_it_is_ended_and_takes_its_server_with_it(
    tmp_path: Path, end: Callable[["subprocess.Popen[str]"], None]
) -> None:
    with subprocess.Popen(DEMO, cwd=tmp_path, stdout=subprocess.PIPE, text=True, start_new_session=True) as demo:
        assert demo.stdout is not None
        shown = ""
        while "Ctrl-C" not in (line := demo.stdout.readline()):
            assert line
            shown += line
        port = re.search("in a browser: http://127.0.0.1:([0-9]+)/", shown)
        assert port is not None
        end(demo)
        demo.communicate(timeout=30)
        assert demo.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port[1])))
