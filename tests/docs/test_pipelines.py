"""The recipes for CI are what the services take, and run what the page itself runs."""

from typing import Any

import pytest
import yaml

from tests.docs.pages import ROOT, Block, blocks_of, name_of

GITHUB = {  # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
    "workflow": {"name", "on", "jobs"},
    "job": {"runs-on", "steps"},
    "step": {"uses", "with", "run"},
}
GITLAB = {  # https://docs.gitlab.com/ci/yaml/
    "default": {"image", "before_script"},
    "job": {"script", "artifacts"},
    "artifacts": {"when", "reports"},
}
BRINGS_PACKAGES = ("python -m pip install ", "npm ci", "apt-get update && apt-get install ")
RECIPES = [block for block in blocks_of(ROOT / "docs" / "how-to" / "test-in-ci.md") if block.language == "yaml"]


def read(block: Block) -> Any:
    """The document, in which every key is a text: for YAML 1.1, `on` is a truth."""
    document = yaml.safe_load(block.text)
    return {{True: "on"}.get(key, key): value for key, value in document.items()}


def commands_of(block: Block) -> list[str]:
    """What a pipeline runs. Raises AssertionError for a key that its service does not have there."""
    document = read(block)
    if block.file == ".gitlab-ci.yml":
        default = document.pop("default")
        assert default.keys() <= GITLAB["default"]
        for job in document.values():
            assert job.keys() <= GITLAB["job"]
            assert job.get("artifacts", {}).keys() <= GITLAB["artifacts"]
        return [*default["before_script"], *(line for job in document.values() for line in job["script"])]
    assert document.keys() == GITHUB["workflow"]
    assert all(job.keys() == GITHUB["job"] for job in document["jobs"].values())
    steps = [step for job in document["jobs"].values() for step in job["steps"]]
    assert all(step.keys() <= GITHUB["step"] and ("uses" in step) != ("run" in step) for step in steps)
    return [step["run"] for step in steps if "run" in step]


def test_there_are_recipes_for_both_services() -> None:
    assert {block.file for block in RECIPES} == {".github/workflows/test.yml", ".gitlab-ci.yml"}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda block: f"{name_of(block.page)}:{block.file}")
def test_a_pipeline_runs_what_its_page_runs(recipe: Block) -> None:
    shown = {block.text.strip() for block in blocks_of(recipe.page) if block.language == "sh"}
    ran = [command for command in commands_of(recipe) if not command.startswith(BRINGS_PACKAGES)]
    assert ran
    assert [command for command in ran if command not in shown] == []


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda block: f"{name_of(block.page)}:{block.file}")
def test_versions_are_texts(recipe: Block) -> None:
    """3.10 as a number is 3.1."""
    for action in ("python-version", "node-version"):
        for line in recipe.text.splitlines():
            if line.strip().startswith(action):
                assert isinstance(yaml.safe_load(line.strip())[action], str)
