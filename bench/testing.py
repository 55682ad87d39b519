"""(t) What a suite of tests pays: for the fixtures of a test that uses them, and for the plugin where none does."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import boto3
from moto import mock_aws

import cosell
from bench.figures import Figure, at_least, at_most, seconds, seconds_in_turn

TESTS: Final = 2_000
"""Tests of the suite that does not use the plugin: enough for a start of pytest not to be all that is measured."""
PLUGIN: Final = "cosell.testing.pytest_plugin"


def fixtures_beside_moto(rounds: int) -> list[Figure]:
    """A fresh engine with a client, and moto's mock with a client of the same service, each set up and left in turn."""
    ours, theirs = seconds_in_turn([_engine_with_client, _mock_with_client], rounds, 1)
    detail = f"{ours * 1000:.2f} ms and {theirs * 1000:.2f} ms"
    return [
        at_most("a fresh engine and a client, set up and left, ms", ours * 1000, 5, "median"),
        at_least("moto's mock_aws and a client ÷ a fresh engine and a client", theirs / ours, 5, detail),
    ]


def plugin_unused(rounds: int) -> Figure:
    """A run of pytest with the plugin and without it, over tests that do not use it, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder, "test_of_others.py")
        suite.write_text("".join(f"def test_{number}():\n    pass\n" for number in range(TESTS)), encoding="utf-8")
        pairs = [(_run(suite, "-p", PLUGIN), _run(suite)) for _ in range(rounds)]
    ratio = statistics.median(with_it / without for with_it, without in pairs)
    detail = " and ".join(f"{statistics.median(series):.2f} s" for series in zip(*pairs, strict=True))
    return at_most(f"pytest with the plugin unused ÷ without it, {TESTS:,} tests", ratio, 1.02, detail)


def _engine_with_client() -> None:
    with cosell.LocalEngine() as engine:
        engine.client()


def _mock_with_client() -> None:
    with mock_aws():
        boto3.client("partnercentral-selling", region_name="us-east-1")


def _run(suite: Path, *options: str) -> float:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, *options, str(suite)]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return seconds(
        lambda: subprocess.run(command, check=True, env=environment, cwd=suite.parent, stdout=subprocess.DEVNULL)
    )
