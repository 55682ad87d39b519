"""`cosell completion`: tried with the shells themselves, where they are installed."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import COSELL, Finished

PRESSES: dict[str, str] = {
    "bash": "COMP_WORDS=({words}) COMP_CWORD={last}; _cosell_completion cosell; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
    "fish": "complete -C {line}",
}
"""For each shell, what stands for a press of the Tab key behind some words."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a `cosell` on its PATH."""
    program = tmp_path / "bin" / "cosell"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join(COSELL)} "$@"\n')
    program.chmod(0o755)
    return tmp_path


def shell(name: str, home: Path, line: str) -> str:
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed: apt-get install {name}")
    surroundings = {"HOME": str(home), "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [name, "-c", line], env=surroundings, capture_output=True, text=True, check=False, timeout=120
    )
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["cosell", "se"], {"search", "seed", "serve"}),
        (["cosell", "completion", "f"], {"fish"}),
        (["cosell", "env", "--data"], {"--data-path"}),
        (["cosell", "--ver"], {"--version", "--verbose"}),
    ],
)
def test_the_tab_key_completes_in_bash(words: list[str], completed: set[str], home: Path) -> None:
    press = PRESSES["bash"].format(words=shlex.join(words), last=len(words) - 1)
    assert set(shell("bash", home, f'eval "$(cosell completion bash)"; {press}').split()) == completed


def test_what_is_installed_for_bash_is_what_its_loader_finds(home: Path) -> None:
    assert "each new bash completes cosell" in shell("bash", home, "cosell completion bash --install")
    installed = home / ".local/share/bash-completion/completions/cosell"
    press = PRESSES["bash"].format(words="cosell ser", last=1)
    assert shell("bash", home, f"source {installed}; {press}").split() == ["serve"]


def test_what_is_installed_for_fish_completes(home: Path) -> None:
    shell("fish", home, "cosell completion fish --install")
    assert shell("fish", home, PRESSES["fish"].format(line="'cosell ser'")).split()[0] == "serve"


def test_what_is_installed_for_zsh_is_loaded_once(home: Path) -> None:
    (home / ".zshrc").write_text("setopt nobeep")
    for _ in range(2):
        shell("zsh", home, "cosell completion zsh --install")
    assert (home / ".zshrc").read_text().count("completion.zsh") == 1
    assert "_cosell_completion" in shell("zsh", home, "source ~/.zshrc; print -r -- $_comps[cosell]")


def test_files_of_shells_go_where_the_surroundings_say(run: Callable[..., Finished], tmp_path: Path) -> None:
    surroundings = {"HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    surroundings["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    for name in ("bash", "zsh", "fish"):
        done = run("completion", name, "--install", environment=surroundings)
        assert done.code == 0, done.err
    assert (tmp_path / "data/bash-completion/completions/cosell").read_text().count("_COSELL_COMPLETE=bash_complete")
    assert (tmp_path / "config/fish/completions/cosell.fish").read_text().count("_COSELL_COMPLETE=fish_complete")
    assert str(tmp_path / "data/cosell/completion.zsh") in (tmp_path / ".zshrc").read_text()


def test_a_shell_that_is_not_known_is_reported(run: Callable[..., Finished]) -> None:
    done = run("completion", "csh")
    assert done.code == 2
    assert "SHELL 'csh' is not bash, zsh or fish" in done.err
