"""What `scripts/package` builds: the wheel, the sdist and the SBOM."""

import email
import json
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS: Final = ("src", "tests", "docs", "examples", "scripts", "tools")
SOURCES: Final = (*FOLDERS, "*.md", "*.toml", "uv.lock", "LICENSE", ".gitignore")

VENDORED: Final = {
    "cosell/aws_products.json": ("src/cosell/aws_products.LICENSE",),
    "cosell/wire/data/*.gz": ("src/cosell/wire/data/LICENSE.txt", "src/cosell/wire/data/NOTICE"),
    "cosell/wire/data/*.json": ("src/cosell/wire/data/LICENSE.txt", "src/cosell/wire/data/NOTICE"),
}
"""What others have made, with its licences. The service model is botocore's."""
OWN: Final = (".css", ".html", ".js", ".py", ".pyi", ".sql", ".svg", ".typed", "LICENSE", "LICENSE.txt", "NOTICE")
"""What cosell has made is of these kinds, and says nothing of anybody's rights."""


class Built:
    """What was built from a copy of the sources, in a folder and with dates and rights of its own."""

    def __init__(self, folder: Path, uv: Path, umask: int) -> None:
        folder.mkdir()
        for pattern in SOURCES:
            for source in ROOT.glob(pattern):
                copy = shutil.copytree if source.is_dir() else shutil.copy
                copy(source, folder / source.name)
        for path in folder.rglob("*"):
            path.chmod(path.stat().st_mode & ~umask)
            os.utime(path, (umask * 1e6, umask * 1e6))
        done = subprocess.run(
            [folder / "scripts" / "package"],
            env={**os.environ, "PATH": f"{uv.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            umask=umask,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        (self.wheel,) = (folder / "build/dist").glob("*.whl")
        (self.sdist,) = (folder / "build/dist").glob("*.tar.gz")
        self.sbom: Any = json.loads((folder / "build/dist/cosell.cdx.json").read_text())

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.wheel) as wheel:
            return wheel.namelist()

    def read(self, pattern: str) -> bytes:
        (name,) = (name for name in self.names() if fnmatch(name, pattern))
        with zipfile.ZipFile(self.wheel) as wheel:
            return wheel.read(name)

    def requirements(self, *, extras: bool) -> set[str]:
        """The names of the packages that the wheel asks for."""
        asked = email.message_from_bytes(self.read("*/METADATA")).get_all("Requires-Dist", [])
        return {re.split(r"[^\w.-]", one)[0] for one in asked if extras or "extra ==" not in one}


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """Two builds of the same sources."""
    uv = Path(shutil.which("uv") or ROOT / "build/uv/bin/uv")
    if not uv.exists():
        pytest.skip("uv is not there: scripts/test brings it into build/")
    folder = tmp_path_factory.mktemp("package")
    return Built(folder / "one", uv, 0o022), Built(folder / "another", uv, 0o077)


def test_two_builds_are_equal_byte_by_byte(builds: tuple[Built, Built]) -> None:
    one, another = builds
    assert one.wheel.name == another.wheel.name
    assert one.wheel.read_bytes() == another.wheel.read_bytes()
    assert one.sdist.read_bytes() == another.sdist.read_bytes()


def test_the_wheel_has_the_licence_of_all_that_others_have_made(builds: tuple[Built, Built]) -> None:
    built, _ = builds
    own: list[str] = []
    for name in built.names():
        licences = [licences for pattern, licences in VENDORED.items() if fnmatch(name, pattern)]
        for licence in licences[0] if licences else ():
            assert built.read(f"*.dist-info/licenses/{licence}") == (ROOT / licence).read_bytes()
        if not licences and ".dist-info/" not in name:
            own.append(name)
    assert [name for name in own if not name.endswith(OWN)] == []
    claimed = re.compile(rb"copyright|@licen[cs]e|spdx-", re.IGNORECASE)
    assert [name for name in own if claimed.search(built.read(name)) and not name.endswith(OWN[-3:])] == []


def test_the_sdist_has_what_its_tests_need(builds: tuple[Built, Built]) -> None:
    built, _ = builds
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    for needed in ("pyproject.toml", "uv.lock", "LICENSE", "README.md", "scripts/test", "tools/write_reference.py"):
        assert needed in names
    folders = {"src", "tests", "docs", "examples", "scripts", "tools"}
    files = {path.name for path in ROOT.iterdir() if path.is_file()}
    assert {name.partition("/")[0] for name in names} <= folders | files | {"PKG-INFO"}


def test_the_sbom_names_cosell_and_all_that_it_brings(builds: tuple[Built, Built]) -> None:
    built, _ = builds
    sbom = built.sbom
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.5")
    name, version = built.wheel.name.split("-")[:2]
    assert (sbom["metadata"]["component"]["name"], sbom["metadata"]["component"]["version"]) == (name, version)
    components = {component["name"]: component for component in sbom["components"]}
    assert built.requirements(extras=True) <= components.keys()
    assert "pytest" not in components
    for component in components.values():
        assert component["purl"].startswith(f"pkg:pypi/{component['name']}@{component['version']}")
    reached = {dependency["ref"] for dependency in sbom["dependencies"]}
    assert {component["bom-ref"] for component in components.values()} <= reached


def test_an_installation_brings_what_serving_and_testing_need_and_no_more(builds: tuple[Built, Built]) -> None:
    built, _ = builds
    assert built.requirements(extras=True) - built.requirements(extras=False) == {
        "duckdb",
        "psycopg",
        "pyarrow",
        "python-calamine",
    }
