"""The JavaScript SDK, told nothing but the variables of `cosell env`."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import COUNT, Pipeline, variables

FOLDER = Path(__file__).parents[2] / "build" / "javascript"
SDK = "node_modules/@aws-sdk/client-partnercentral-selling"


@pytest.fixture(scope="module")
def saw(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the program `sdk.mjs` saw."""
    if not shutil.which("node"):
        pytest.skip("node is not installed: apt-get install nodejs npm")
    if not (FOLDER / SDK).exists():
        pytest.skip(f"npm has not brought the JavaScript SDK: npm install --prefix {FOLDER} {SDK.partition('/')[2]}")
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("sdk.mjs"))],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path_factory.mktemp("home")),
            "NODE_MODULES": str(FOLDER),
            **variables(pipeline.server.url),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_paginator_gives_each_opportunity_once_and_in_order(saw: Any, pipeline: Pipeline) -> None:
    assert [len(page) for page in saw["pages"]] == [5, 5, COUNT - 10]
    assert [identifier for page in saw["pages"] for identifier in page] == pipeline.ids


def test_what_was_created_and_updated_is_what_is_got(saw: Any) -> None:
    assert saw["company"] == "Jäger & Töchter"


def test_dates_are_dates_and_come_back_as_the_same_moment(saw: Any) -> None:
    assert saw["datesAreDates"]
    assert saw["dateOfGet"] == saw["dateOfUpdate"]
    assert saw["sinceUpdate"]


def test_errors_are_the_sdks_own_classes_with_all_their_entries(saw: Any) -> None:
    assert saw["missing"]
    assert saw["invalid"] == {
        "isValidationException": True,
        "reason": "REQUEST_VALIDATION_FAILED",
        "entries": ["LifeCycleStage[0] INVALID_ENUM_VALUE", "MaxResults VALUE_OUT_OF_RANGE"],
        "attempts": 1,
    }
