"""The files of deploy/ for containers say what their tools understand, and what they start works as it stands."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Server
from tests.postgres import Postgres
from tests.serve.test_behind_a_proxy import needed

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "deploy" / "container"
KUBERNETES = ROOT / "deploy" / "kubernetes" / "cosell.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
MANIFESTS: dict[str, Any] = {each["kind"]: each for each in yaml.safe_load_all(KUBERNETES.read_text())}


def linted(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, in their order."""
    text = re.sub(r"\\\n", "", re.sub(r"^#.*\n", "", (CONTAINER / "Containerfile").read_text(), flags=re.MULTILINE))
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def variables() -> dict[str, str]:
    """The settings that the image comes with."""
    pairs = [pair.partition("=") for name, rest in instructions() if name == "ENV" for pair in shlex.split(rest)]
    return {name: value for name, _, value in pairs if name.startswith("COSELL_")}


def test_compose_understands_its_file() -> None:
    checked = linted("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(CONTAINER / "compose.yaml"))
    assert checked.returncode == 0, checked.stdout


def test_kubernetes_understands_its_file() -> None:
    checked = linted("kubernetes-validate", "--strict", "--quiet", str(KUBERNETES))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_caddy_understands_its_file(tmp_path: Path) -> None:
    command = [needed("caddy"), "validate", "--adapter", "caddyfile", "--config", str(CONTAINER / "Caddyfile")]
    checked = subprocess.run(command, capture_output=True, text=True, env={"HOME": str(tmp_path)}, check=False)
    assert checked.returncode == 0, checked.stderr


def test_a_server_starts_and_is_healthy_with_what_the_image_says(
    serve: Callable[..., Server], postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ("ENTRYPOINT", '["cosell"]') in instructions()
    assert ("CMD", '["serve"]') in instructions()
    server = serve(environment=variables() | {"COSELL_DB": postgres.new_schema()})
    (check,) = [rest for name, rest in instructions() if name == "HEALTHCHECK"]
    program = json.loads(check[check.index("[") :])
    assert program[:2] == ["python", "-c"]
    exec(program[2].replace("4280", str(server.port)), {})
    assert ("EXPOSE", "4280") in instructions()


def test_the_image_is_built_of_all_that_the_package_needs() -> None:
    ignored = (CONTAINER / "Containerfile.dockerignore").read_text().splitlines()
    taken = [line[1:] for line in ignored if line.startswith("!")]
    assert ignored[0] == "*"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for needed_file in ("pyproject.toml", project["readme"], *project["license-files"]):
        assert any(needed_file == each or needed_file.startswith(f"{each}/") for each in taken), needed_file
    assert all((ROOT / each).exists() for each in taken)


def test_every_container_gets_a_database_and_no_more_rights_than_it_needs() -> None:
    for name in ("migrate", "cosell"):
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["environment"]["COSELL_DB"].startswith("postgresql://")
    assert COMPOSE["services"]["cosell"]["deploy"]["replicas"] == MANIFESTS["Deployment"]["spec"]["replicas"] == 2
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["proxy"]["ports"])
    pod = MANIFESTS["Deployment"]["spec"]["template"]["spec"]
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"]
        names = {variable["name"] for variable in container["env"]}
        assert {"COSELL_DB", "PGPASSWORD"} <= names
    user = next(rest for name, rest in instructions() if name == "USER")
    assert user == f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}"


def test_the_parts_of_the_manifest_name_each_other() -> None:
    labels = MANIFESTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert MANIFESTS["Service"]["spec"]["selector"] == labels
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert MANIFESTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels


def test_no_file_of_containers_has_a_password() -> None:
    for path in (*CONTAINER.iterdir(), KUBERNETES):
        found = re.findall(r"PASSWORD: *(.*)", path.read_text())
        assert all(each.startswith("${COSELL_PASSWORD:?") for each in found), path
    assert fnmatch(COMPOSE["services"]["cosell"]["environment"]["PGPASSWORD"], "${*")
