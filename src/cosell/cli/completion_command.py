"""`cosell completion`: the shell completes commands and options."""

import os
from pathlib import Path
from typing import Final

import click
from click.shell_completion import get_completion_class

from cosell.cli.main import cosell
from cosell.cli.types import OneOf

_VARIABLE: Final = "_COSELL_COMPLETE"


@click.command("completion")
@click.argument("shell", type=OneOf(["bash", "zsh", "fish"]))
@click.option("--install", is_flag=True, help="Put it where the shell looks for it, from its next start on.")
def completion_command(shell: str, *, install: bool) -> None:
    """Print the script that lets a shell complete commands and options with the Tab key.

    For this terminal alone: eval "$(cosell completion bash)".
    """
    script = _script(shell)
    if not install:
        click.echo(script)
        return
    path = _place(shell)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    click.echo(f"{path} is written: each new {shell} completes cosell")
    if shell == "zsh":
        _load_in_zsh(path)


def _script(shell: str) -> str:
    found = get_completion_class(shell)
    assert found is not None
    # Its own `source` starts a bash to learn its version; every bash since 4.4, of 2016, will do.
    complete = found(cosell, {}, "cosell", _VARIABLE)
    return complete.source_template % complete.source_vars()


def _place(shell: str) -> Path:
    """Where a shell of this user loads completions from by itself; zsh has no such place."""
    home = Path.home()
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return {
        "bash": files / "bash-completion" / "completions" / "cosell",
        "zsh": files / "cosell" / "completion.zsh",
        "fish": configuration / "fish" / "completions" / "cosell.fish",
    }[shell]


def _load_in_zsh(path: Path) -> None:
    """Let the file that zsh starts with load the script, once."""
    start = Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"
    line = f'(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit; }}; source "{path}"'
    before = start.read_text(encoding="utf-8") if start.exists() else ""
    if line in before.splitlines():
        return
    separator = "" if before.endswith("\n") or not before else "\n"
    with start.open("a", encoding="utf-8") as file:
        file.write(f"{separator}{line}\n")
    click.echo(f"{start} has a line more, which loads it")
