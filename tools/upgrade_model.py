"""Takes the service model from another release of botocore, and says in words what that changes.

    uv run python tools/upgrade_model.py 1.44.8
    uv run python tools/upgrade_model.py botocore-1.44.8-py3-none-any.whl

It brings the model's files and their licence into src/cosell/wire/data/, keeps the model that was served so far under
`older/`, for those who pin it (`cosell serve --model`), and writes src/cosell/wire/types.pyi. What it prints is for
CHANGELOG.md, and for docs/fidelity.md as far as the new model leaves something open. Then run
`uv run python tools/write_reference.py` and the tests: a table that lacks an operation, or a pattern without examples,
fails one of them.
"""

import gzip
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import msgspec
from write_wire_types import STUB, stub

from cosell.wire import model
from cosell.wire.model import ServiceModel, Source, file_in, model_in
from cosell.wire.model_changes import model_changes

SERVICE_FILES = ("service-2.json.gz", "paginators-1.json")
LICENCE_FILES = ("LICENSE.txt", "NOTICE")


def upgraded(wheel: Path, data: Path) -> list[str]:
    """Bring the model of a botocore into the folder `data`: what has changed, a sentence for each.

    Raises ValueError where the wheel is not one of botocore, or lacks the service.
    """
    served = file_in(data, SERVICE_FILES[0])
    before, former = model_in(served), _source(data)
    with zipfile.ZipFile(wheel) as archive:
        release, version = _release(archive)
        month = "{:04}-{:02}".format(*archive.getinfo(release[LICENCE_FILES[0]]).date_time)
        texts = {name: archive.read(place) for name, place in release.items()}
    for name in SERVICE_FILES:
        file_in(data, name).write_bytes(texts[name])
    for name in LICENCE_FILES:
        (data / name).write_bytes(texts[name])
    changes = model_changes(before, model_in(served))
    if changes and former.month != month:
        _keep(before, data / "older" / f"{former.month}.json.gz")
    source = msgspec.structs.replace(former, version=version, month=month)
    (data / "source.json").write_bytes(msgspec.json.format(msgspec.json.encode(source), indent=1) + b"\n")
    return changes


def _source(data: Path) -> Source:
    return msgspec.json.decode((data / "source.json").read_bytes(), type=Source)


def _keep(served: ServiceModel, file: Path) -> None:
    """Keep of a model what cosell reads: without the documentation it is a fifth as large."""
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress(msgspec.json.encode(served), mtime=0))


def _release(archive: zipfile.ZipFile) -> tuple[dict[str, str], str]:
    """Where the files are in a wheel of botocore, and its version."""
    names = archive.namelist()
    found = {
        file: place
        for file in SERVICE_FILES + LICENCE_FILES
        for place in names
        if place.endswith(f"/{file}")
        and (place.startswith(f"botocore/data/{model.SERVICE}/") or ".dist-info" in place.partition("/")[0])
    }
    if len(found) != len(SERVICE_FILES + LICENCE_FILES):
        raise ValueError("this is not a botocore that knows the service")
    return found, found[LICENCE_FILES[0]].partition("/")[0].removesuffix(".dist-info").rpartition("-")[2]


def _wheel(given: str, folder: Path) -> Path:
    """The wheel itself, or that of a release from the registry that pip is set up for."""
    if given.endswith(".whl"):
        return Path(given)
    pip = ["uv", "tool", "run", "--quiet", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, f"botocore=={given}"], check=True)
    return next(folder.glob("*.whl"))


def main(given: str) -> None:
    """The program: `given` is a version, or the path of a wheel."""
    with tempfile.TemporaryDirectory() as folder:
        changes = upgraded(_wheel(given, Path(folder)), model.DATA)
    model.service_model.cache_clear()
    STUB.write_text(stub(), encoding="utf-8")
    print("\n".join(changes) or "Nothing that cosell reads of the model has changed.")


if __name__ == "__main__":
    main(sys.argv[1])
