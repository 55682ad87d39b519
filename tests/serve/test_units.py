"""The units of deploy/systemd work as they stand, where nothing but their own folders can be written."""

import configparser
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import boto3
import pytest

from tests.conftest import ACCOUNT, Server

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
PROGRAM = "/opt/cosell/.venv/bin/cosell"
STATE = "/var/lib/cosell"

PROTECTED = """
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /var/lib && mkdir /var/lib/cosell /var/lib/project
mount --bind "$FOLDER" /var/lib/cosell
mount --bind "$PROJECT" /var/lib/project
mount -t tmpfs tmpfs /tmp && mkdir -p "$PROJECT" && mount --bind /var/lib/project "$PROJECT"
mount -t tmpfs tmpfs /var/tmp
while read -r _ place _; do
  case $place in
    "$PROJECT" | /var/lib/project) mount -o remount,bind,ro "$place" ;;
    /dev* | /proc* | /sys* | /tmp | /tmp/* | /var/tmp* | /var/lib/*) ;; # hidden by ours, or to be written
    *) mount -o remount,bind,ro "$place" ;;
  esac
done </proc/self/mounts
cd "$WORKING"
exec "$@"
"""
"""ProtectSystem=strict, ProtectHome=yes, PrivateTmp=yes and StateDirectory=cosell, in a mount namespace."""


class Unit:
    """A unit file, whose command runs as its service would, its state in `folder`."""

    def __init__(self, name: str, folder: Path) -> None:
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read(ROOT / "deploy" / "systemd" / name)
        self.service = parser["Service"]
        self.folder = folder
        protection = {name: self.service.get(name) for name in ("ProtectSystem", "ProtectHome", "PrivateTmp")}
        assert protection == {"ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}
        assert self.service["StateDirectory"].split()[0] == "cosell"

    def start(self, *more: str, without: str = "", **variables: str) -> "subprocess.Popen[str]":
        """Start it, with more arguments and without one."""
        program, *arguments = shlex.split(self.service["ExecStart"])
        assert program == PROGRAM
        command = [sys.executable, "-m", "cosell", *(one for one in arguments if one != without), *more]
        places = {"FOLDER": str(self.folder), "PROJECT": str(ROOT), "WORKING": self.service["WorkingDirectory"]}
        return subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", PROTECTED, "sh", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": "/home/cosell", "STATE_DIRECTORY": STATE, **places, **variables},
        )


@pytest.fixture
def unit(tmp_path: Path) -> Callable[[str], Unit]:
    """Units by name, all with one state folder."""
    places = {"FOLDER": str(tmp_path), "PROJECT": str(ROOT), "WORKING": STATE}
    probe = ["unshare", "--mount", "sh", "-c", PROTECTED, "sh", "true"]
    tried = subprocess.run(probe, capture_output=True, text=True, env={**os.environ, **places}, check=False)
    if tried.returncode:
        pytest.skip(f"this user can make no mount namespace: {tried.stderr.strip()}")
    return lambda name: Unit(name, tmp_path)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """The exit code, and what it has written to stderr."""
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_a_server_and_its_backup_write_only_where_their_units_let_them(
    unit: Callable[[str], Unit], tmp_path: Path
) -> None:
    serving = unit("cosell.service").start("--port", "0")
    assert serving.stdout is not None
    url = serving.stdout.readline().rpartition(" ")[2].strip()
    assert url, ended(serving)
    client = boto3.session.Session().client(
        "partnercentral-selling",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="any",
    )
    assert client.list_opportunities(Catalog="Sandbox")["OpportunitySummaries"] == []
    client.close()
    serving.send_signal(signal.SIGTERM)
    code, log = ended(serving)
    assert code == 0, log
    assert '"level": "error"' not in log
    (tmp_path / "backups").mkdir()  # as systemd does
    code, told = ended(unit("cosell-backup.service").start())
    assert code == 0, told
    assert (tmp_path / "backups" / "cosell.db").exists()


def test_a_sync_keeps_its_ledger_where_its_unit_lets_it(
    unit: Callable[[str], Unit], serve: Callable[..., Server], tmp_path: Path
) -> None:
    client = serve("--db", ":memory:").client()
    client.create_opportunity(Catalog="AWS", ClientToken="first")
    variables = {
        "AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING": client.meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "any",
    }
    syncing = unit("cosell-sync.service").start("--rate", "on", without="--follow", **variables)
    code, told = ended(syncing)
    assert code == 0, told
    with closing(sqlite3.connect(tmp_path / "mirror.db")) as mirror:
        assert mirror.execute("SELECT count(*) FROM opportunity").fetchall() == [(1,)]
    assert (tmp_path / "quota.db").exists()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong(path: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    for each in UNITS:
        (tmp_path / each.name).write_text(each.read_text().replace(PROGRAM, "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / path.name)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
