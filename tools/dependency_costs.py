"""What each package costs that cosell asks for: megabytes on the disk, and the time of its import.

    uv run python tools/dependency_costs.py

Prints a table. A package counts with all that it alone brings. The time is the processor's, the least of several starts
of Python less that of a Python that imports nothing.
"""

import resource
import subprocess
import sys
from functools import cache
from importlib.metadata import distribution, metadata, packages_distributions, requires
from pathlib import Path
from typing import Final, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROUNDS: Final = 7


class Package(NamedTuple):
    """A package with the extras that are asked of it."""

    name: str
    extras: frozenset[str] = frozenset()


def main() -> None:
    """Measure all that cosell and its extras ask for."""
    extra_of = dict.fromkeys(_asked_by(Package("cosell")), "")
    for extra in metadata("cosell").get_all("Provides-Extra", []):
        for package in _asked_by(Package("cosell", frozenset({extra}))):
            extra_of.setdefault(package, extra)
    megabytes = {package: _megabytes(_alone(package, frozenset(extra_of))) for package in extra_of}
    bare = _seconds("pass")
    print("| package | MB | import, ms | extra |")
    print("| --- | --- | --- | --- |")
    for package in sorted(extra_of, key=lambda one: -megabytes[one]):
        took = (_seconds(f"import {_module(package)}") - bare) * 1000
        print(f"| {package.name} | {megabytes[package]:.1f} | {took:.0f} | {extra_of[package]} |")


def _asked_by(package: Package) -> list[Package]:
    """What a package asks for here, on this Python and system."""
    asked = [Requirement(line) for line in requires(package.name) or []]
    return [
        Package(canonicalize_name(one.name), frozenset(one.extras))
        for one in asked
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in package.extras | {""})
    ]


@cache
def _closure(package: Package) -> frozenset[Package]:
    """A package and whatever it brings."""
    found, waiting = {package}, [package]
    while waiting:
        new = set(_asked_by(waiting.pop())) - found
        found |= new
        waiting += new
    return frozenset(found)


def _alone(package: Package, asked: frozenset[Package]) -> set[str]:
    """The names of what goes if a package goes."""
    others = {one.name for other in asked - {package} for one in _closure(other)}
    return {one.name for one in _closure(package)} - others


def _megabytes(names: set[str]) -> float:
    files = (Path(str(file.locate())) for name in names for file in distribution(name).files or [])
    return sum(file.stat().st_size for file in files if file.suffix != ".pyc") / 1e6


def _module(package: Package) -> str:
    """A module that a package is imported by."""
    modules = [
        module
        for module, names in packages_distributions().items()
        if package.name in [str(canonicalize_name(name)) for name in names]
    ]
    return min(modules, key=lambda module: (module.startswith("_"), len(module)))


def _seconds(program: str) -> float:
    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def once() -> float:
        before = used()
        subprocess.run([sys.executable, "-c", program], check=True)
        return used() - before

    return min(once() for _ in range(ROUNDS))


if __name__ == "__main__":
    main()
