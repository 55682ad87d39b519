"""`tools/upgrade_model.py` on a copy of the model's files."""

import gzip
import json
import runpy
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cosell.wire.model import API_VERSION, DATA, SERVICE, file_in, model_in, model_source
from tests.docs.pages import ROOT

FOLDER = f"botocore/data/{SERVICE}/{API_VERSION}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def wheel(folder: Path, change: Any, month: int = 1) -> Path:
    """A botocore of the year 2031, whose model is today's but for a change."""
    model = json.loads(gzip.decompress(file_in(DATA, "service-2.json.gz").read_bytes()))
    change(model)
    file = folder / "botocore-9.9.9-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for place, text in {
            f"{FOLDER}/service-2.json.gz": gzip.compress(json.dumps(model).encode()),
            f"{FOLDER}/paginators-1.json": file_in(DATA, "paginators-1.json").read_bytes(),
            "botocore-9.9.9.dist-info/LICENSE.txt": b"You may.",
            "botocore-9.9.9.dist-info/NOTICE": b"Take note.",
        }.items():
            archive.writestr(zipfile.ZipInfo(place, (2031, month, 7, 0, 0, 0)), text)
    return file


@pytest.fixture
def upgraded(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "tools")
    return runpy.run_path(str(ROOT / "tools" / "upgrade_model.py"))["upgraded"]


def without_tags(model: Any) -> None:
    del model["operations"]["TagResource"]
    model["shapes"]["PageSize"]["max"] = 50


def test_a_newer_model_takes_the_place_of_the_older_one_which_is_kept(
    upgraded: Any, data: Path, tmp_path: Path
) -> None:
    changes = upgraded(wheel(tmp_path, without_tags), data)
    assert changes == ["TagResource is not an operation any more.", "PageSize: max is 50; it was 100."]
    assert "TagResource" not in model_in(file_in(data, "service-2.json.gz")).operations
    assert json.loads((data / "source.json").read_bytes())["version"] == "9.9.9"
    assert json.loads((data / "source.json").read_bytes())["month"] == "2031-01"
    assert (data / "NOTICE").read_text() == "Take note."
    kept = model_in(data / "older" / f"{model_source().month}.json.gz")
    assert kept == model_in(file_in(DATA, "service-2.json.gz"))


def test_a_release_that_changes_nothing_keeps_no_second_copy(upgraded: Any, data: Path, tmp_path: Path) -> None:
    before = sorted((data / "older").iterdir())
    assert upgraded(wheel(tmp_path, lambda _: None), data) == []
    assert sorted((data / "older").iterdir()) == before


def test_another_package_changes_nothing(upgraded: Any, data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other-1.0-py3-none-any.whl"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("other/NOTICE", b"")
    with pytest.raises(ValueError, match="not a botocore"):
        upgraded(other, data)
    assert json.loads((data / "source.json").read_bytes())["version"] == model_source().version


def test_a_release_is_fetched_by_its_version(upgraded: Any, data: Path, tmp_path: Path) -> None:
    _skip_without_an_index(tmp_path)
    wheel = upgraded.__globals__["_wheel"](model_source().version, tmp_path)
    assert upgraded(wheel, data) == []
    for file in (file_in(Path(), "service-2.json.gz"), file_in(Path(), "paginators-1.json"), Path("source.json")):
        assert (data / file).read_bytes() == (DATA / file).read_bytes()


def _skip_without_an_index(folder: Path) -> None:
    """Ask for another package in the way in which the tool does it."""
    if not shutil.which("uv"):
        pytest.skip("uv is not installed, by which the tool fetches a release")
    pip = ["uv", "tool", "run", "--quiet", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder / "probe")]
    probe = subprocess.run([*pip, "jmespath"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip("no index of packages can be reached from here")
