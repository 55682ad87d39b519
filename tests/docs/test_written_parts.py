"""What the pages say of commands, settings, errors and operations is what the program says."""

import re
import runpy
from pathlib import Path
from typing import Any, get_args

import pytest

from cosell import errors, settings
from cosell.cli.main import COMMANDS
from cosell.operations import OPERATIONS
from tests.docs.pages import PAGES, ROOT, name_of

WRITER: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "write_reference.py"))


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", WRITER["pages"](), ids=name_of)
def test_the_written_parts_of_a_page_are_up_to_date(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == WRITER["written"](page), "run: uv run python tools/write_reference.py"


def test_each_written_part_stands_somewhere() -> None:
    marked = {name for page in PAGES for _, name, _ in WRITER["MARKED"].findall(page.read_text(encoding="utf-8"))}
    assert marked == set(WRITER["PARTS"])


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_shown_at_work(command: str) -> None:
    shown = "".join(_text(name_of(page)) for page in PAGES if "reference" not in page.parts)
    assert f"cosell {command}" in shown


@pytest.mark.parametrize("setting", settings.FIELDS)
def test_each_setting_has_its_row(setting: str) -> None:
    assert f"`COSELL_{setting.upper()}`" in _text("docs/reference/settings.md")


@pytest.mark.parametrize("code", get_args(errors.Code))
def test_each_code_of_an_error_list_is_explained(code: str) -> None:
    assert f"`{code}`" in _text("docs/reference/errors.md")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_implemented_operation_is_described_and_compared_with_aws(operation: str) -> None:
    assert f"**{operation}**" in _text("docs/reference/operations.md")
    assert operation in _text("docs/fidelity.md")


def test_each_room_is_described() -> None:
    described = re.findall(r"`([a-z_]+)/`", _text("docs/explanation/architecture.md"))
    rooms = {path.parent.name for path in (ROOT / "src" / "cosell").glob("*/__init__.py")}
    assert sorted(rooms - set(described)) == []


@pytest.mark.parametrize("script", ["demo", "test"])
def test_the_scripts_of_the_readme_can_be_started(script: str) -> None:
    assert f"scripts/{script}" in _text("README.md")
    assert (ROOT / "scripts" / script).stat().st_mode & 0o111


def test_the_changelog_has_an_unreleased_part() -> None:
    assert "\n## Unreleased\n" in _text("CHANGELOG.md")
